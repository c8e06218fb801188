import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, del, get, post, put } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { QuestionText } from "../../parts/markdown.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { Badge } from "../../parts/values.js";
import { ExamPage } from "./exam-page.js";
import { QuestionDialog } from "./question-dialog.js";
import { QuestionShown } from "./question-shown.js";
import { RegradeDialog } from "./regrade-dialog.js";

/** @import { ExamDetails, NewQuestion, PageOfQuestionView, QuestionView } from "lms/api" */

/** An exam's questions with their keys, in order; here it is published. @param {import("../../router.js").ScreenProps} props */
export default function Exam({ params: { examId } }) {
  return html`
    <${ExamPage} examId=${examId} title=${t("teacher.questions.title")}>
      ${(/** @type {ExamDetails} */ exam, /** @type {(changes: Partial<ExamDetails>) => void} */ show) => html`
        <${Publish} exam=${exam} onChanged=${show} />
        ${exam.paper ? html`<${EmptyState} icon="exam" text=${t("teacher.questions.paper")} />` : html`<${Questions} exam=${exam} />`}
      `}
    <//>
  `;
}

/** @param {{ exam: ExamDetails, onChanged: (changes: Partial<ExamDetails>) => void }} props */
function Publish({ exam, onChanged }) {
  /** @param {boolean} published */
  async function publish(published) {
    onChanged(await put("/exams/{id}", { params: { id: exam.id }, body: { published } }));
    toast(published ? t("teacher.exam.isPublished") : t("teacher.exam.isDraft"));
  }
  return exam.published
    ? html`<div class="row"><p class="quiet">${t("teacher.exam.publishedText")}</p>
        <${Button} small onClick=${() => publish(false)}>${t("teacher.exam.unpublish")}<//></div>`
    : html`<div class="row"><p class="quiet">${t("teacher.exam.draftText")}</p>
        <${Button} kind="main" icon="check" onClick=${() => publish(true)}>${t("teacher.exam.publish")}<//></div>`;
}

/** @param {{ exam: ExamDetails }} props */
function Questions({ exam }) {
  const examId = exam.id;
  const questions = useLoad(() =>
    all((query) => /** @type {Promise<PageOfQuestionView>} */ (get("/exams/{examId}/questions", { params: { examId }, query })))
  );
  const [edited, setEdited] = useState(/** @type {QuestionView | "new" | null} */ (null));
  const [regraded, setRegraded] = useState(/** @type {QuestionView | null} */ (null));

  /** @param {QuestionView[]} list @param {number} from @param {number} to */
  async function move(list, from, to) {
    const moved = list.toSpliced(from, 1).toSpliced(to, 0, list[from]);
    questions.set(moved);
    try {
      await put("/exams/{examId}/questions/order", { params: { examId }, body: { questionIds: moved.map(({ id }) => id) } });
    } catch (problem) {
      questions.set(list);
      throw problem;
    }
  }

  /** @param {QuestionView} question */
  async function remove({ id, questionText }) {
    const wanted = await confirm({
      title: t("teacher.question.delete"), text: html`<${QuestionText} text=${questionText} />`,
      action: t("teacher.question.delete"), danger: true,
    });
    if (!wanted) return;
    await del("/questions/{questionId}", { params: { questionId: id } });
    toast(t("teacher.question.deleted"));
    await questions.reload();
  }

  /** @param {NewQuestion} body */
  async function save(body) {
    if (edited === "new") await post("/exams/{examId}/questions", { params: { examId }, body });
    else if (edited) await put("/questions/{questionId}", { params: { questionId: edited.id }, body, ifMatch: edited.version });
    await questions.reload();
  }

  const add = html`<${Button} icon="plus" onClick=${() => setEdited("new")}>${t("teacher.question.add")}<//>`;
  return html`
    <${Loaded} of=${questions} lines=${6}>${(/** @type {QuestionView[]} */ list) => html`
      ${list.length === 0 && html`<${EmptyState} icon="exam" text=${t("teacher.questions.none")} />`}
      <ol class="stack">
        ${list.map((question, index) => html`
          <li key=${question.id}>
            <${Question} question=${question} at=${index + 1} onEdit=${() => setEdited(question)} onRegrade=${() => setRegraded(question)}
              onDelete=${() => remove(question)} onUp=${index > 0 && (() => move(list, index, index - 1))}
              onDown=${index < list.length - 1 && (() => move(list, index, index + 1))} />
          </li>
        `)}
      </ol>
      <div class="row">${add}</div>
    `}<//>
    ${edited && html`
      <${QuestionDialog} question=${edited === "new" ? null : edited} onClose=${() => setEdited(null)} onSave=${save} />
    `}
    ${regraded && html`<${RegradeDialog} question=${regraded} onClose=${() => setRegraded(null)} onSaved=${questions.reload} />`}
  `;
}

/**
 * @param {{
 *   question: QuestionView, at: number, onEdit: () => void, onRegrade: () => void, onDelete: () => Promise<void>,
 *   onUp: false | (() => Promise<void>), onDown: false | (() => Promise<void>)
 * }} props
 */
function Question({ question, at, onEdit, onRegrade, onDelete, onUp, onDown }) {
  const { kind, points, fullCredit } = question;
  return html`
    <${Card} title=${t("teacher.marks.question", { at })} actions=${html`
      <div class="row">
        <${Badge}>${tOf("questionKind", kind)}<//><${Badge}>${t("sit.points", { count: points })}<//>
        ${fullCredit && html`<${Badge} tone="fair">${t("teacher.regrade.fullCredit")}<//>`}
      </div>
    `}>
      <${QuestionShown} question=${question} />
      <div class="row">
        <${Button} small icon="up" label=${t("teacher.moveUp")} disabled=${!onUp} onClick=${onUp || undefined} />
        <${Button} small icon="down" label=${t("teacher.moveDown")} disabled=${!onDown} onClick=${onDown || undefined} />
        <${Button} small icon="edit" onClick=${onEdit}>${t("teacher.edit")}<//>
        ${kind !== "text" && html`<${Button} small kind="quiet" onClick=${onRegrade}>${t("teacher.regrade.title")}<//>`}
        <${Button} small kind="quiet" icon="trash" label=${t("teacher.question.delete")} onClick=${onDelete} />
      </div>
    <//>
  `;
}
