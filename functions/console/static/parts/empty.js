import { html } from "htm/preact";
import { Icon } from "./icon.js";

/** Where a list is empty: why, and as its children what to do about it. @param {{ text: string, icon?: string, children?: unknown }} props */
export function EmptyState({ text, icon = "list", children }) {
  return html`
    <div class="empty">
      <${Icon} name=${icon} />
      <p>${text}</p>
      ${children}
    </div>
  `;
}
