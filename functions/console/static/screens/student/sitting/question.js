import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { number, t, tOf } from "../../../i18n.js";
import { Answer } from "../../../parts/answer.js";
import { Button } from "../../../parts/button.js";
import { Icon } from "../../../parts/icon.js";
import { InlineMarkdown, QuestionImages, QuestionText, usePlainText } from "../../../parts/markdown.js";
import { OrderedList } from "../../../parts/ordered-list.js";

/** @import { QuestionKind, StudentQuestion } from "lms/api" */
/** @import { Sitting } from "./sitting.js" */
/** @typedef {{ question: StudentQuestion, answer: any, give: (value: unknown) => void, closed: boolean }} Props */

const ICONS = { none: "", keeping: "clock", kept: "clock", saved: "check", refused: "warning", conflict: "warning" };
const LONGEST_SHORT_ANSWER = 1000;
/** @type {Record<QuestionKind, (props: Props) => unknown>} */
const FIELDS = {
  single: Choices, multiple: Choices, truefalse: Choices, numeric: NumberAnswer, short: ShortAnswer, matching: Matching, ordering: Ordering,
  text: LongAnswer,
};
/** What is written can be taken back where it is written. @type {QuestionKind[]} */
const WRITTEN = ["numeric", "short", "text"];

/** One question with the student's answer, and where that answer is.
 * @param {{ question: StudentQuestion, at: number, sitting: Sitting, closed: boolean }} props */
export function Question({ question, at, sitting, closed }) {
  const { id, kind } = question;
  const answer = sitting.answer(id);
  const state = sitting.state(id);
  return html`
    <${QuestionImages.Provider} value=${question.images}>
      <section class="question card" id="question-${at}" tabindex="-1" aria-labelledby="text-${id}">
        <header class="question-head">
          <div class="question-name">
            <h2 id="place-${at}">${t("sit.question", { at })}</h2>
            <span class="quiet">${t("sit.points", { count: question.points })}</span>
          </div>
          ${"mark" in sitting && !closed && html`<${Mark} id=${id} at=${at} sitting=${sitting} />`}
        </header>
        <${QuestionText} id="text-${id}" class="question-text" text=${question.questionText} />
        <${FIELDS[kind]} question=${question} answer=${answer} closed=${closed} give=${(/** @type {unknown} */ value) => sitting.give(id, value)} />
        ${state === "conflict" && html`<${Conflict} question=${question} sitting=${sitting} />`}
        <footer class="question-foot">
          <span class="answer-state answer-${state}">
            ${ICONS[state] && html`<${Icon} name=${ICONS[state]} />`}${tOf("sit.state", state)}
          </span>
          ${!WRITTEN.includes(kind) && answer !== null && !closed && html`
            <${Button} kind="quiet" small onClick=${() => sitting.give(id, null)}>${t("sit.clear")}<//>
          `}
        </footer>
      </section>
    <//>
  `;
}

/** Puts a question off, to be found again. @param {{ id: string, at: number, sitting: Sitting }} props */
function Mark({ id, at, sitting }) {
  return html`
    <${Button} small kind="quiet" icon="flag" aria-pressed=${sitting.isMarked(id) ? "true" : "false"} aria-describedby="place-${at}"
      onClick=${() => sitting.mark(id)}>${t("sit.mark")}<//>
  `;
}

/** @param {Props} props */
function Choices({ question, answer, give, closed }) {
  const isMultiple = question.kind === "multiple";
  const choices = question.kind === "truefalse"
    ? [{ id: true, text: t("sit.true") }, { id: false, text: t("sit.false") }]
    : question.choices;
  /** @param {string | boolean} choice @param {boolean} on */
  function pick(choice, on) {
    if (!isMultiple) return give(choice);
    // In the order in which the server answers them.
    const picked = question.choices.map(({ id }) => id).filter((id) => id === choice ? on : answer?.includes(id)).sort();
    give(picked.length ? picked : null);
  }
  return html`
    <fieldset class="choices" aria-labelledby="text-${question.id}" disabled=${closed}>
      ${isMultiple && html`<p class="quiet">${t("sit.several")}</p>`}
      ${choices.map(({ id, text }) => html`
        <label key=${id} class="choice">
          <input type=${isMultiple ? "checkbox" : "radio"} name=${question.id} checked=${isMultiple ? Boolean(answer?.includes(id)) : answer === id}
            onChange=${(/** @type {any} */ { target }) => pick(id, target.checked)} />
          <${InlineMarkdown} text=${text} />
        </label>
      `)}
    </fieldset>
  `;
}

