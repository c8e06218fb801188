import { html } from "htm/preact";
import { get } from "../../api.js";
import { percent, t, tOf } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Badge, Progress, When } from "../../parts/values.js";

/** @import { AttendanceStatus, CourseAttendance, PageOfCourseAttendance } from "lms/api" */

/** @type {Record<AttendanceStatus, "good" | "fair" | "bad" | "plain">} */
const TONES = { present: "good", late: "fair", absent: "bad", excused: "plain" };

/** When I was there, in all my courses. */
export default function Attendance() {
  const courses = usePages((cursor) => get("/student/attendance", { query: { cursor } }));
  return html`
    <${Page} title=${t("student.attendance.title")} lead=${t("student.attendance.lead")}>
      <${Loaded} of=${courses} lines=${6}>${(/** @type {PageOfCourseAttendance} */ { items }) => {
    const recorded = items.filter((course) => course.sessions.length > 0);
    return recorded.length === 0
      ? html`<${EmptyState} icon="calendar" text=${t("student.attendance.none")} />`
      : recorded.map((course) => html`<${Course} key=${course.courseId} course=${course} />`);
  }}<//>
      <${Pager} of=${courses} />
    <//>
  `;
}

/** @param {{ course: CourseAttendance }} props */
function Course({ course }) {
  const title = course.courseTitle ?? "";
  return html`
    <${Card} title=${title}>
      ${course.attendance !== null && html`
        <p>${t("student.attendance.share", { percent: percent(course.attendance) })}</p>
        <${Progress} value=${course.attendance} label=${t("student.attendance.of", { title })} />
      `}
      <ul class="sessions">
        ${course.sessions.map(({ date, status }) => html`
          <li key=${date}><${When} at=${date} as="date" /><${Badge} tone=${TONES[status]}>${tOf("attendance", status)}<//></li>
        `)}
      </ul>
    <//>
  `;
}
