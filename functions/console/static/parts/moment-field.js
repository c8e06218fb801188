import { html } from "htm/preact";
import { Field } from "./form.js";

/** A day and a time in the reader's zone; the form's value of it goes through `momentOf`.
 * @param {{ name: string, label: string, at?: string | null, hint?: unknown, optional?: boolean }} props */
export function MomentField({ at, ...others }) {
  return html`<${Field} ...${others} type="datetime-local" value=${at ? shownIn(at) : ""} dir="ltr" />`;
}

/** What such a field holds, as the API takes it. @param {string | undefined} typed */
export function momentOf(typed) {
  return typed ? new Date(typed).toISOString() : undefined;
}

/** @param {string} moment */
function shownIn(moment) {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
