import { html } from "htm/preact";
import { all, get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { toast } from "../../parts/toast.js";
import { go } from "../../router.js";

/** @import { CourseDetails, ProgramView, TermView } from "lms/api" */

/** A course like another, for another term: without its people. @param {{ course: CourseDetails, terms: TermView[], onClose: () => void }} props */
export function CopyCourse({ course, terms, onClose }) {
  const programs = useLoad(() => all((page) => get("/programs/list", { query: page })));

  /** @param {any} values the form's */
  async function copy({ title, programId, termId = null }) {
    const made = await post("/courses/{courseId}/copy", { params: { courseId: course.id }, body: { title, programId, termId } });
    toast(t("administrator.course.copied"));
    onClose();
    go(`/app/admin/courses/${made.id}`);
  }

  return html`
    <${Dialog} title=${t("administrator.course.copy")} onClose=${onClose}>
      <p class="dialog-text">${t("administrator.course.copyText")}</p>
      <${Loaded} of=${programs}>
        ${(/** @type {ProgramView[]} */ items) => html`
          <${Form} submit=${t("administrator.course.copySubmit")} onSubmit=${copy}>
            <${Field} name="title" label=${t("administrator.course.name")} value=${course.title} maxlength="200" />
            <${Field} name="programId" label=${t("administrator.picker.program")} value=${course.programId}
              options=${items.map(({ id, title }) => ({ value: id, label: title }))} />
            <${Field} name="termId" label=${t("administrator.course.term")} value=${course.termId ?? ""} optional
              options=${[{ value: "", label: t("administrator.course.sameTerm") }, ...terms.map(({ id, title }) => ({ value: id, label: title }))]} />
          <//>
        `}
      <//>
    <//>
  `;
}
