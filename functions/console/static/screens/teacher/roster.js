import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, patch } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Field } from "../../parts/form.js";
import { Loaded } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText } from "../../parts/values.js";
import { go } from "../../router.js";
import { CoursePage } from "./course-page.js";
import { ExtraPercentDialog } from "./extra-percent-dialog.js";

/** @import { EnrollmentStatus, EnrollmentView, PageOfEnrollmentView } from "lms/api" */

/** @type {EnrollmentStatus[]} */
const STATUSES = ["active", "completed", "dropped"];

/** Who is in the class. @param {import("../../router.js").ScreenProps} props `?status=` shows the others too */
export default function Roster({ params: { courseId }, query }) {
  const status = STATUSES.find((one) => one === query.get("status")) ?? "active";
  const students = usePages(
    (cursor) => get("/courses/{courseId}/enrollments", { params: { courseId }, query: { status, limit: 100, cursor } }),
    [status],
  );

  const [timed, setTimed] = useState(/** @type {EnrollmentView | null} */ (null));

  /** @param {EnrollmentView} student @param {"active" | "completed"} to */
  async function change(student, to) {
    await patch("/courses/{courseId}/enrollments/{studentId}", { params: { courseId, studentId: student.studentId }, body: { status: to } });
    toast(t("saved"));
    await students.reload();
  }

  const columns = [
    {
      label: t("teacher.roster.name"),
      heads: true,
      cell: (/** @type {EnrollmentView} */ { name, email }) => html`
        <span><${UserText}>${name ?? t("teacher.noName")}<//><br /><span class="quiet small" dir="auto">${email}</span></span>
      `,
    },
    { label: t("teacher.roster.rollNo"), cell: (/** @type {EnrollmentView} */ { rollNo }) => html`<bdi>${rollNo}</bdi>` },
    {
      label: t("teacher.roster.status"),
      cell: (/** @type {EnrollmentView} */ { status }) => html`
        <${Badge} tone=${status === "active" ? "accent" : status === "completed" ? "good" : "plain"}>${tOf("enrollmentStatus", status)}<//>
      `,
    },
    {
      label: t("teacher.roster.actions"),
      cell: (/** @type {EnrollmentView} */ student) => html`
        <span class="row">
          ${student.status === "active" && html`
            <${Button} small onClick=${() => setTimed(student)}>${t("teacher.extra.title")}<//>
            <${Button} small kind="quiet" onClick=${() => change(student, "completed")}>${t("teacher.roster.complete")}<//>
          `}
          ${student.status === "completed" && html`<${Button} small onClick=${() => change(student, "active")}>${t("teacher.roster.reactivate")}<//>`}
        </span>
      `,
    },
  ];
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.roster.title")}>
      <${Card}>
        <div class="filter">
          <${Field} name="status" label=${t("teacher.roster.show")} value=${status}
            options=${STATUSES.map((value) => ({ value, label: tOf("enrollmentStatus", value) }))}
            onChange=${(/** @type {any} */ { target }) => go(`/app/teach/courses/${courseId}?status=${target.value}`, { replace: true })} />
        </div>
        <${Loaded} of=${students} lines=${6}>${(/** @type {PageOfEnrollmentView} */ { items }) => html`
          ${items.length === 0
    ? html`<${EmptyState} icon="people" text=${status === "active" ? t("teacher.roster.none") : t("teacher.roster.noneSuch")} />`
    : html`<${Table} caption=${t("teacher.roster.title")} rows=${items} columns=${columns}
              keyOf=${(/** @type {EnrollmentView} */ { studentId }) => studentId} />`}
          <${Pager} of=${students} />
        `}<//>
      <//>
      ${timed && html`<${ExtraPercentDialog} courseId=${courseId} student=${timed} onClose=${() => setTimed(null)} />`}
    <//>
  `;
}
