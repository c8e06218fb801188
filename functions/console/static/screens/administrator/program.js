import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, del, get, post, put } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm, Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Form } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText } from "../../parts/values.js";
import { go } from "../../router.js";
import { courseBody, CourseFields } from "./course-fields.js";
import { CourseLink } from "./links.js";
import { ProgramFields } from "./programs.js";

/** @import { CourseView, NewCourse, ProgramUpdate, TermView } from "lms/api" */

/** A program and its courses. @param {import("../../router.js").ScreenProps} props */
export default function Program({ params: { programId } }) {
  const [open, setOpen] = useState(/** @type {"program" | "course" | null} */ (null));
  const params = { programId };
  const program = useLoad(() => get("/programs/{programId}/details", { params }), [programId]);
  const courses = usePages((cursor) => get("/programs/{programId}/courses", { params, query: { cursor } }), [programId]);
  const close = () => setOpen(null);

  /** @param {any} values the form's */
  async function save({ title, description = "" }) {
    /** @type {ProgramUpdate} */
    const body = { title, description };
    program.set(await put("/programs/{programId}/update", { params, body, ifMatch: program.data?.version }));
    toast(t("saved"));
    close();
  }
  async function remove() {
    const question = {
      title: t("administrator.program.deleteTitle"),
      text: t("administrator.program.deleteText"),
      action: t("administrator.delete"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/programs/{programId}/delete", { params, ifMatch: program.data?.version });
    toast(t("administrator.program.deleted"));
    go("/app/admin/programs", { replace: true });
  }
  const actions = program.data && html`
    <${Button} icon="edit" onClick=${() => setOpen("program")}>${t("administrator.edit")}<//>
    <${Button} kind="danger" icon="trash" onClick=${remove}>${t("administrator.delete")}<//>
    <${Button} kind="main" icon="plus" onClick=${() => setOpen("course")}>${t("administrator.program.newCourse")}<//>
  `;
  return html`
    <${Page} title=${program.data?.title ?? t("administrator.programs.title")} actions=${actions}
      lead=${html`<span dir="auto">${program.data?.description}</span>`}
      back=${{ href: "/app/admin/programs", label: t("administrator.programs.title") }}>
      <${Card} title=${t("administrator.program.courses")}>
        <${PagedTable} of=${courses} caption=${t("administrator.program.courses")} columns=${columns()}
          keyOf=${(/** @type {CourseView} */ course) => course.id}
          empty=${html`<${EmptyState} icon="book" text=${t("administrator.program.none")} />`} />
      <//>
      ${open === "program" && html`
        <${Dialog} title=${t("administrator.program.edit")} onClose=${close}>
          <${Form} submit=${t("save")} onSubmit=${save}><${ProgramFields} program=${program.data} /><//>
        <//>
      `}
      ${open === "course" && html`<${NewCourseDialog} programId=${programId} onClose=${close} />`}
    <//>
  `;
}

/** @returns {import("../../parts/table.js").Column<CourseView>[]} */
function columns() {
  return [
    {
      label: t("administrator.course.name"),
      heads: true,
      cell: ({ id, title }) => html`<${CourseLink} id=${id} title=${title} />`,
    },
    { label: t("administrator.course.term"), cell: ({ termTitle }) => html`<${UserText}>${termTitle ?? "–"}<//>` },
    {
      label: t("administrator.course.teachers"),
      cell: ({ teachers }) => html`<div>${teachers.map(({ id, name }) => html`<div key=${id}><${UserText}>${name}<//></div>`)}</div>`,
    },
    { label: t("administrator.course.seatsLeft"), number: true, cell: ({ seatsLeft }) => seatsLeft ?? t("administrator.course.noLimit") },
    {
      label: t("administrator.course.enrollment"),
      cell: ({ enrollment }) => html`<${Badge} tone=${enrollment === "open" ? "good" : "plain"}>${tOf("enrollmentMode", enrollment)}<//>`,
    },
  ];
}

/** @param {{ programId: string, onClose: () => void }} props */
function NewCourseDialog({ programId, onClose }) {
  const terms = useLoad(() => all((page) => get("/terms", { query: page })));
  /** @param {any} values the form's */
  async function create(values) {
    const body = /** @type {NewCourse} */ (courseBody(values));
    const { id } = await post("/programs/{programId}/courses/create", { params: { programId }, body });
    toast(t("administrator.program.courseCreated"));
    go(`/app/admin/courses/${id}`);
  }
  return html`
    <${Dialog} title=${t("administrator.program.newCourse")} onClose=${onClose} wide>
      <${Loaded} of=${terms}>
        ${(/** @type {TermView[]} */ items) => html`
          <${Form} submit=${t("administrator.create")} onSubmit=${create}>
            <${CourseFields} terms=${items} currency=${institute.value.currency ?? "PKR"} />
          <//>
        `}
      <//>
    <//>
  `;
}
