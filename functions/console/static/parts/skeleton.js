import { html } from "htm/preact";
import { t } from "../i18n.js";

/** Stands where something loads, in about its shape. @param {{ lines?: number }} props */
export function Skeleton({ lines = 3 }) {
  return html`
    <div class="skeleton" role="status">
      <span class="only-heard">${t("loading")}</span>
      ${Array.from({ length: lines }, (_, index) => html`<span key=${index} class="skeleton-line"></span>`)}
    </div>
  `;
}

/** While a whole screen loads. */
export function ScreenSkeleton() {
  return html`<div class="page"><div class="skeleton-title"></div><div class="card"><${Skeleton} lines=${5} /></div></div>`;
}
