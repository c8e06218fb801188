import { html } from "htm/preact";
import { get } from "../../api.js";
import { serverNow } from "../../clock.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Badge, UserText, When } from "../../parts/values.js";
import { person } from "../../session.js";

/** @import { ClassView, PageOfClassView } from "lms/api" */

/** The teacher's classes, what waits for marks, and the next exams. */
export default function Home() {
  const instructorId = person.value?.id ?? "";
  const classes = usePages((cursor) => get("/instructors/{instructorId}/classes", { params: { instructorId }, query: { limit: 100, cursor } }));
  return html`
    <${Page} title=${t("teacher.home.title")}>
      <${Loaded} of=${classes}>${(/** @type {PageOfClassView} */ { items }) => html`
        ${items.length === 0 && html`<${EmptyState} icon="book" text=${t("teacher.home.none")} />`}
        <${ToDo} classes=${items} />
        <ul class="cards">${items.map((one) => html`<${Class} key=${one.course_id} of=${one} />`)}</ul>
        <${Pager} of=${classes} />
      `}<//>
    <//>
  `;
}

/** @param {{ classes: ClassView[] }} props */
function ToDo({ classes }) {
  const waiting = classes.reduce((sum, one) => sum + one.attempts_to_mark, 0);
  const exams = classes.flatMap((one) => one.next_exam ? [{ course: one.title, ...one.next_exam }] : [])
    .sort((one, other) => one.opens_at.localeCompare(other.opens_at));
  return html`
    <div class="to-do">
      ${waiting > 0 && html`
        <${Card} title=${t("teacher.home.toMark")}>
          <p>${t("teacher.home.waiting", { count: waiting })}</p>
          <div class="row"><${Button} kind="main" icon="edit" href="/app/teach/marking">${t("teacher.home.mark")}<//></div>
        <//>
      `}
      ${exams.length > 0 && html`
        <${Card} title=${t("teacher.home.exams")}>
          <ul class="stack">
            ${exams.map((exam) => html`
              <li key=${exam.exam_id}>
                <a href="/app/teach/exams/${exam.exam_id}"><${UserText}>${exam.title}<//></a>
                <p class="quiet">
                  <${UserText}>${exam.course}<//> · ${Date.parse(exam.opens_at) <= serverNow() ? t("examState.open") : html`<${When} at=${exam.opens_at} />`}
                </p>
              </li>
            `)}
          </ul>
        <//>
      `}
    </div>
  `;
}

/** @param {{ of: ClassView }} props */
function Class({ of }) {
  return html`
    <li class="card">
      <h2><a href="/app/teach/courses/${of.course_id}"><${UserText}>${of.title}<//></a></h2>
      <p class="quiet"><${UserText}>${of.program_title}<//></p>
      <div class="row">
        <${Badge}>${t("teacher.home.students", { count: of.students })}<//>
        ${of.attempts_to_mark > 0 && html`<${Badge} tone="fair">${t("teacher.home.waiting", { count: of.attempts_to_mark })}<//>`}
      </div>
    </li>
  `;
}
