import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Field } from "../../parts/form.js";

/** @import { ChoiceBody, QuestionKind, QuestionView } from "lms/api" */
/** @typedef {QuestionView["correctAnswer"]} Key */

/**
 * The right answer of a question that is true or false or a number; that of choices is marked at them.
 * @param {{ kind: QuestionKind, value: Key | undefined }} props
 */
export function KeyField({ kind, value }) {
  if (kind === "truefalse") {
    return html`<${Field} name="key" label=${t("teacher.marks.key")} value=${String(value ?? true)}
      options=${[{ value: "true", label: t("sit.true") }, { value: "false", label: t("sit.false") }]} />`;
  }
  if (kind !== "numeric") return null;
  const number = value !== null && typeof value === "object" && "value" in value ? value : null;
  return html`
    <div class="form-columns">
      <${Field} name="value" type="number" step="any" label=${t("teacher.marks.key")} value=${number?.value} />
      <${Field} name="tolerance" type="number" step="any" min="0" label=${t("teacher.question.tolerance")} value=${number?.tolerance ?? 0}
        hint=${t("teacher.question.toleranceHint")} />
    </div>
  `;
}

/** The right answer of a form with choices or a `KeyField`. @param {QuestionKind} kind @param {import("../../parts/form.js").Values} values
 * @param {string[]} right the choices that are marked @returns {Key} */
export function keyOf(kind, { key, value, tolerance }, right) {
  if (kind === "single") return right[0] ?? null;
  if (kind === "multiple") return right;
  if (kind === "truefalse") return key === "true";
  return kind === "numeric" ? { value, tolerance: tolerance ?? 0 } : null;
}

/** The choices that a key marks. @param {Key | undefined} key @returns {string[]} */
export function rightOf(key) {
  return Array.isArray(key) ? key : typeof key === "string" ? [key] : [];
}

/**
 * Marks the right ones among choices, of which one or several may be right.
 * @param {{ kind: QuestionKind, choices: ChoiceBody[], right: string[], onRight: (right: string[]) => void }} props
 */
export function RightChoices({ kind, choices, right, onRight }) {
  return html`
    <fieldset class="stack">
      <legend>${t("teacher.marks.key")}</legend>
      ${choices.map(({ id, text }) => html`
        <label key=${id} class="row">
          <input type=${kind === "single" ? "radio" : "checkbox"} name="right-choice" checked=${right.includes(id)}
            onChange=${(/** @type {any} */ { target }) => onRight(marked(kind, right, id, target.checked))} />
          <span dir="auto">${text}</span>
        </label>
      `)}
    </fieldset>
  `;
}

/** @param {QuestionKind} kind @param {string[]} right @param {string} id @param {boolean} on */
export function marked(kind, right, id, on) {
  if (kind === "single") return [id];
  return on ? [...right, id] : right.filter((one) => one !== id);
}
