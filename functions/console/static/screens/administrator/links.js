import { html } from "htm/preact";
import { UserText } from "../../parts/values.js";

/** A person's name, which leads to them. @param {{ id: string, name: string | null | undefined }} props */
export function PersonLink({ id, name }) {
  return html`<a href="/app/admin/people/${id}"><${UserText}>${name || id}<//></a>`;
}

/** A course's title, which leads to it. @param {{ id: string, title: string, tab?: string }} props */
export function CourseLink({ id, title, tab }) {
  return html`<a href="/app/admin/courses/${id}${tab ? `?tab=${tab}` : ""}"><${UserText}>${title}<//></a>`;
}
