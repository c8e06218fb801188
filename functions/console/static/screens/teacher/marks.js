import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { put } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Answer as GivenAnswer, RightAnswer } from "../../parts/answer.js";
import { Field, Form } from "../../parts/form.js";
import { QuestionImages, QuestionText } from "../../parts/markdown.js";
import { Badge } from "../../parts/values.js";

/** @import { MarkedAnswer, MarkedAttempt, QuestionView } from "lms/api" */

/**
 * The answers of an attempt with a field for the marks of each; `h`, `f` and `n` in a field give half, full or no marks,
 * Enter goes to the next one and after the last saves.
 * @param {{
 *   attemptId: string, answers: MarkedAnswer[], pending?: boolean, submit: string, beside?: unknown,
 *   onSaved: (attempt: MarkedAttempt) => unknown
 * }} props `pending`: only those that wait for marks, and no reason is needed
 */
export function Marks({ attemptId, answers, pending = false, submit, beside, onSaved }) {
  const shown = pending ? answers.filter(({ marks }) => marks === null) : answers;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (pending) place.current?.querySelector("input")?.focus();
  }, [attemptId]);

  /** @param {import("../../parts/form.js").Values} values */
  async function save(values) {
    const changed = shown.filter(({ questionId, marks }) => values[questionId] !== undefined && values[questionId] !== marks);
    const marks = Object.fromEntries(changed.map(({ questionId }) => [questionId, values[questionId]]));
    onSaved(await put("/attempts/{attemptId}/marks", { params: { attemptId }, body: { marks, ...(values.reason ? { reason: values.reason } : {}) } }));
  }

  return html`
    <div ref=${place}>
      <${Form} submit=${submit} beside=${beside} onSubmit=${save}>
        ${shown.map((answer, index) => html`<${Answer} key=${answer.questionId} answer=${answer} at=${index + 1} />`)}
        <${Field} name="reason" label=${pending ? t("teacher.marks.comment") : t("teacher.reason")} optional=${pending}
          hint=${pending ? t("teacher.marks.commentHint") : t("teacher.marks.reasonHint")} />
      <//>
    </div>
  `;
}

/** @param {{ answer: MarkedAnswer, at: number }} props */
function Answer({ answer, at }) {
  const { questionId, questionText, kind, points, explanation } = answer;
  const [marks, setMarks] = useState(answer.marks ?? "");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));

  /** @param {KeyboardEvent & { currentTarget: HTMLInputElement }} event */
  function press(event) {
    /** @type {Record<string, number>} */
    const given = { KeyH: points / 2, KeyF: points, KeyN: 0 };
    const { currentTarget: input, key, code } = event;
    const fields = /** @type {HTMLInputElement[]} */ ([...input.form?.elements ?? []]).filter(({ type }) => type === "number");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (code in given) {
      event.preventDefault();
      setMarks(given[code]);
    } else if (key === "Enter" && input !== fields.at(-1)) {
      event.preventDefault();
      fields[fields.indexOf(input) + 1].focus();
    }
  }

  return html`
    <${QuestionImages.Provider} value=${answer.images}>
      <section class="card answer" aria-labelledby="question-${questionId}">
        <header class="card-head"><h2>${t("teacher.marks.question", { at })}</h2><${Badge}>${tOf("questionKind", kind)}<//></header>
        <${QuestionText} id="question-${questionId}" text=${questionText} />
        <dl class="answers">
          <div><dt>${t("teacher.marks.answer")}</dt><dd class="answer-given"><${GivenAnswer} question=${answer} answer=${answer.answer} /></dd></div>
          ${kind !== "text" && html`<div><dt>${t("teacher.marks.key")}</dt><dd><${RightAnswer} question=${answer} /></dd></div>`}
          ${explanation && html`<div><dt>${t("teacher.question.explanation")}</dt><dd><${QuestionText} text=${explanation} /></dd></div>`}
        </dl>
        <div class="row marks">
          <label for="marks-${questionId}">${t("teacher.marks.marks", { at })}</label>
          <input ref=${field} id="marks-${questionId}" name=${questionId} type="number" min="0" max=${points} step="any" required inputmode="decimal"
            value=${marks} onInput=${(/** @type {any} */ { target }) => setMarks(target.value)} onKeyDown=${press} />
          <span>${t("teacher.marks.of", { points })}</span>
        </div>
      </section>
    <//>
  `;
}

/** An attempt's questions with their answers and marks. @param {MarkedAttempt} attempt @param {QuestionView[]} questions @returns {MarkedAnswer[]} */
export function markedAnswers({ answers, marks }, questions) {
  // Those that were drawn for other attempts have no marks here.
  const asked = questions.filter(({ id }) => id in marks);
  return asked.map(({ id, ...question }) => ({ ...question, questionId: id, answer: answers[id] ?? null, marks: marks[id] }));
}
