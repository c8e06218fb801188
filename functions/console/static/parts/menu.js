import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { Icon } from "./icon.js";

/**
 * A button that opens a short list of links and buttons; Escape and a click elsewhere close it.
 * @param {{ label: string, icon?: string, text?: unknown, children?: unknown }} props
 */
export function Menu({ label, icon, text, children }) {
  const [open, setOpen] = useState(false);
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!open) return;
    /** @param {Event} event */
    const close = (event) => {
      if (event instanceof KeyboardEvent && event.key !== "Escape") return;
      const isInside = menu.current?.contains(/** @type {Node} */ (event.target));
      if (event.type === "pointerdown" && isInside) return;
      setOpen(false);
      if (event.type === "keydown") menu.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);
  return html`
    <div class="menu" ref=${menu}>
      <button type="button" class="button button-quiet menu-button" aria-expanded=${open ? "true" : "false"} aria-label=${label}
        onClick=${() => setOpen(!open)}>
        ${icon && html`<${Icon} name=${icon} />`}${text && html`<span class="menu-text" dir="auto">${text}</span>`}
      </button>
      ${open && html`<div class="menu-list" onClick=${() => setOpen(false)}>${children}</div>`}
    </div>
  `;
}
