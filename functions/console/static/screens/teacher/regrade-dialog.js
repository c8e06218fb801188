import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { QuestionText } from "../../parts/markdown.js";
import { toast } from "../../parts/toast.js";
import { draftOf, hasWeights, KeyFields, keyOf, weightOf } from "./key-field.js";

/** @import { QuestionView } from "lms/api" */
/** @import { Draft } from "./key-field.js" */

/**
 * Another key for a question whose exam has begun: every attempt is graded again.
 * @param {{ question: QuestionView, onClose: () => void, onSaved: () => Promise<void> }} props
 */
export function RegradeDialog({ question, onClose, onSaved }) {
  const { id, examId, correctAnswer, questionText } = question;
  const [full, setFull] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(question));

  const change = (/** @type {Partial<Draft>} */ changes) => setDraft((now) => ({ ...now, ...changes }));

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ reason, ...values }) {
    const key = full ? "full_credit" : keyOf(draft, values);
    const weights = !full && hasWeights(draft) ? { weights: Object.fromEntries(draft.choices.map((choice) => [choice.id, weightOf(choice)])) } : {};
    await post("/exams/{examId}/regrade", { params: { examId }, body: { questionId: id, correctAnswer: key, reason, ...weights } });
    toast(t("teacher.regrade.done"));
    onClose();
    await onSaved();
  }

  return html`
    <${Dialog} title=${t("teacher.regrade.title")} onClose=${onClose}>
      <${Form} submit=${t("teacher.regrade.title")} onSubmit=${save}>
        <${QuestionText} text=${questionText} />
        <p class="quiet">${t("teacher.regrade.text")}</p>
        <${Field} name="full" type="checkbox" label=${t("teacher.regrade.full")} value=${full}
          onChange=${(/** @type {any} */ { target }) => setFull(target.checked)} />
        ${!full && html`
          <${KeyFields} draft=${draft} value=${correctAnswer} onDraft=${change} />
        `}
        <${Field} name="reason" label=${t("teacher.reason")} />
      <//>
    <//>
  `;
}
