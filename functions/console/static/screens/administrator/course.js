import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, del, get, post, put } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm, Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { Table } from "../../parts/table.js";
import { Tabs } from "../../parts/tabs.js";
import { toast } from "../../parts/toast.js";
import { Badge } from "../../parts/values.js";
import { go } from "../../router.js";
import { CopyCourse } from "./copy-course.js";
import { courseBody, CourseFields } from "./course-fields.js";
import { IssueVouchers } from "./issue-vouchers.js";
import { PersonLink } from "./links.js";
import { PersonPicker } from "./person-picker.js";
import { VoucherTable } from "./voucher-table.js";

/** @import { BulkEnrolled, BulkOutcome, CourseDetails, EnrollmentStatus, EnrollmentView, TermView, UserView } from "lms/api" */
/** @typedef {import("../../parts/load.js").Resource<CourseDetails>} CourseResource */

/** @type {EnrollmentStatus[]} */
const STATUSES = ["active", "completed", "dropped"];
const TONES = /** @type {const} */ ({ active: "good", completed: "accent", dropped: "plain" });
/** @type {Partial<Record<BulkOutcome["outcome"], string>>} */
const OUTCOME_TONES = { enrolled: "good", "already-enrolled": "plain" };

/** A course: who learns and teaches in it, what is paid, what it is. @param {import("../../router.js").ScreenProps} props */
export default function Course({ params, query }) {
  const { courseId } = params;
  const course = useLoad(() => get("/courses/{courseId}/details", { params: { courseId } }), [courseId]);
  const back = course.data
    ? { href: `/app/admin/programs/${course.data.programId}`, label: course.data.programTitle }
    : { href: "/app/admin/programs", label: t("administrator.programs.title") };
  const teaching = html`
    <${Button} icon="exam" href="/app/teach/courses/${courseId}/gradebook">${t("administrator.course.teaching")}<//>
  `;
  const tabs = [
    { id: "students", label: t("administrator.course.students"), content: () => html`<${Students} courseId=${courseId} />` },
    { id: "teachers", label: t("administrator.course.teachers"), content: () => html`<${Teachers} course=${course} />` },
    { id: "vouchers", label: t("administrator.course.payments"), content: () => html`<${Vouchers} courseId=${courseId} course=${course.data} />` },
    { id: "settings", label: t("administrator.course.settings"), content: () => html`<${Settings} course=${course} />` },
  ];
  return html`
    <${Page} title=${course.data?.title ?? t("administrator.course.title")}
      back=${back} actions=${course.data && teaching}>
      <${Loaded} of=${course}>
        ${() => html`
          <${Tabs} label=${t("administrator.course.title")} tabs=${tabs} shown=${query.get("tab") ?? "students"}
            onShow=${(/** @type {string} */ tab) => go(`/app/admin/courses/${courseId}?tab=${tab}`, { replace: true })} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ courseId: string }} props */
