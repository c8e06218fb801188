import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, del, get, post, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { QuestionText } from "../../parts/markdown.js";
import { Card } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { BankFilters, BankQuestionEntry } from "./bank-list.js";
import { BankFields, bankFieldsOf } from "./bank-fields.js";
import { CoursePage } from "./course-page.js";
import { QuestionDialog } from "./question-dialog.js";

/** @import { BankQuestionView, Difficulty, NewQuestion, PageOfBankQuestionView, QuestionKind } from "lms/api" */

/** The questions of a course that its exams take copies of. @param {import("../../router.js").ScreenProps} props */
export default function Bank({ params: { courseId }, query }) {
  const params = { courseId };
  const wanted = {
    tag: query.get("tag") ?? undefined,
    kind: /** @type {QuestionKind | undefined} */ (query.get("kind") ?? undefined),
    difficulty: /** @type {Difficulty | undefined} */ (query.get("difficulty") ?? undefined),
  };
  const isFiltered = Object.values(wanted).some(Boolean);
  const path = `/app/teach/courses/${courseId}/bank`;
  const questions = usePages((cursor) => get("/courses/{courseId}/questionBank", { params, query: { ...wanted, cursor } }), [query.toString()]);
  const tags = useLoad(() => all((page) => get("/courses/{courseId}/questionBank/tags", { params, query: page })));
  const [edited, setEdited] = useState(/** @type {BankQuestionView | "new" | null} */ (null));

  const reload = () => Promise.all([questions.reload(), tags.reload()]);
  /** @param {NewQuestion} body @param {import("../../parts/form.js").Values} values */
  async function save(body, values) {
    const whole = { ...body, ...bankFieldsOf(values) };
    if (edited === "new") await post("/courses/{courseId}/questionBank", { params, body: whole });
    else if (edited) await put("/bankQuestions/{bankQuestionId}", { params: { bankQuestionId: edited.id }, body: whole, ifMatch: edited.version });
    await reload();
  }
  /** @param {BankQuestionView} question */
  async function remove({ id, version, questionText, images }) {
    const wanted = await confirm({
      title: t("teacher.question.delete"), action: t("teacher.question.delete"), danger: true,
      text: html`<${QuestionText} text=${questionText} images=${images} /><p class="quiet">${t("teacher.bank.deleteText")}</p>`,
    });
    if (!wanted) return;
    await del("/bankQuestions/{bankQuestionId}", { params: { bankQuestionId: id }, ifMatch: version });
    toast(t("teacher.question.deleted"));
    await reload();
  }

  const actions = html`
    <${Button} icon="upload" href="/app/teach/courses/${courseId}/imports">${t("teacher.imports.title")}<//>
    <${Button} kind="main" icon="plus" onClick=${() => setEdited("new")}>${t("teacher.question.add")}<//>
  `;
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.bank.title")} width="" actions=${actions}>
      <${BankFilters} key=${query.toString()} path=${path} tags=${tags.data ?? []} shown=${wanted} />
      <${Card}>
        <${Loaded} of=${questions} lines=${6}>${(/** @type {PageOfBankQuestionView} */ { items, next }) => html`
          ${items.length === 0 && !next && html`<${EmptyState} icon="exam" text=${isFiltered ? t("teacher.bank.noneFound") : t("teacher.bank.none")} />`}
          <ul class="rows">${items.map((question) => html`
            <${BankQuestionEntry} key=${question.id} question=${question}>
              <${Button} small href="${path}/${question.id}">${t("teacher.preview.title")}<//>
              <${Button} small icon="edit" onClick=${() => setEdited(question)}>${t("teacher.edit")}<//>
              <${Button} small kind="quiet" icon="trash" label=${t("teacher.question.delete")} onClick=${() => remove(question)} />
            <//>
          `)}</ul>
          <${Pager} of=${questions} />
        `}<//>
      <//>
      ${edited && html`
        <${QuestionDialog} courseId=${courseId} question=${edited === "new" ? null : edited} onClose=${() => setEdited(null)} onSave=${save}>
          <${BankFields} question=${edited === "new" ? null : edited} />
        <//>
      `}
    <//>
  `;
}
