import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";
import { KeyField, keyOf, RightChoices, rightOf } from "./key-field.js";

/** @import { QuestionView } from "lms/api" */

/**
 * Another key for a question whose exam has begun: every attempt is graded again.
 * @param {{ question: QuestionView, onClose: () => void, onSaved: () => Promise<void> }} props
 */
export function RegradeDialog({ question, onClose, onSaved }) {
  const { id, examId, kind, choices, correctAnswer, questionText } = question;
  const [full, setFull] = useState(false);
  const [right, setRight] = useState(rightOf(correctAnswer));

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ reason, ...values }) {
    const key = full ? "full_credit" : keyOf(kind, values, right);
    await post("/exams/{examId}/regrade", { params: { examId }, body: { questionId: id, correctAnswer: key, reason } });
    toast(t("teacher.regrade.done"));
    onClose();
    await onSaved();
  }

  return html`
    <${Dialog} title=${t("teacher.regrade.title")} onClose=${onClose}>
      <${Form} submit=${t("teacher.regrade.title")} onSubmit=${save}>
        <p class="as-typed" dir="auto">${questionText}</p>
        <p class="quiet">${t("teacher.regrade.text")}</p>
        <${Field} name="full" type="checkbox" label=${t("teacher.regrade.full")} value=${full}
          onChange=${(/** @type {any} */ { target }) => setFull(target.checked)} />
        ${!full && (choices.length
    ? html`<${RightChoices} kind=${kind} choices=${choices} right=${right} onRight=${setRight} />`
    : html`<${KeyField} kind=${kind} value=${correctAnswer} />`)}
        <${Field} name="reason" label=${t("teacher.reason")} />
      <//>
    <//>
  `;
}
