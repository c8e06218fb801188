import { html } from "htm/preact";
import { list, t } from "../i18n.js";
import { Icon } from "./icon.js";
import { Card } from "./page.js";
import { Badge, Money, UserText, When } from "./values.js";

/** @import { CatalogueCourse } from "lms/api" */

/** Who teaches a course. @param {{ course: CatalogueCourse }} props */
export function Teachers({ course }) {
  const names = course.teachers.map(({ name }) => name);
  return names.length > 0 && html`<p class="quiet"><${Icon} name="person" /> <${UserText}>${list(names)}<//></p>`;
}

/** What a course is, for whoever thinks of joining it. @param {{ course: CatalogueCourse, children?: unknown }} props */
export function CourseFacts({ course, children }) {
  return html`
    <${Card}>
      ${course.short_description && html`<p class="as-typed" dir="auto">${course.short_description}</p>`}
      <${Teachers} course=${course} />
      <div class="row">
        ${course.enrollment === "closed" && html`<${Badge} tone="fair">${t("student.course.closed")}<//>`}
        ${course.seatsLeft === 0 && html`<${Badge} tone="fair">${t("student.course.full")}<//>`}
        ${course.seatsLeft ? html`<${Badge}>${t("student.course.seats", { count: course.seatsLeft })}<//>` : null}
        ${course.fee && html`<${Badge}><${Money} amount=${course.fee} currency=${course.currency} /><//>`}
        ${course.termTitle && html`<${Badge}><${UserText}>${course.termTitle}<//><//>`}
      </div>
      ${course.termStartsOn && course.termEndsOn && html`
        <p class="quiet"><${When} at=${course.termStartsOn} as="date" /> – <${When} at=${course.termEndsOn} as="date" /></p>
      `}
      ${children}
    <//>
  `;
}

/** The titles of what a course teaches. @param {{ course: CatalogueCourse }} props */
export function CourseContents({ course }) {
  return html`
    <${Card} title=${t("student.course.contents")}>
      ${course.tableOfContents.length === 0 && html`<p class="quiet">${t("student.course.noContents")}</p>`}
      <ol class="contents">
        ${course.tableOfContents.map((chapter) => html`
          <li key=${chapter.chapterId}>
            <h3><${UserText}>${chapter.title}<//></h3>
            <ul>${chapter.topics.map((topic) => html`<li key=${topic.topicId}><${UserText}>${topic.title}<//></li>`)}</ul>
          </li>
        `)}
      </ol>
    <//>
  `;
}
