import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { number, percent, t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { QuestionImages, QuestionText } from "../../parts/markdown.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { draftOf, hasWeights, KeyFields, keyOf, weightOf } from "./key-field.js";

/** @import { QuestionView, RegradeEffect, ScoreChangeView } from "lms/api" */
/** @import { Draft } from "./key-field.js" */

/**
 * Another key for a question whose exam has begun: first what it would change, then every attempt is graded again.
 * @param {{ question: QuestionView, onClose: () => void, onSaved: () => Promise<void> }} props
 */
export function RegradeDialog({ question, onClose, onSaved }) {
  const { id, examId, correctAnswer, questionText } = question;
  const [full, setFull] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(question));
  const [foreseen, setForeseen] = useState(/** @type {RegradeEffect | null} */ (null));

  /** Any change asks anew what it would do. @param {Partial<Draft>} changes */
  function change(changes) {
    setForeseen(null);
    setDraft((now) => ({ ...now, ...changes }));
  }

  /** @param {import("../../parts/form.js").Values} values */
  async function send({ reason, ...values }) {
    const key = full ? "full_credit" : keyOf(draft, values);
    const weights = !full && hasWeights(draft) ? { weights: Object.fromEntries(draft.choices.map((choice) => [choice.id, weightOf(choice)])) } : {};
    const body = { questionId: id, correctAnswer: key, reason, ...weights };
    const answer = await post("/exams/{examId}/regrade", { params: { examId }, query: { dryRun: foreseen === null }, body });
    if (answer.dryRun) {
      setForeseen(answer.effect);
      return;
    }
    toast(t("teacher.regrade.done"));
    onClose();
    await onSaved();
  }

  return html`
    <${Dialog} title=${t("teacher.regrade.title")} onClose=${onClose}>
      <${QuestionImages.Provider} value=${question.images}>
        <${Form} submit=${foreseen ? t("teacher.regrade.title") : t("teacher.regrade.preview")} kind=${foreseen ? "danger" : "main"}
          onSubmit=${send} onInput=${() => setForeseen(null)}>
          <${QuestionText} text=${questionText} />
          <p class="quiet">${t("teacher.regrade.text")}</p>
          <${Field} name="full" type="checkbox" label=${t("teacher.regrade.full")} value=${full}
            onChange=${(/** @type {any} */ { target }) => setFull(target.checked)} />
          ${!full && html`
            <${KeyFields} draft=${draft} value=${correctAnswer} onDraft=${change} />
          `}
          <${Field} name="reason" label=${t("teacher.reason")} />
          <div role="status">${foreseen && html`<${Effect} effect=${foreseen} />`}</div>
        <//>
      <//>
    <//>
  `;
}

/** @param {{ effect: RegradeEffect }} props */
function Effect({ effect: { attempts, raised, lowered, changes } }) {
  if (changes.length === 0) return html`<p><b>${t("teacher.regrade.noChange")}</b></p>`;
  const score = (/** @type {number | null} */ value) => value === null ? "–" : percent(value);
  const columns = [
    {
      label: t("teacher.gradebook.student"),
      heads: true,
      cell: (/** @type {ScoreChangeView} */ { studentName }) => html`<${UserText}>${studentName ?? t("teacher.noName")}<//>`,
    },
    { label: t("teacher.regrade.before"), number: true, cell: (/** @type {ScoreChangeView} */ { scoreBefore }) => score(scoreBefore) },
    { label: t("teacher.regrade.after"), number: true, cell: (/** @type {ScoreChangeView} */ { scoreAfter }) => score(scoreAfter) },
  ];
  return html`
    <div class="stack">
      <p><b>${t("teacher.regrade.effect", { raised: number(raised), lowered: number(lowered), attempts: number(attempts) })}</b></p>
      <div class="foreseen">
        <${Table} caption=${t("teacher.regrade.largest")} rows=${changes} columns=${columns}
          keyOf=${(/** @type {ScoreChangeView} */ { attemptId }) => attemptId} />
      </div>
    </div>
  `;
}
