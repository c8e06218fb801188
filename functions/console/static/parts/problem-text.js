import { hasWords, language, t } from "../i18n.js";

/** @import { Problem, FieldFault } from "../problem.js" */

// So general that the API's own sentence, which is English, says more to whoever reads that.
const GENERAL = new Set(["problem.400", "problem.403", "problem.404", "fault.unknown"]);

/** @param {string} key */
const says = (key) => hasWords(key) && !(language.value === "en" && GENERAL.has(key));

/** What a refusal says, in the reader's language where there are words for its code, else as the API says it.
 * @param {Problem} problem @returns {string} */
export function problemText(problem) {
  const key = `problem.${problem.code || problem.status}`;
  if (says(key)) return t(key);
  if (problem.status >= 500) return t("problem.500");
  if (problem.errors.length) return problem.errors.map(faultText).join(" ");
  return problem.message;
}

/** What is wrong with one field. @param {FieldFault} fault */
export function faultText(fault) {
  const key = `fault.${fault.type}`;
  return says(key) ? t(key) : fault.msg;
}
