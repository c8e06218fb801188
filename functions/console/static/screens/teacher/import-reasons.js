import { html } from "htm/preact";
import { hasWords, t } from "../../i18n.js";
import { Said } from "../../parts/problem-text.js";

/** @import { ReasonView } from "lms/api" */

/** Why something of a file was left out or changed, or a file could not be written, in the reader's language where there are words for it.
 * @param {{ reasons: ReasonView[] }} props */
export function ImportReasons({ reasons }) {
  return html`${reasons.map(({ code, numbers, texts, text }) => {
    const key = `importReason.${code}`;
    const values = { ...texts, ...numbers };
    return html`<span key=${text}>${hasWords(key) ? t(key, values) : html`<${Said} code=${code} text=${text} values=${values} />`} </span>`;
  })}`;
}
