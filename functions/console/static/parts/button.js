import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { Icon } from "./icon.js";
import { Problem } from "../problem.js";
import { problemText } from "./problem-text.js";
import { toast } from "./toast.js";

/**
 * A button, or with `href` a link that looks like one. While a promise of `onClick` runs, it is busy and takes no second
 * click; a Problem that it ends with is shown.
 * @param {{
 *   kind?: "main" | "plain" | "quiet" | "danger", icon?: string, href?: string, busy?: boolean, disabled?: boolean,
 *   onClick?: (event: Event) => unknown, type?: "button" | "submit", label?: string, small?: boolean, children?: unknown,
 *   [attribute: string]: unknown
 * }} props `label` names a button that has nothing but an icon
 */
export function Button({ kind = "plain", icon, href, busy = false, disabled, onClick, type = "button", label, small, children, ...others }) {
  const [running, setRunning] = useState(false);
  const isBusy = busy || running;
  const shape = `button button-${kind}${small ? " button-small" : ""}${children ? "" : " button-icon"}`;
  const content = html`${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}`;
  if (href) return html`<a class=${shape} href=${href} aria-label=${label} title=${label} ...${others}>${content}</a>`;

  /** @param {Event} event */
  async function click(event) {
    if (isBusy) return;
    setRunning(true);
    try {
      await onClick?.(event);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toast(problemText(problem), "bad");
    } finally {
      setRunning(false);
    }
  }

  return html`
    <button class=${shape} type=${type} disabled=${disabled} aria-busy=${isBusy ? "true" : undefined} aria-label=${label}
      title=${label} onClick=${onClick && click} ...${others}>
      ${content}
    </button>
  `;
}
