import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Field } from "../../parts/form.js";
import { InlineMarkdown, usePlainText } from "../../parts/markdown.js";
import { OrderedList } from "../../parts/ordered-list.js";

/** @import { QuestionKind, QuestionView } from "lms/api" */
/** @typedef {QuestionView["correctAnswer"]} Key */
/** @typedef {{ id: string, text: string, weight: string }} EditedChoice */
/** @typedef {{ text: string, credit: string }} EditedText */
/** @typedef {{ minimum: string, maximum: string, credit: string }} EditedRange */
/**
 * A question's kind, and whatever its key depends on, while it is edited; numbers as they are typed.
 * @typedef {object} Draft
 * @property {QuestionKind} kind
 * @property {EditedChoice[]} choices in their right order, where that is the key
 * @property {{ id: string, text: string }[]} prompts
 * @property {string[]} right the choices that are marked
 * @property {boolean} weighted whether each choice has a share of the points
 * @property {Record<string, string>} pairs a choice for each prompt
 * @property {EditedText[]} accepted
 * @property {boolean} caseSensitive
 * @property {boolean} ranged whether a number has ranges in the place of one value
 * @property {EditedRange[]} ranges
 */
/** @typedef {(changes: Partial<Draft>) => void} OnDraft */
/** @typedef {Pick<QuestionView, "kind" | "choices" | "prompts" | "correctAnswer">} Keyed */

