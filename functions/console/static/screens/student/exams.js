import { html } from "htm/preact";
import { get } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { UserText } from "../../parts/values.js";
import { ExamAction, examFacts } from "./exam-action.js";
import { ExamTimes } from "./exam-times.js";
import { Unsent } from "./unsent.js";

/** @import { ExamDetails, ExamState, PageOfExamDetails } from "lms/api" */

/** The exams of all my courses: those that I can sit now, those to come, those that are over. */
export default function Exams() {
  return html`
    <${Page} title=${t("student.exams.title")}>
      <${Unsent} />
      <${Section} state="open" />
      <${Section} state="upcoming" />
      <${Section} state="over" />
    <//>
  `;
}

/** @param {{ state: ExamState }} props */
function Section({ state }) {
  const exams = usePages((cursor) => get("/student/exams", { query: { state, cursor } }));
  return html`
    <section class="stack" aria-labelledby=${`exams-${state}`}>
      <h2 id=${`exams-${state}`}>${tOf("student.exams.section", state)}</h2>
      <${Loaded} of=${exams} lines=${2}>${(/** @type {PageOfExamDetails} */ { items }) => html`
        ${items.length === 0
    ? html`<${EmptyState} icon="exam" text=${tOf("student.exams.none", state)} />`
    : html`<ul class="card rows">${items.map((exam) => html`<${Exam} key=${exam.id} exam=${exam} />`)}</ul>`}
        <${Pager} of=${exams} />
      `}<//>
    </section>
  `;
}

/** @param {{ exam: ExamDetails }} props */
function Exam({ exam }) {
  return html`
    <li class="entry">
      <div class="entry-text">
        <h3><a href="/app/exams/${exam.id}"><${UserText}>${exam.title}<//></a></h3>
        <p class="quiet"><a href="/app/courses/${exam.courseId}"><${UserText}>${exam.courseTitle}<//></a></p>
        <${ExamTimes} exam=${exam} />
        <p class="quiet">${examFacts(exam)}</p>
      </div>
      <${ExamAction} exam=${exam} />
    </li>
  `;
}
