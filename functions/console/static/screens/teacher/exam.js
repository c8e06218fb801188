import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, post, put } from "../../api.js";
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
import { examQuestions } from "./exam-questions.js";
import { FromBankDialog } from "./from-bank-dialog.js";
import { QuestionDialog } from "./question-dialog.js";
import { QuestionShown } from "./question-shown.js";
import { RegradeDialog } from "./regrade-dialog.js";

/** @import { DrawView, ExamDetails, NewQuestion, QuestionView } from "lms/api" */
/** @import { ExamQuestions } from "./exam-questions.js" */

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
  const questions = useLoad(() => examQuestions(examId));
  const [edited, setEdited] = useState(/** @type {QuestionView | "new" | null} */ (null));
  const [choosing, setChoosing] = useState(false);
  const [regraded, setRegraded] = useState(/** @type {QuestionView | null} */ (null));

  /** @param {ExamQuestions} before @param {number} from @param {number} to */
  async function move(before, from, to) {
    const { fixed, pools } = before;
    const moved = fixed.toSpliced(from, 1).toSpliced(to, 0, fixed[from]);
    questions.set({ fixed: moved, pools });
    try {
      const questionIds = [...moved, ...pools.flatMap((pool) => pool.questions)].map(({ id }) => id);
      await put("/exams/{examId}/questions/order", { params: { examId }, body: { questionIds } });
    } catch (problem) {
      questions.set(before);
      throw problem;
    }
  }

  /** @param {QuestionView} question */
  async function remove({ id, questionText, images }) {
    const wanted = await confirm({
      title: t("teacher.question.delete"), text: html`<${QuestionText} text=${questionText} images=${images} />`,
      action: t("teacher.question.delete"), danger: true,
    });
    if (!wanted) return;
    await del("/questions/{questionId}", { params: { questionId: id } });
    toast(t("teacher.question.deleted"));
    await questions.reload();
  }

  /** @param {DrawView} draw */
  async function removeDraw({ id }) {
    const wanted = await confirm({
      title: t("teacher.draw.delete"), text: html`<p>${t("teacher.draw.deleteText")}</p>`, action: t("teacher.draw.delete"), danger: true,
    });
    if (!wanted) return;
    await del("/exams/{examId}/draws/{drawId}", { params: { examId, drawId: id } });
    toast(t("teacher.draw.deleted"));
    await questions.reload();
  }

  /** @param {NewQuestion} body */
  async function save(body) {
    if (edited === "new") await post("/exams/{examId}/questions", { params: { examId }, body });
    else if (edited) await put("/questions/{questionId}", { params: { questionId: edited.id }, body, ifMatch: edited.version });
    await questions.reload();
  }

  /** @param {QuestionView} question @param {number} index */
  const acts = (question, index) => ({
    question, at: index + 1, onEdit: () => setEdited(question), onRegrade: () => setRegraded(question), onDelete: () => remove(question),
  });
  return html`
    <${Loaded} of=${questions} lines=${6}>${(/** @type {ExamQuestions} */ data) => html`
      ${data.fixed.length === 0 && data.pools.length === 0 && html`<${EmptyState} icon="exam" text=${t("teacher.questions.none")} />`}
      <ol class="stack">
        ${data.fixed.map((question, index) => html`
          <li key=${question.id}>
            <${Question} ...${acts(question, index)} onUp=${index > 0 && (() => move(data, index, index - 1))}
              onDown=${index < data.fixed.length - 1 && (() => move(data, index, index + 1))} />
          </li>
        `)}
      </ol>
      ${data.pools.map(({ draw, questions: pool }) => html`
        <${Draw} key=${draw.id} draw=${draw} onDelete=${() => removeDraw(draw)}>
          ${pool.map((question, index) => html`<${Question} key=${question.id} ...${acts(question, index)} />`)}
        <//>
      `)}
      <div class="row">
        <${Button} icon="plus" onClick=${() => setEdited("new")}>${t("teacher.question.add")}<//>
        <${Button} icon="list" onClick=${() => setChoosing(true)}>${t("teacher.fromBank.title")}<//>
      </div>
    `}<//>
    ${edited && html`
      <${QuestionDialog} courseId=${exam.courseId} question=${edited === "new" ? null : edited} onClose=${() => setEdited(null)} onSave=${save} />
    `}
    ${choosing && html`<${FromBankDialog} exam=${exam} onClose=${() => setChoosing(false)} onAdded=${questions.reload} />`}
    ${regraded && html`<${RegradeDialog} question=${regraded} onClose=${() => setRegraded(null)} onSaved=${questions.reload} />`}
  `;
}

/** Questions of which each attempt gets some. @param {{ draw: DrawView, onDelete: () => Promise<void>, children?: unknown }} props */
function Draw({ draw: { count, tag, difficulty, points, poolSize }, onDelete, children }) {
  return html`
    <${Card} title=${t("teacher.draw.title", { count })} actions=${html`
      <div class="row">${difficulty && html`<${Badge}>${tOf("difficulty", difficulty)}<//>`}<${Badge}>${t("sit.points", { count: points })}<//></div>
    `}>
      <p>${t("teacher.draw.text", { tag, pool: poolSize })}</p>
      <details class="pool"><summary>${t("teacher.draw.pool")}</summary><div class="stack">${children}</div></details>
      <div class="row"><${Button} small kind="quiet" icon="trash" onClick=${onDelete}>${t("teacher.draw.delete")}<//></div>
    <//>
  `;
}

/**
 * @param {{
 *   question: QuestionView, at: number, onEdit: () => void, onRegrade: () => void, onDelete: () => Promise<void>,
 *   onUp?: false | (() => Promise<void>), onDown?: false | (() => Promise<void>)
 * }} props without `onUp` and `onDown` where the order says nothing
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
        ${(onUp ?? onDown) !== undefined && html`
          <${Button} small icon="up" label=${t("teacher.moveUp")} disabled=${!onUp} onClick=${onUp || undefined} />
          <${Button} small icon="down" label=${t("teacher.moveDown")} disabled=${!onDown} onClick=${onDown || undefined} />
        `}
        <${Button} small icon="edit" onClick=${onEdit}>${t("teacher.edit")}<//>
        ${kind !== "text" && html`<${Button} small kind="quiet" onClick=${onRegrade}>${t("teacher.regrade.title")}<//>`}
        <${Button} small kind="quiet" icon="trash" label=${t("teacher.question.delete")} onClick=${onDelete} />
      </div>
    <//>
  `;
}
