import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { number, t, tOf } from "../../../i18n.js";
import { Button } from "../../../parts/button.js";
import { Icon } from "../../../parts/icon.js";

/** @import { MarkedAnswer, NumericKeyView, StudentQuestion } from "lms/api" */
/** @import { Sitting } from "./sitting.js" */

const ICONS = { none: "", keeping: "clock", kept: "clock", saved: "check", refused: "warning", conflict: "warning" };

/** One question with the student's answer, and where that answer is.
 * @param {{ question: StudentQuestion, at: number, sitting: Sitting, closed: boolean }} props */
export function Question({ question, at, sitting, closed }) {
  const { id, kind } = question;
  const answer = sitting.answer(id);
  const state = sitting.state(id);
  /** @param {unknown} value */
  const give = (value) => sitting.give(id, value);
  const isChoice = kind === "single" || kind === "multiple" || kind === "truefalse";
  return html`
    <section class="question card" id="question-${at}" tabindex="-1" aria-labelledby="text-${id}">
      <header class="question-head">
        <h2>${t("sit.question", { at })}</h2>
        <span class="quiet">${t("sit.points", { count: question.points })}</span>
      </header>
      <p class="question-text" id="text-${id}" dir="auto">${question.questionText}</p>
      ${isChoice
    ? html`<${Choices} question=${question} answer=${answer} give=${give} closed=${closed} />`
    : kind === "numeric"
    ? html`<${NumberAnswer} id=${id} answer=${answer} give=${give} closed=${closed} />`
    : html`<textarea rows="6" dir="auto" aria-labelledby="text-${id}" disabled=${closed} value=${answer ?? ""}
        onInput=${(/** @type {any} */ { target }) => give(target.value === "" ? null : target.value)}></textarea>`}
      ${state === "conflict" && html`<${Conflict} question=${question} sitting=${sitting} />`}
      <footer class="question-foot">
        <span class="answer-state answer-${state}">
          ${ICONS[state] && html`<${Icon} name=${ICONS[state]} />`}${tOf("sit.state", state)}
        </span>
        ${isChoice && answer !== null && !closed && html`
          <${Button} kind="quiet" small onClick=${() => give(null)}>${t("sit.clear")}<//>
        `}
      </footer>
    </section>
  `;
}

/** @param {{ question: StudentQuestion, answer: any, give: (value: unknown) => void, closed: boolean }} props */
function Choices({ question, answer, give, closed }) {
  const isMultiple = question.kind === "multiple";
  const choices = question.kind === "truefalse"
    ? [{ id: true, text: t("sit.true") }, { id: false, text: t("sit.false") }]
    : question.choices;
  /** @param {string | boolean} choice @param {boolean} on */
  function pick(choice, on) {
    if (!isMultiple) return give(choice);
    const picked = question.choices.map(({ id }) => id).filter((id) => id === choice ? on : answer?.includes(id));
    give(picked.length ? picked : null);
  }
  return html`
    <fieldset class="choices" aria-labelledby="text-${question.id}" disabled=${closed}>
      ${isMultiple && html`<p class="quiet">${t("sit.several")}</p>`}
      ${choices.map(({ id, text }) => html`
        <label key=${id} class="choice">
          <input type=${isMultiple ? "checkbox" : "radio"} name=${question.id} checked=${isMultiple ? Boolean(answer?.includes(id)) : answer === id}
            onChange=${(/** @type {any} */ { target }) => pick(id, target.checked)} />
          <span dir="auto">${text}</span>
        </label>
      `)}
    </fieldset>
  `;
}

/** @param {{ id: string, answer: any, give: (value: unknown) => void, closed: boolean }} props */
function NumberAnswer({ id, answer, give, closed }) {
  const [typed, setTyped] = useState(answer === null ? "" : String(answer));
  const read = numberOf(typed);
  useEffect(() => {
    if (answer !== read) setTyped(answer === null ? "" : String(answer));
  }, [answer]);
  /** @param {string} text */
  function type(text) {
    setTyped(text);
    const value = numberOf(text);
    if (value !== undefined) give(value);
  }
  return html`
    <div class="number-answer">
      <input inputmode="decimal" dir="ltr" autocomplete="off" aria-labelledby="text-${id}" disabled=${closed} value=${typed}
        aria-invalid=${read === undefined ? "true" : undefined} aria-describedby=${read === undefined ? `fault-${id}` : undefined}
        onInput=${(/** @type {any} */ { target }) => type(target.value)} />
      ${read === undefined && html`<p class="field-error" id="fault-${id}"><${Icon} name="warning" />${t("sit.noNumber", { example: number(2.5) })}</p>`}
    </div>
  `;
}

/** What two devices answered differently. @param {{ question: StudentQuestion, sitting: Sitting }} props */
function Conflict({ question, sitting }) {
  const { id } = question;
  return html`
    <div class="answer-conflict" role="alert">
      <p>${t("sit.conflict")} <bdi>${answerText(question, sitting.own(id))}</bdi></p>
      <div class="row">
        <${Button} small onClick=${() => sitting.choose(id, true)}>${t("sit.conflict.own")}<//>
        <${Button} small onClick=${() => sitting.choose(id, false)}>${t("sit.conflict.other")}<//>
      </div>
    </div>
  `;
}

/** An answer in words. @param {Pick<StudentQuestion, "choices">} question @param {any} answer */
export function answerText(question, answer) {
  if (answer === null || answer === undefined) return t("sit.state.none");
  if (answer === true) return t("sit.true");
  if (answer === false) return t("sit.false");
  const chosen = question.choices.filter(({ id }) => Array.isArray(answer) ? answer.includes(id) : answer === id);
  return chosen.length ? chosen.map(({ text }) => text).join(" · ") : String(answer);
}

/** The key of a question for one number, null for any other key. @param {MarkedAnswer["correctAnswer"]} key @returns {NumericKeyView | null} */
export function numberKey(key) {
  const isNumber = key !== null && typeof key === "object" && "value" in key && typeof key.value === "number";
  return isNumber ? /** @type {NumericKeyView} */ (key) : null;
}

/** A number as people type it, in their digits: null for nothing, undefined for what is none. @param {string} typed */
export function numberOf(typed) {
  const plain = typed.trim()
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace("\u066b", ".").replace("\u2212", "-").replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  if (plain === "") return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
}