/** A choice for each prompt. @param {Props} props */
function Matching({ question, answer, give, closed }) {
  const plain = usePlainText();
  // An option has room for what its image is called alone.
  const showsImages = Object.keys(question.images).some((id) => question.choices.some(({ text }) => text.includes(id)));
  /** @param {string} prompt @param {string} choice */
  function match(prompt, choice) {
    const { [prompt]: _, ...others } = answer ?? {};
    const pairs = choice ? { ...others, [prompt]: choice } : others;
    give(Object.keys(pairs).length ? pairs : null);
  }
  return html`
    <fieldset class="matching" aria-labelledby="text-${question.id}" disabled=${closed}>
      <p class="quiet">${t("sit.match")}</p>
      ${showsImages && html`
        <ul class="choices-shown">${question.choices.map(({ id, text }) => html`<li key=${id}><${InlineMarkdown} text=${text} /></li>`)}</ul>
      `}
      ${question.prompts.map(({ id, text }) => html`
        <div key=${id} class="match">
          <label for="match-${question.id}-${id}"><${InlineMarkdown} text=${text} /></label>
          <select id="match-${question.id}-${id}" dir="auto" onChange=${(/** @type {any} */ { target }) => match(id, target.value)}>
            <option value="" selected=${!answer?.[id]}>${t("sit.match.choose")}</option>
            ${question.choices.map((choice) => html`
              <option key=${choice.id} value=${choice.id} selected=${answer?.[id] === choice.id}>${plain(choice.text)}</option>
            `)}
          </select>
        </div>
      `)}
    </fieldset>
  `;
}

/** All choices in an order; the one in which they are shown first is no answer until it is kept. @param {Props} props */
function Ordering({ question, answer, give, closed }) {
  const plain = usePlainText();
  const known = question.choices.map(({ id }) => id);
  /** @type {string[]} */
  const order = answer ?? known;
  const entries = order.map((id) => {
    const { text } = question.choices[known.indexOf(id)];
    return { id, name: plain(text), content: html`<${InlineMarkdown} text=${text} />` };
  });
  return html`
    <div class="stack">
      <p class="quiet">${t("sit.order")}</p>
      <${OrderedList} entries=${entries} labelledby="text-${question.id}" disabled=${closed} onOrder=${give} />
      ${answer === null && !closed && html`<div><${Button} small onClick=${() => give(order)}>${t("sit.order.keep")}<//></div>`}
    </div>
  `;
}

/** @param {Props} props */
function ShortAnswer({ question: { id }, answer, give, closed }) {
  return html`
    <input class="short-answer" type="text" dir="auto" autocomplete="off" maxlength=${LONGEST_SHORT_ANSWER} aria-labelledby="text-${id}"
      disabled=${closed} value=${answer ?? ""} onInput=${(/** @type {any} */ { target }) => give(target.value.trim() === "" ? null : target.value)} />
  `;
}

/** @param {Props} props */
function LongAnswer({ question: { id }, answer, give, closed }) {
  return html`
    <textarea rows="6" dir="auto" aria-labelledby="text-${id}" disabled=${closed} value=${answer ?? ""}
      onInput=${(/** @type {any} */ { target }) => give(target.value === "" ? null : target.value)}></textarea>
  `;
}

/** @param {Props} props */
function NumberAnswer({ question: { id }, answer, give, closed }) {
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
      <div><p>${t("sit.conflict")}</p> <${Answer} question=${question} answer=${sitting.own(id)} /></div>
      <div class="row">
        <${Button} small onClick=${() => sitting.choose(id, true)}>${t("sit.conflict.own")}<//>
        <${Button} small onClick=${() => sitting.choose(id, false)}>${t("sit.conflict.other")}<//>
      </div>
    </div>
  `;
}

/** A number as people type it, in their digits: null for nothing, undefined for what is none. @param {string} typed */
function numberOf(typed) {
  const plain = typed.trim()
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace("\u066b", ".").replace("\u2212", "-").replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  if (plain === "") return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
}
