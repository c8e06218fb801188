import { html } from "htm/preact";
import * as i18n from "../i18n.js";

/** A moment, or a day, for readers and for machines. @param {{ at: string, as?: "date" | "time" | "dateTime" }} props */
export function When({ at, as = "dateTime" }) {
  return html`<time datetime=${at}>${i18n[as](at)}</time>`;
}

/** @param {{ amount: number | string, currency: string }} props */
export function Money({ amount, currency }) {
  return html`<span class="money">${i18n.money(amount, currency)}</span>`;
}

/** What somebody typed, in whatever script. @param {{ children?: unknown }} props */
export function UserText({ children }) {
  return html`<bdi>${children}</bdi>`;
}

/** How something stands, in a word. @param {{ tone?: "good" | "fair" | "bad" | "plain" | "accent", children?: unknown }} props */
export function Badge({ tone = "plain", children }) {
  return html`<span class="badge badge-${tone}">${children}</span>`;
}

/** How much of something is done. @param {{ value: number, label: string }} props `value` of 100 */
export function Progress({ value, label }) {
  return html`<progress class="progress" max="100" value=${value} aria-label=${label}>${i18n.percent(value)}</progress>`;
}
