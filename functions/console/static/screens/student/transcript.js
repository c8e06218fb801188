import { html } from "htm/preact";
import { get } from "../../api.js";
import { percent, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { UserText } from "../../parts/values.js";
import { person } from "../../session.js";
import { PrintHead } from "./print-head.js";

/** @import { Transcript as TranscriptView, TranscriptCourse } from "lms/api" */

/** Every course of mine with its grade, as one page to print. */
export default function Transcript() {
  const transcript = useLoad(() => get("/students/{student_id}/transcript", { params: { student_id: person.value?.id ?? "" } }));
  return html`
    <${Page} title=${t("student.transcript.title")} back=${{ href: "/app/report-cards", label: t("student.reportCards.title") }}
      actions=${html`<${Button} onClick=${() => print()}>${t("print")}<//>`}>
      <${Loaded} of=${transcript} lines=${6}>${(/** @type {TranscriptView} */ { courses, studentName, rollNo }) =>
    courses.length === 0 ? html`<${EmptyState} icon="card" text=${t("student.reportCards.none")} />` : html`
          <${PrintHead} name=${studentName} rollNo=${rollNo} />
          <${Card}>
            <${Table} caption=${t("student.transcript.title")} rows=${courses} columns=${columns()}
              keyOf=${(/** @type {TranscriptCourse} */ course) => course.courseId} />
          <//>
        `}<//>
    <//>
  `;
}

/** Its program and term. @param {TranscriptCourse} course */
function of({ programTitle, termTitle }) {
  return [programTitle, termTitle].filter(Boolean).join(" · ");
}

/** @returns {import("../../parts/table.js").Column<TranscriptCourse>[]} */
function columns() {
  return [
    {
      label: t("student.transcript.course"),
      heads: true,
      cell: (course) => html`<span><${UserText}>${course.courseTitle}<//><br /><span class="quiet transcript-of">${of(course)}</span></span>`,
    },
    { label: t("student.transcript.status"), cell: (course) => tOf("enrollment", course.status) },
    { label: t("student.reportCards.done"), number: true, cell: (course) => percent(course.completionPercentage) },
    { label: t("student.attendance.title"), number: true, cell: (course) => (course.attendance === null ? "–" : percent(course.attendance)) },
    { label: t("student.transcript.percentage"), number: true, cell: (course) => (course.gradePercentage === null ? "–" : percent(course.gradePercentage)) },
    { label: t("student.transcript.grade"), number: true, cell: (course) => course.grade ?? "–" },
  ];
}
