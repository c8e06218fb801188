import { useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";
import { AnswerFields, draftOf, hasWeights, keyOf, KINDS, PairField, RightMark, weightOf } from "./key-field.js";
import { QuestionImage } from "./question-image.js";

/** @import { NewQuestion, QuestionKind, QuestionView } from "lms/api" */
/** @import { Draft, Keyed, OnDraft } from "./key-field.js" */
/** @typedef {Keyed & Pick<QuestionView, "questionText" | "points" | "partialCredit" | "explanation">} Question */

/** Those in which an answer may be partly right. @type {QuestionKind[]} */
const PARTLY = ["multiple", "matching", "ordering"];
/** @type {QuestionKind[]} */
const WITH_CHOICES = ["single", "multiple", "matching", "ordering"];
/** The fields of texts that may show images. */
const TEXTS = "[name=questionText], [name=explanation], .choices-edited input[type=text]";
/** A question without choices or prompts has these. */
const NOTHING = { choices: [], prompts: [] };

/**
 * A question, new or changed.
 * @param {{
 *   courseId: string, question: Question | null, children?: unknown, onClose: () => void,
 *   onSave: (body: NewQuestion, values: import("../../parts/form.js").Values) => Promise<unknown>
 * }} props `children`: fields beside those of every question, whose `values` come with it
 */
export function QuestionDialog({ courseId, question, children, onClose, onSave }) {
  const [draft, setDraft] = useState(() => draftOf(question));
  const change = (/** @type {Partial<Draft>} */ changes) => setDraft((now) => ({ ...now, ...changes }));
  const { kind } = draft;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const typedLast = useRef(/** @type {HTMLInputElement | HTMLTextAreaElement | null} */ (null));

  /** @param {string} markdown */
  function insert(markdown) {
    const text = typedLast.current?.isConnected ? typedLast.current : place.current?.querySelector("textarea");
    if (!text) return;
    text.setRangeText(markdown, text.selectionEnd ?? text.value.length, text.selectionEnd ?? text.value.length, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  /** @param {import("../../parts/form.js").Values} values */
  async function save(values) {
    const { questionText, points, explanation, partialCredit } = values;
    const body = {
      ...NOTHING, questionText, kind, points,
      ...(WITH_CHOICES.includes(kind) ? { choices: choicesOf(draft) } : {}),
      ...(kind === "matching" ? { prompts: draft.prompts } : {}),
      correctAnswer: keyOf(draft, values),
      partialCredit: partialCredit ?? question?.partialCredit ?? true,
      explanation: explanation ?? "",
    };
    await onSave(body, values);
    toast(t("saved"));
    onClose();
  }

  return html`
    <${Dialog} wide title=${question ? t("teacher.question.edit") : t("teacher.question.add")} onClose=${onClose}>
      <div ref=${place} onFocusIn=${(/** @type {any} */ { target }) => target.matches(TEXTS) && (typedLast.current = target)}>
        <${Form} submit=${t("save")} onSubmit=${save}>
          <div class="form-columns">
            <${Field} name="kind" label=${t("teacher.question.kind")} value=${kind}
              options=${KINDS.map((value) => ({ value, label: tOf("questionKind", value) }))}
              onChange=${(/** @type {any} */ { target }) => change({ kind: target.value })} />
            <${Field} name="points" type="number" min="0" step="any" label=${t("teacher.question.points")} value=${question?.points ?? 1} />
          </div>
          <${Field} name="questionText" label=${t("teacher.question.text")} rows=${3} value=${question?.questionText} hint=${t("teacher.question.textHint")} />
          ${WITH_CHOICES.includes(kind)
      ? html`<${Choices} draft=${draft} onDraft=${change} />`
      : html`<${AnswerFields} draft=${draft} value=${question?.correctAnswer} onDraft=${change} />`}
          ${kind === "matching" && html`<${Prompts} draft=${draft} onDraft=${change} />`}
          ${(PARTLY.includes(kind) || hasWeights(draft)) && html`
            <${Field} name="partialCredit" type="checkbox" label=${t("teacher.question.partialCredit")} value=${question?.partialCredit ?? true} />
          `}
          <${Field} name="explanation" label=${t("teacher.question.explanation")} rows=${2} optional value=${question?.explanation}
            hint=${t("teacher.question.explanationHint")} />
          <${QuestionImage} courseId=${courseId} onSent=${insert} />
          ${children}
        <//>
      </div>
    <//>
  `;
}

/** @param {Draft} draft */
function choicesOf(draft) {
  return draft.choices.map((choice) => ({ id: choice.id, text: choice.text, weight: hasWeights(draft) ? weightOf(choice) : null }));
}

/** The choices, each with what the key says of it. @param {{ draft: Draft, onDraft: OnDraft }} props */
function Choices({ draft, onDraft }) {
  const { kind, choices, right, pairs } = draft;
  const isMarked = kind === "single" || kind === "multiple";
  const legend = hasWeights(draft) ? t("teacher.question.choicesWeighted") : tOf("teacher.question.choices", kind);
  /** @param {string} id */
  const remove = (id) => onDraft({
    choices: choices.filter((one) => one.id !== id),
    right: right.filter((one) => one !== id),
    pairs: Object.fromEntries(Object.entries(pairs).filter(([, choice]) => choice !== id)),
  });
  /** @param {number} at @param {number} step */
  const move = (at, step) => onDraft({ choices: choices.toSpliced(at, 1).toSpliced(at + step, 0, choices[at]) });
  return html`
    <fieldset class="stack choices-edited">
      <legend>${legend}</legend>
      ${choices.map((choice, index) => html`
        <div key=${choice.id} class="row-edited">
          ${isMarked && html`<${RightMark} draft=${draft} choice=${choice} at=${index} onDraft=${onDraft} />`}
          <input type="text" dir="auto" required value=${choice.text} aria-label=${t("teacher.question.choice", { at: index + 1 })}
            onInput=${(/** @type {any} */ { target }) => onDraft({ choices: choices.with(index, { ...choice, text: target.value }) })} />
          ${kind === "ordering" && html`
            <${Button} small kind="quiet" icon="up" label=${t("teacher.question.choiceUp", { at: index + 1 })} disabled=${index === 0}
              onClick=${() => move(index, -1)} />
            <${Button} small kind="quiet" icon="down" label=${t("teacher.question.choiceDown", { at: index + 1 })}
              disabled=${index === choices.length - 1} onClick=${() => move(index, 1)} />
          `}
          <${Button} small kind="quiet" icon="trash" label=${t("teacher.question.removeChoice", { at: index + 1 })}
            disabled=${choices.length <= 2} onClick=${() => remove(choice.id)} />
        </div>
      `)}
      <div class="row">
        <${Button} small icon="plus" onClick=${() => onDraft({ choices: [...choices, { id: freeId(choices), text: "", weight: draft.weighted ? "0" : "" }] })}>
          ${t("teacher.question.addChoice")}
        <//>
      </div>
    </fieldset>
    ${isMarked && html`
      <${Field} name="weighted" type="checkbox" label=${t("teacher.question.weighted")} hint=${t("teacher.question.weightedHint")} value=${draft.weighted}
        onChange=${(/** @type {any} */ { target }) => onDraft({ weighted: target.checked, ...(target.checked ? { choices: weighted(draft) } : {}) })} />
    `}
  `;
}

/** The choices with the shares that the marked ones would have. @param {Draft} draft */
function weighted({ choices, right }) {
  const share = Math.round(1e7 / Math.max(right.length, 1)) / 1e5;
  return choices.map((choice) => ({ ...choice, weight: choice.weight || (right.includes(choice.id) ? String(share) : "0") }));
}

/** What the choices are matched with. @param {{ draft: Draft, onDraft: OnDraft }} props */
function Prompts({ draft, onDraft }) {
  const { prompts } = draft;
  return html`
    <fieldset class="stack choices-edited">
      <legend>${t("teacher.question.prompts")}</legend>
      ${prompts.map((prompt, index) => html`
        <div key=${prompt.id} class="row-edited">
          <input type="text" dir="auto" required value=${prompt.text} aria-label=${t("teacher.question.prompt", { at: index + 1 })}
            onInput=${(/** @type {any} */ { target }) => onDraft({ prompts: prompts.with(index, { ...prompt, text: target.value }) })} />
          <${PairField} draft=${draft} prompt=${prompt} label=${t("teacher.question.pair", { at: index + 1 })} onDraft=${onDraft} />
          <${Button} small kind="quiet" icon="trash" label=${t("teacher.question.removePrompt", { at: index + 1 })}
            disabled=${prompts.length === 1} onClick=${() => onDraft({ prompts: prompts.toSpliced(index, 1) })} />
        </div>
      `)}
      <div class="row">
        <${Button} small icon="plus" onClick=${() => onDraft({ prompts: [...prompts, { id: freeId(prompts), text: "" }] })}>
          ${t("teacher.question.addPrompt")}
        <//>
      </div>
    </fieldset>
  `;
}

/** @param {{ id: string }[]} taken */
function freeId(taken) {
  const free = "abcdefghijklmnopqrstuvwxyz".split("").find((letter) => taken.every(({ id }) => id !== letter));
  return free ?? crypto.randomUUID().slice(0, 8);
}
