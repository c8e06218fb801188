import { html } from "htm/preact";
import { hasWords, t } from "../../i18n.js";

/** @import { ReasonView } from "lms/api" */

/** Why something of a file was left out or changed, in the reader's language where there are words for it.
 * @param {{ reasons: ReasonView[] }} props */
export function ImportReasons({ reasons }) {
  return html`${reasons.map(({ code, numbers, texts, text }) => {
    const key = `importReason.${code}`;
    return hasWords(key) ? html`<span key=${text}>${t(key, { ...texts, ...numbers })} </span>` : html`<span key=${text} dir="auto">${text} </span>`;
  })}`;
}
