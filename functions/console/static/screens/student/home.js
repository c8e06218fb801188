import { html } from "htm/preact";
import { get } from "../../api.js";
import { list, percent, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { Badge, Progress, UserText } from "../../parts/values.js";
import { ExamAction } from "./exam-action.js";
import { ExamTimes } from "./exam-times.js";
import { Unsent } from "./unsent.js";

/** @import { EnrolledCourse, ExamDetails, OwnCourses } from "lms/api" */

const MOST_NEXT = 4;

/** What is next and by when, and my courses. */
export default function Home() {
  const courses = useLoad(() => get("/student/courses"));
  const next = useLoad(nextExams);
  return html`
    <${Page} title=${t("student.home.title")} actions=${html`<${Button} icon="search" href="/">${t("student.home.find")}<//>`}>
      <${Unsent} />
      <section class="stack" aria-labelledby="next">
        <h2 id="next">${t("student.home.next")}</h2>
        <${Loaded} of=${next} lines=${2}>${(/** @type {ExamDetails[]} */ exams) =>
    exams.length === 0
      ? html`<p class="quiet">${t("student.home.nothingNext")}</p>`
      : html`<ul class="card rows">${exams.map((exam) => html`<${NextExam} key=${exam.id} exam=${exam} />`)}</ul>`}<//>
      </section>
      <section class="stack" aria-labelledby="courses">
        <h2 id="courses">${t("student.home.courses")}</h2>
        <${Loaded} of=${courses} lines=${6}>${(/** @type {OwnCourses} */ { items }) => html`<${Courses} items=${items} />`}<//>
      </section>
    <//>
  `;
}

/** Those that are open, then those to come. */
async function nextExams() {
  const [open, upcoming] = await Promise.all([
    get("/student/exams", { query: { state: "open", limit: MOST_NEXT } }),
    get("/student/exams", { query: { state: "upcoming", limit: MOST_NEXT } }),
  ]);
  // One on paper may be released before its time is over.
  return [...open.items, ...upcoming.items].filter((exam) => exam.releasedAt === null).slice(0, MOST_NEXT);
}

/** @param {{ exam: ExamDetails }} props */
function NextExam({ exam }) {
  return html`
    <li class="entry">
      <div class="entry-text">
        <a class="entry-link" href="/app/exams/${exam.id}"><${UserText}>${exam.title}<//></a>
        <p class="quiet"><${UserText}>${exam.courseTitle}<//></p>
        <${ExamTimes} exam=${exam} />
      </div>
      ${exam.state === "open" && html`<${ExamAction} exam=${exam} />`}
    </li>
  `;
}

/** @param {{ items: EnrolledCourse[] }} props */
function Courses({ items }) {
  const shown = items.filter((course) => course.status !== "dropped");
  if (shown.length === 0) {
    return html`
      <${EmptyState} icon="book" text=${t("student.home.noCourses")}>
        <${Button} kind="main" href="/">${t("student.home.find")}<//>
      <//>
    `;
  }
  return html`<ul class="cards">${shown.map((course) => html`<${Course} key=${course.courseId} course=${course} />`)}</ul>`;
}

/** @param {{ course: EnrolledCourse }} props */
function Course({ course }) {
  const { courseTitle: title, completionPercentage: done } = course;
  return html`
    <li class="card own-course">
      <div class="row own-course-head">
        <h3><a class="card-link" href="/app/courses/${course.courseId}"><${UserText}>${title}<//></a></h3>
        ${course.status === "completed" && html`<${Badge} tone="good">${t("student.course.completed")}<//>`}
      </div>
      ${course.teachers.length > 0 && html`
        <p class="quiet"><${Icon} name="person" /> <${UserText}>${list(course.teachers.map(({ name }) => name))}<//></p>
      `}
      <div class="own-course-end">
        <p class="own-course-done">
          <span>${t("student.course.done", { percent: percent(done) })}</span>
          ${course.grade && html`<span>${t("student.course.grade", { grade: course.grade })}</span>`}
        </p>
        <${Progress} value=${done} label=${t("student.course.progress", { title })} />
        ${done < 100 && html`<p class="own-course-next"><${NextLesson} course=${course} /></p>`}
      </div>
    </li>
  `;
}

/** The way to the first lesson that is not done. @param {{ course: EnrolledCourse }} props */
function NextLesson({ course: { courseId, courseTitle: title, completionPercentage: done } }) {
  const href = `/app/courses/${courseId}?lesson=next`;
  return done > 0
    ? html`<${Button} small href=${href} label=${t("student.home.continue", { title })}>${t("student.course.continue")}<//>`
    : html`<${Button} small href=${href} label=${t("student.home.begin", { title })}>${t("student.course.begin")}<//>`;
}