const FULL = "100";
/** @type {QuestionKind[]} */
export const KINDS = ["single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "text"];

/** @param {Keyed | null} question @returns {Draft} */
export function draftOf(question) {
  const key = question?.correctAnswer ?? null;
  const object = /** @type {Record<string, any>} */ (key !== null && typeof key === "object" && !Array.isArray(key) ? key : {});
  const kind = question?.kind ?? "single";
  const choices = (question?.choices ?? []).map(({ id, text, weight }) => ({ id, text, weight: weight === null ? "" : String(weight) }));
  const inOrder = kind === "ordering" && Array.isArray(key) ? key.flatMap((id) => choices.filter((one) => one.id === id)) : choices;
  return {
    kind,
    choices: inOrder.length ? inOrder : [{ id: "a", text: "", weight: "" }, { id: "b", text: "", weight: "" }],
    prompts: question?.prompts.length ? question.prompts : [{ id: "1", text: "" }, { id: "2", text: "" }],
    right: Array.isArray(key) ? key : typeof key === "string" ? [key] : [],
    weighted: choices.some(({ weight }) => weight !== ""),
    pairs: kind === "matching" ? object : { 1: "a", 2: "b" },
    accepted: (kind === "short" ? object.accepted : [{ text: "", credit: FULL }])
      .map((/** @type {any} */ { text, credit }) => ({ text, credit: String(credit) })),
    caseSensitive: object.caseSensitive === true,
    ranged: kind === "numeric" && "ranges" in object,
    ranges: (kind === "numeric" && object.ranges || [{ minimum: "", maximum: "", credit: FULL }])
      .map((/** @type {any} */ { minimum, maximum, credit }) => ({ minimum: String(minimum), maximum: String(maximum), credit: String(credit) })),
  };
}

/** @param {Draft} draft */
export function hasWeights({ kind, weighted }) {
  return weighted && (kind === "single" || kind === "multiple");
}

/** @param {EditedChoice} choice */
export const weightOf = ({ weight }) => weight === "" ? 0 : Number(weight);

/** The key that a form with `KeyFields` has. @param {Draft} draft @param {import("../../parts/form.js").Values} values @returns {Key} */
export function keyOf(draft, { key, value, tolerance }) {
  const { kind, choices, prompts, right, pairs } = draft;
  const marked = hasWeights(draft) ? choices.filter((choice) => weightOf(choice) > 0).map(({ id }) => id) : right;
  switch (kind) {
    case "single":
      return (hasWeights(draft) ? choices.find((choice) => weightOf(choice) === 100)?.id : right[0]) ?? null;
    case "multiple":
      return marked;
    case "truefalse":
      return key === "true";
    case "numeric":
      if (!draft.ranged) return { value, tolerance: tolerance ?? 0 };
      return { ranges: draft.ranges.map((one) => ({ minimum: Number(one.minimum), maximum: Number(one.maximum), credit: Number(one.credit) })) };
    case "short":
      return { accepted: draft.accepted.map(({ text, credit }) => ({ text, credit: Number(credit) })), caseSensitive: draft.caseSensitive };
    case "matching":
      return Object.fromEntries(prompts.map(({ id }) => [id, pairs[id]]));
    case "ordering":
      return choices.map(({ id }) => id);
    case "text":
      return null;
  }
}

/**
 * The right answer of a question whose texts stay as they are.
 * @param {{ draft: Draft, value: Key | undefined, onDraft: OnDraft }} props
 */
export function KeyFields({ draft, value, onDraft }) {
  const plain = usePlainText();
  const { kind, choices, prompts } = draft;
  if (kind === "single" || kind === "multiple") {
    return html`
      <fieldset class="stack">
        <legend>${t("teacher.marks.key")}</legend>
        ${choices.map((choice, at) => html`
          <div key=${choice.id} class="row right-choice">
            <${RightMark} draft=${draft} choice=${choice} name=${plain(choice.text)} at=${at} onDraft=${onDraft} />
            <${InlineMarkdown} text=${choice.text} />
          </div>
        `)}
      </fieldset>
    `;
  }
  if (kind === "ordering") {
    const entries = choices.map(({ id, text }) => ({ id, name: plain(text), content: html`<${InlineMarkdown} text=${text} />` }));
    return html`
      <fieldset class="stack">
        <legend>${t("teacher.question.rightOrder")}</legend>
        <${OrderedList} entries=${entries} onOrder=${(/** @type {string[]} */ ids) =>
      onDraft({ choices: ids.flatMap((id) => choices.filter((one) => one.id === id)) })} />
      </fieldset>
    `;
  }
  if (kind === "matching") {
    return html`
      <fieldset class="stack">
        <legend>${t("teacher.marks.key")}</legend>
        ${prompts.map((prompt) => html`
          <div key=${prompt.id} class="match"><${InlineMarkdown} text=${prompt.text} />
            <${PairField} draft=${draft} prompt=${prompt} label=${t("teacher.question.pairOf", { name: plain(prompt.text) })} onDraft=${onDraft} /></div>
        `)}
      </fieldset>
    `;
  }
  return html`<${AnswerFields} draft=${draft} value=${value} onDraft=${onDraft} />`;
}

/**
 * The right answer of a question without choices: true or false, a number, texts that are accepted.
 * @param {{ draft: Draft, value: Key | undefined, onDraft: OnDraft }} props
 */
export function AnswerFields({ draft, value, onDraft }) {
  if (draft.kind === "truefalse") {
    return html`<${Field} name="key" label=${t("teacher.marks.key")} value=${String(value ?? true)}
      options=${[{ value: "true", label: t("sit.true") }, { value: "false", label: t("sit.false") }]} />`;
  }
  if (draft.kind === "short") return html`<${AcceptedTexts} draft=${draft} onDraft=${onDraft} />`;
  if (draft.kind !== "numeric") return null;
  const number = value !== null && typeof value === "object" && "value" in value ? value : null;
  return html`
    ${draft.ranged ? html`<${Ranges} draft=${draft} onDraft=${onDraft} />` : html`
      <div class="form-columns">
        <${Field} name="value" type="number" step="any" label=${t("teacher.marks.key")} value=${number?.value} />
        <${Field} name="tolerance" type="number" step="any" min="0" label=${t("teacher.question.tolerance")} value=${number?.tolerance ?? 0}
          hint=${t("teacher.question.toleranceHint")} />
      </div>
    `}
    <${Field} name="ranged" type="checkbox" label=${t("teacher.question.ranged")} value=${draft.ranged}
      onChange=${(/** @type {any} */ { target }) => onDraft({ ranged: target.checked })} />
  `;
}

/** @param {{ draft: Draft, onDraft: OnDraft }} props */
function AcceptedTexts({ draft: { accepted, caseSensitive }, onDraft }) {
  /** @param {number} at @param {Partial<EditedText>} changes */
  const edit = (at, changes) => onDraft({ accepted: accepted.with(at, { ...accepted[at], ...changes }) });
  return html`
    <fieldset class="stack">
      <legend>${t("teacher.question.accepted")}</legend>
      <p class="quiet small">${t("teacher.question.acceptedHint")}</p>
      ${accepted.map(({ text, credit }, at) => html`
        <div key=${at} class="row-edited">
          <input type="text" dir="auto" required value=${text} aria-label=${t("teacher.question.acceptedText", { at: at + 1 })}
            onInput=${(/** @type {any} */ { target }) => edit(at, { text: target.value })} />
          <${CreditField} credit=${credit} at=${at} onCredit=${(/** @type {string} */ typed) => edit(at, { credit: typed })} />
          <${RemoveRow} at=${at} disabled=${accepted.length === 1} onClick=${() => onDraft({ accepted: accepted.toSpliced(at, 1) })} />
        </div>
      `)}
      <div><${Button} small icon="plus" onClick=${() => onDraft({ accepted: [...accepted, { text: "", credit: FULL }] })}>
        ${t("teacher.question.addAccepted")}
      <//></div>
    </fieldset>
    <${Field} name="caseSensitive" type="checkbox" label=${t("teacher.question.caseSensitive")} value=${caseSensitive}
      onChange=${(/** @type {any} */ { target }) => onDraft({ caseSensitive: target.checked })} />
  `;
}

/** @param {{ draft: Draft, onDraft: OnDraft }} props */
function Ranges({ draft: { ranges }, onDraft }) {
  /** @param {number} at @param {Partial<EditedRange>} changes */
  const edit = (at, changes) => onDraft({ ranges: ranges.with(at, { ...ranges[at], ...changes }) });
  return html`
    <fieldset class="stack">
      <legend>${t("teacher.question.ranges")}</legend>
      <p class="quiet small">${t("teacher.question.rangesHint")}</p>
      ${ranges.map(({ minimum, maximum, credit }, at) => html`
        <div key=${at} class="row-edited">
          <input type="number" step="any" required value=${minimum} aria-label=${t("teacher.question.minimum", { at: at + 1 })}
            placeholder=${t("teacher.question.from")} onInput=${(/** @type {any} */ { target }) => edit(at, { minimum: target.value })} />
          <input type="number" step="any" required value=${maximum} aria-label=${t("teacher.question.maximum", { at: at + 1 })}
            placeholder=${t("teacher.question.to")} onInput=${(/** @type {any} */ { target }) => edit(at, { maximum: target.value })} />
          <${CreditField} credit=${credit} at=${at} onCredit=${(/** @type {string} */ typed) => edit(at, { credit: typed })} />
          <${RemoveRow} at=${at} disabled=${ranges.length === 1} onClick=${() => onDraft({ ranges: ranges.toSpliced(at, 1) })} />
        </div>
      `)}
      <div><${Button} small icon="plus" onClick=${() => onDraft({ ranges: [...ranges, { minimum: "", maximum: "", credit: FULL }] })}>
        ${t("teacher.question.addRange")}
      <//></div>
    </fieldset>
  `;
}

/** @param {{ credit: string, at: number, onCredit: (typed: string) => void }} props */
function CreditField({ credit, at, onCredit }) {
  return html`
    <span class="percent-edited">
      <input type="number" step="any" min="1" max="100" required value=${credit} aria-label=${t("teacher.question.credit", { at: at + 1 })}
        onInput=${(/** @type {any} */ { target }) => onCredit(target.value)} /><span aria-hidden="true">%</span>
    </span>
  `;
}

/** @param {{ at: number, disabled: boolean, onClick: () => void }} props */
function RemoveRow({ at, disabled, onClick }) {
  const label = t("teacher.question.removeAnswer", { at: at + 1 });
  return html`<${Button} small kind="quiet" icon="trash" label=${label} disabled=${disabled} onClick=${onClick} />`;
}

/**
 * Whether a choice is right; with weights, the share of the points that it earns or costs.
 * @param {{ draft: Draft, choice: EditedChoice, name?: string, at: number, onDraft: OnDraft }} props
 */
export function RightMark({ draft, choice: { id, weight }, name, at, onDraft }) {
  const { kind, choices, right } = draft;
  const label = (/** @type {string} */ words) => name ? `${words}: ${name}` : words;
  if (hasWeights(draft)) {
    return html`
      <span class="percent-edited">
        <input type="number" step="any" min="-100" max="100" required value=${weight} aria-label=${label(t("teacher.question.weight", { at: at + 1 }))}
          onInput=${(/** @type {any} */ { target }) =>
      onDraft({ choices: choices.map((one) => one.id === id ? { ...one, weight: target.value } : one) })} /><span aria-hidden="true">%</span>
      </span>
    `;
  }
  /** @param {boolean} on */
  const mark = (on) => onDraft({ right: kind === "single" ? [id] : on ? [...right, id] : right.filter((one) => one !== id) });
  return html`
    <input type=${kind === "single" ? "radio" : "checkbox"} name="right-choice" checked=${right.includes(id)}
      aria-label=${label(t("teacher.question.isRight", { at: at + 1 }))} onChange=${(/** @type {any} */ { target }) => mark(target.checked)} />
  `;
}

/** Which choice belongs to a prompt. @param {{ draft: Draft, prompt: { id: string }, label: string, onDraft: OnDraft }} props */
export function PairField({ draft: { choices, pairs }, prompt: { id }, label, onDraft }) {
  const plain = usePlainText();
  return html`
    <select dir="auto" required aria-label=${label} onChange=${(/** @type {any} */ { target }) => onDraft({ pairs: { ...pairs, [id]: target.value } })}>
      <option value="" selected=${!pairs[id]}>${t("sit.match.choose")}</option>
      ${choices.map((choice, at) => html`
        <option key=${choice.id} value=${choice.id} selected=${pairs[id] === choice.id}>
          ${plain(choice.text) || t("teacher.question.choice", { at: at + 1 })}
        </option>
      `)}
    </select>
  `;
}
