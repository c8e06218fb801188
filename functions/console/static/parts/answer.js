import { html } from "htm/preact";
import { number, percent, t } from "../i18n.js";
import { InlineMarkdown } from "./markdown.js";

/** @import { MarkedAnswer, StudentQuestion } from "lms/api" */
/** @typedef {Pick<StudentQuestion, "kind" | "choices" | "prompts">} Asked */
/** @typedef {Pick<MarkedAnswer, "kind" | "choices" | "prompts" | "correctAnswer">} Keyed */

/** @param {number} value */
const exact = (value) => number(value, { maximumFractionDigits: 12 });

/** An answer as people read it. @param {{ question: Asked, answer: any }} props */
export function Answer({ question: { kind, choices, prompts }, answer }) {
  const choice = (/** @type {string} */ id) => html`<${InlineMarkdown} text=${choices.find((one) => one.id === id)?.text ?? id} />`;
  if (answer === null || answer === undefined) return t("sit.state.none");
  if (kind === "truefalse") return answer ? t("sit.true") : t("sit.false");
  if (kind === "numeric") return html`<bdi dir="ltr">${exact(answer)}</bdi>`;
  if (kind === "single") return choice(answer);
  if (kind === "multiple") return html`<ul class="answer-list">${answer.map((/** @type {string} */ id) => html`<li key=${id}>${choice(id)}</li>`)}</ul>`;
  if (kind === "ordering") return html`<ol class="answer-list">${answer.map((/** @type {string} */ id) => html`<li key=${id}>${choice(id)}</li>`)}</ol>`;
  if (kind === "matching") {
    return html`
      <dl class="pairs">${prompts.map(({ id, text }) => html`
        <div key=${id}><dt><${InlineMarkdown} text=${text} /></dt><dd>${id in answer ? choice(answer[id]) : t("sit.state.none")}</dd></div>
      `)}</dl>
    `;
  }
  return html`<span class="as-typed" dir="auto">${answer}</span>`;
}

/** The right answer as people read it, with the share of the points that others earn. @param {{ question: Keyed }} props */
export function RightAnswer({ question }) {
  const { kind, correctAnswer: key } = question;
  if (kind === "numeric" && key !== null && typeof key === "object") {
    if ("ranges" in key && Array.isArray(key.ranges)) {
      return html`
        <ul class="answer-list">${key.ranges.map(({ minimum, maximum, credit }, at) => html`
          <li key=${at}>
            <bdi>${minimum === maximum ? exact(minimum) : t("key.range", { minimum: exact(minimum), maximum: exact(maximum) })}</bdi>${share(credit)}
          </li>
        `)}</ul>
      `;
    }
    if ("value" in key && typeof key.value === "number") {
      const tolerance = Number(key.tolerance);
      return html`<bdi dir="ltr">${exact(key.value)}${tolerance > 0 && ` ± ${exact(tolerance)}`}</bdi>`;
    }
  }
  if (kind === "short" && key !== null && typeof key === "object" && "accepted" in key && Array.isArray(key.accepted)) {
    return html`
      <ul class="answer-list">${key.accepted.map(({ text, credit }, at) => html`<li key=${at}><bdi>${text}</bdi>${share(credit)}</li>`)}</ul>
      ${key.caseSensitive === true && html`<p class="quiet small">${t("key.caseSensitive")}</p>`}
    `;
  }
  return html`<${Answer} question=${question} answer=${key} />`;
}

/** @param {number} credit */
const share = (credit) => credit < 100 && html` <span class="quiet">(${percent(credit)})</span>`;
