import { useId, useRef } from "preact/hooks";
import { html } from "htm/preact";

/**
 * Views of one thing, of which one is shown; arrow keys go from one to the next.
 * @param {{ label: string, tabs: { id: string, label: string, content: () => unknown }[], shown: string, onShow: (id: string) => void }} props
 */
export function Tabs({ label, tabs, shown, onShow }) {
  const id = useId();
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const index = Math.max(0, tabs.findIndex((tab) => tab.id === shown));

  /** @param {KeyboardEvent} event */
  function turn(event) {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const step = event.key === forward ? 1 : event.key === backward ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const next = (index + step + tabs.length) % tabs.length;
    onShow(tabs[next].id);
    /** @type {HTMLElement} */ (list.current?.children[next]).focus();
  }

  return html`
    <div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${turn}>
      ${tabs.map((tab, at) => html`
        <button key=${tab.id} type="button" role="tab" id="${id}-tab-${at}" aria-selected=${at === index ? "true" : "false"}
          aria-controls="${id}-panel" tabindex=${at === index ? 0 : -1} onClick=${() => onShow(tab.id)}>${tab.label}</button>
      `)}
    </div>
    <div id="${id}-panel" role="tabpanel" aria-labelledby="${id}-tab-${index}" tabindex="0" class="tab-panel">
      ${tabs[index].content()}
    </div>
  `;
}