function Students({ courseId }) {
  const [status, setStatus] = useState(/** @type {EnrollmentStatus} */ ("active"));
  const [adding, setAdding] = useState(false);
  const students = usePages(
    (cursor) => get("/courses/{courseId}/enrollments", { params: { courseId }, query: { status, cursor } }),
    [courseId, status],
  );
  /** @param {EnrollmentView} enrollment */
  async function drop({ studentId, name, version }) {
    const question = {
      title: t("administrator.course.dropTitle", { name: name ?? "" }),
      text: t("administrator.course.dropText"),
      action: t("administrator.course.drop"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/courses/{courseId}/enrollments/{studentId}", { params: { courseId, studentId }, ifMatch: version });
    toast(t("administrator.course.dropped"));
    await students.reload();
  }
  /** @type {import("../../parts/table.js").Column<EnrollmentView>[]} */
  const columns = [
    {
      label: t("administrator.people.name"),
      heads: true,
      cell: ({ studentId, name, email }) => html`<${PersonLink} id=${studentId} name=${name ?? email} />`,
    },
    { label: t("administrator.people.rollNo"), cell: ({ rollNo }) => html`<bdi>${rollNo}</bdi>` },
    { label: t("administrator.people.email"), cell: ({ email }) => html`<bdi>${email}</bdi>` },
    { label: t("administrator.course.status"), cell: (row) => html`<${Badge} tone=${TONES[row.status]}>${tOf("enrollmentStatus", row.status)}<//>` },
    {
      label: t("administrator.actions"),
      cell: (row) => row.status === "active" &&
        html`<${Button} small icon="close" label=${t("administrator.course.dropOne", { name: row.name ?? "" })} onClick=${() => drop(row)} />`,
    },
  ];
  const add = html`<${Button} kind="main" icon="plus" onClick=${() => setAdding(true)}>${t("administrator.course.enrol")}<//>`;
  return html`
    <${Card} title=${t("administrator.course.students")} actions=${add}>
      <div class="stack">
        <div class="filters">
          <${Field} name="status" label=${t("administrator.course.status")} value=${status}
            options=${STATUSES.map((value) => ({ value, label: tOf("enrollmentStatus", value) }))}
            onChange=${(/** @type {any} */ event) => setStatus(event.target.value)} />
        </div>
        <${PagedTable} of=${students} caption=${t("administrator.course.students")} columns=${columns}
          keyOf=${(/** @type {EnrollmentView} */ row) => row.studentId}
          empty=${html`<${EmptyState} icon="people" text=${t("administrator.course.noStudents")} />`} />
      </div>
      ${adding && html`<${Enrol} courseId=${courseId} onClose=${() => setAdding(false)} onDone=${students.reload} />`}
    <//>
  `;
}

/** @param {{ courseId: string, onClose: () => void, onDone: () => void }} props */
function Enrol({ courseId, onClose, onDone }) {
  const [done, setDone] = useState(/** @type {BulkEnrolled | null} */ (null));
  /** @param {any} values the form's */
  async function enrol({ students }) {
    const names = String(students).split(/[\n,;]/).map((name) => name.trim()).filter(Boolean);
    setDone(await post("/courses/{courseId}/enrollments/bulk", { params: { courseId }, body: { students: names } }));
    onDone();
  }
  /** @type {import("../../parts/table.js").Column<BulkOutcome>[]} */
  const columns = [
    { label: t("administrator.course.student"), heads: true, cell: ({ student }) => html`<bdi>${student}</bdi>` },
    {
      label: t("administrator.import.outcome"),
      cell: ({ outcome }) => html`<${Badge} tone=${OUTCOME_TONES[outcome] ?? "bad"}>${tOf("enrollmentOutcome", outcome)}<//>`,
    },
  ];
  return html`
    <${Dialog} title=${t("administrator.course.enrol")} onClose=${onClose}>
      ${done
    ? html`
        <div class="stack">
          <p role="status">${t("administrator.course.enrolled", { count: done.enrolled })}</p>
          <${Table} caption=${t("administrator.import.rows")} columns=${columns} rows=${done.outcomes}
            keyOf=${(/** @type {BulkOutcome} */ row) => row.student} />
        </div>
        <div class="dialog-actions"><${Button} kind="main" onClick=${onClose}>${t("close")}<//></div>
      `
    : html`
        <${Form} submit=${t("administrator.course.enrolSubmit")} onSubmit=${enrol}>
          <${Field} name="students" label=${t("administrator.course.enrolWho")} hint=${t("administrator.course.enrolHint")}
            rows=${8} dir="ltr" spellcheck=${false} />
        <//>
      `}
    <//>
  `;
}

/** @param {{ course: CourseResource }} props */
function Teachers({ course }) {
  const { id: courseId, teachers } = /** @type {CourseDetails} */ (course.data);
  /** @param {UserView} teacher */
  async function assign({ id, name, username }) {
    await put("/instructors/{instructorId}/courses/{courseId}", { params: { instructorId: id, courseId } });
    toast(t("administrator.course.assigned", { name: name || username }));
    await course.reload();
  }
  /** @param {{ id: string, name: string }} teacher */
  async function unassign({ id, name }) {
    const question = {
      title: t("administrator.course.unassignTitle", { name }),
      text: t("administrator.course.unassignText"),
      action: t("administrator.course.unassign"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/instructors/{instructorId}/courses/{courseId}", { params: { instructorId: id, courseId } });
    toast(t("administrator.course.unassigned", { name }));
    await course.reload();
  }
  return html`
    <${Card} title=${t("administrator.course.teachers")}>
      <div class="stack">
        ${teachers.length === 0 && html`<p class="quiet">${t("administrator.course.noTeachers")}</p>`}
        <ul class="stack">
          ${teachers.map((teacher) => html`
            <li key=${teacher.id} class="chosen">
              <${PersonLink} id=${teacher.id} name=${teacher.name} />
              <${Button} kind="quiet" small icon="close" label=${t("administrator.course.unassignOne", { name: teacher.name })}
                onClick=${() => unassign(teacher)} />
            </li>
          `)}
        </ul>
        <${PersonPicker} label=${t("administrator.course.assign")} role="teacher" onPick=${assign} />
      </div>
    <//>
  `;
}

/** @param {{ courseId: string, course: CourseDetails | undefined }} props */
function Vouchers({ courseId, course }) {
  const [issuing, setIssuing] = useState(false);
  const vouchers = usePages((cursor) => get("/payments/vouchers", { query: { course_id: courseId, cursor } }), [courseId]);
  const issue = html`<${Button} kind="main" icon="plus" onClick=${() => setIssuing(true)}>${t("administrator.vouchers.issue")}<//>`;
  return html`
    <${Card} title=${t("administrator.course.payments")} actions=${issue}>
      <${VoucherTable} of=${vouchers} ofOneCourse empty=${t("administrator.course.noVouchers")} />
      ${issuing && html`<${IssueVouchers} course=${course} onClose=${() => setIssuing(false)} onIssued=${vouchers.reload} />`}
    <//>
  `;
}

/** @param {{ course: CourseResource }} props */
function Settings({ course }) {
  const data = /** @type {CourseDetails} */ (course.data);
  const params = { courseId: data.id };
  const terms = useLoad(() => all((page) => get("/terms", { query: page })));
  const [copying, setCopying] = useState(false);
  /** @param {any} values the form's */
  async function save(values) {
    await put("/courses/{courseId}/update", { params, ifMatch: data.version, body: courseBody(values) });
    toast(t("saved"));
    await course.reload();
  }
  async function remove() {
    const question = {
      title: t("administrator.course.deleteTitle"),
      text: t("administrator.course.deleteText"),
      action: t("administrator.delete"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/courses/{courseId}/delete", { params, ifMatch: data.version });
    toast(t("administrator.course.deleted"));
    go(`/app/admin/programs/${data.programId}`, { replace: true });
  }
  return html`
    <${Card} title=${t("administrator.course.settings")}
      actions=${html`<${Button} icon="plus" onClick=${() => setCopying(true)}>${t("administrator.course.copy")}<//>`}>
      <${Loaded} of=${terms}>
        ${(/** @type {TermView[]} */ items) => html`
          <${Form} submit=${t("save")} onSubmit=${save} key=${data.version}
            beside=${html`<${Button} kind="danger" icon="trash" onClick=${remove}>${t("administrator.course.delete")}<//>`}>
            <${CourseFields} course=${data} terms=${items} currency=${data.currency} />
          <//>
          ${copying && html`<${CopyCourse} course=${data} terms=${items} onClose=${() => setCopying(false)} />`}
        `}
      <//>
    <//>
  `;
}
