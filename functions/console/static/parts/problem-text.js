import { html } from "htm/preact";
import { hasWords, language, t } from "../i18n.js";

/** @import { Problem, FieldFault } from "../problem.js" */

// So general that the API's own sentence, which is English, says more to whoever reads that.
const GENERAL = new Set([
  ..."400 401 403 404 413 422 429 bank-full keys-in-use".split(" ").map((code) => `problem.${code}`),
  ..."answer choices mismatch missing prompts too_many_draws too_many_images too_many_lessons too_many_modules".split(" ").map((code) => `fault.${code}`),
  ..."too_many_questions too_many_subtopics unknown value_error weak_password weights".split(" ").map((code) => `fault.${code}`),
]);

/** What is wrong with a value that is malformed, by the type of fault that the API's library has for it: the beginning
 * of its name. In English, the API says it more precisely. @type {[string, string][]} */
const MALFORMED = [
  ["string_too_short", "short"], ["too_short", "short"], ["string_too_long", "long"], ["too_long", "long"], ["decimal_max", "digits"],
  ["decimal_whole", "digits"], ["greater_than", "low"], ["less_than", "high"], ["int_parsing_size", "high"], ["int", "number"], ["float", "number"],
  ["decimal", "number"], ["finite", "number"], ["date", "date"], ["timezone", "date"], ["enum", "choice"], ["literal", "choice"], ["bool", "choice"],
];

/** @param {string} key */
const says = (key) => hasWords(key) && !(language.value === "en" && GENERAL.has(key));

/** What a refusal says, in the reader's language where there are words for its code, else as the API says it.
 * @param {Problem} problem @returns {string} */
export function problemText(problem) {
  if (problem.errors.length) return problem.errors.map(faultText).join(" ");
  const key = `problem.${problem.code || problem.status}`;
  if (says(key)) return t(key);
  if (problem.status >= 500) return t("problem.500");
  return problem.message;
}

/** What is wrong with one field. @param {FieldFault} fault */
export function faultText({ type, msg }) {
  return codeText(type, msg);
}

/** A sentence of the API's as `codeText` has it; of the API's own, the letters say the direction.
 * @param {{ code: string | null, text: string, values?: Record<string, string | number> }} props */
export function Said({ code, text, values }) {
  const said = codeText(code, text, values);
  return html`<span dir=${said === text ? "auto" : undefined}>${said}</span>`;
}

/**
 * A sentence of the API's in the reader's language, by its code.
 * @param {string | null} code @param {string} text as the API says it, in English @param {Record<string, string | number>} [values] what it names
 */
function codeText(code, text, values) {
  if (code === null) return text;
  const key = [`fault.${code}`, `problem.${code}`].find(says);
  if (key) return t(key, values);
  return language.value === "en" ? text : t(`malformed.${MALFORMED.find(([type]) => code.startsWith(type))?.[1] ?? "form"}`);
}
