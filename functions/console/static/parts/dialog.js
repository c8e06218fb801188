import { signal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";

/**
 * A window over the screen; Escape closes it. The browser keeps the focus inside and gives it back.
 * @param {{ title: string, onClose: () => void, children?: unknown, wide?: boolean }} props
 */
export function Dialog({ title, onClose, children, wide = false }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return html`
    <dialog ref=${dialog} class=${wide ? "dialog dialog-wide" : "dialog"} aria-labelledby=${id} onClose=${onClose}>
      <header class="dialog-head">
        <h2 id=${id} dir="auto">${title}</h2>
        <${Button} kind="quiet" icon="close" label=${t("close")} onClick=${() => dialog.current?.close()} />
      </header>
      ${children}
    </dialog>
  `;
}

/** @typedef {{ title: string, text?: unknown, action: string, danger?: boolean }} Question */
const asked = signal(/** @type {(Question & { answer: (yes: boolean) => void }) | null} */ (null));

/** Asks before something is done; true when the person wants it. @param {Question} question @returns {Promise<boolean>} */
export function confirm(question) {
  return new Promise((answer) => {
    asked.value = { ...question, answer };
  });
}

/** The place of `confirm`, once on a page. */
export function Dialogs() {
  const question = asked.value;
  if (!question) return null;
  /** @param {boolean} yes */
  const answer = (yes) => {
    asked.value = null;
    question.answer(yes);
  };
  return html`
    <${Dialog} title=${question.title} onClose=${() => answer(false)}>
      ${question.text && html`<div class="dialog-text">${question.text}</div>`}
      <div class="dialog-actions">
        <${Button} onClick=${() => answer(false)}>${t("cancel")}<//>
        <${Button} kind=${question.danger ? "danger" : "main"} onClick=${() => answer(true)}>${question.action}<//>
      </div>
    <//>
  `;
}
