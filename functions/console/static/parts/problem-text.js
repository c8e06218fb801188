import { hasWords, t } from "../i18n.js";

/** @import { Problem, FieldFault } from "../problem.js" */

/** What a refusal says, in the reader's language where there are words for its code, else as the API says it.
 * @param {Problem} problem @returns {string} */
export function problemText(problem) {
  const key = `problem.${problem.code || problem.status}`;
  if (hasWords(key)) return t(key);
  if (problem.status >= 500) return t("problem.500");
  if (problem.errors.length) return problem.errors.map(faultText).join(" ");
  return problem.message;
}

/** What is wrong with one field. @param {FieldFault} fault */
export function faultText(fault) {
  const key = `fault.${fault.type}`;
  return hasWords(key) ? t(key) : fault.msg;
}
