import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {"good" | "bad" | "info"} Tone */

const LONG_ENOUGH_MS = 6000;
let last = 0;
const toasts = signal(/** @type {{ id: number, text: string, tone: Tone }[]} */ ([]));

/** Says something in passing, to eyes and ears. What is wrong stays until it is closed. @param {string} text @param {Tone} [tone] */
export function toast(text, tone = "good") {
  const id = ++last;
  toasts.value = [...toasts.value.filter((one) => one.text !== text), { id, text, tone }];
  if (tone !== "bad") setTimeout(() => close(id), LONG_ENOUGH_MS);
}

/** @param {number} id */
function close(id) {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** Their place, once on a page. */
export function Toasts() {
  return html`
    <div class="toasts" role="status" aria-live="polite">
      ${toasts.value.map(({ id, text, tone }) => html`
        <div key=${id} class="toast toast-${tone}">
          <${Icon} name=${tone === "good" ? "check" : tone === "bad" ? "warning" : "info"} />
          <p dir="auto">${text}</p>
          <button class="toast-close" type="button" aria-label=${t("close")} onClick=${() => close(id)}><${Icon} name="close" /></button>
        </div>
      `)}
    </div>
  `;
}
