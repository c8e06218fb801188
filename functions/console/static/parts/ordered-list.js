import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";

/**
 * Entries that are put in order, by the buttons beside each or by dragging it.
 * @param {{
 *   entries: { id: string, name: string, content: unknown }[], onOrder: (ids: string[]) => void, disabled?: boolean, labelledby?: string
 * }} props `name` is what the buttons call an entry
 */
export function OrderedList({ entries, onOrder, disabled = false, labelledby }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const moved = useRef(/** @type {{ id: string, step: number } | null} */ (null));
  const dragged = useRef(/** @type {string | null} */ (null));
  const [said, say] = useState("");
  const ids = entries.map(({ id }) => id);

  // An element that moves loses the focus.
  useLayoutEffect(() => {
    if (!moved.current) return;
    const { id, step } = moved.current;
    moved.current = null;
    const at = ids.indexOf(id);
    const further = at + step >= 0 && at + step < ids.length ? step : -step;
    /** @type {HTMLElement | null | undefined} */ (list.current?.children[at].querySelector(`[data-step="${further}"]`))?.focus();
  });

  /** @param {string} id @param {number} to */
  function move(id, to) {
    onOrder(ids.filter((one) => one !== id).toSpliced(to, 0, id));
    say(t("order.place", { name: entries[ids.indexOf(id)].name, at: to + 1, count: ids.length }));
  }
  /** @param {string} id @param {number} step */
  function step(id, step) {
    moved.current = { id, step };
    move(id, ids.indexOf(id) + step);
  }

  return html`
    <ol class="ordered" aria-labelledby=${labelledby} ref=${list}>
      ${entries.map(({ id, name, content }, at) => html`
        <li key=${id} draggable=${disabled ? undefined : "true"} onDragStart=${() => (dragged.current = id)}
          onDragOver=${(/** @type {Event} */ event) => dragged.current && event.preventDefault()}
          onDrop=${(/** @type {Event} */ event) => {
    event.preventDefault();
    if (dragged.current && dragged.current !== id) move(dragged.current, at);
    dragged.current = null;
  }}>
          <span class="ordered-content">${content}</span>
          <span class="ordered-buttons">
            <${Button} small kind="quiet" icon="up" label=${t("order.up", { name })} disabled=${disabled || at === 0} data-step="-1"
              onClick=${() => step(id, -1)} />
            <${Button} small kind="quiet" icon="down" label=${t("order.down", { name })} disabled=${disabled || at === ids.length - 1} data-step="1"
              onClick=${() => step(id, 1)} />
          </span>
        </li>
      `)}
    </ol>
    <span class="only-heard" aria-live="polite">${said}</span>
  `;
}
