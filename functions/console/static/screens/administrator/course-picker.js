import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get } from "../../api.js";
import { t } from "../../i18n.js";
import { Field } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";

/** @import { CourseView, ProgramView } from "lms/api" */

/** A course of a program, as the field `course_id` of a form. */
export function CoursePicker() {
  const [chosen, setChosen] = useState("");
  const programs = useLoad(() => all((page) => get("/programs/list", { query: page })));
  const programId = chosen || programs.data?.[0]?.id || "";
  const courses = useLoad(() => programId ? coursesOf(programId) : Promise.resolve([]), [programId]);
  return html`
    <${Loaded} of=${programs} lines=${1}>
      ${(/** @type {ProgramView[]} */ items) =>
    items.length === 0
      ? html`<p class="quiet">${t("administrator.picker.noPrograms")}</p>`
      : html`
        <div class="form-columns">
          <${Field} name="program_id" label=${t("administrator.picker.program")} value=${programId}
            options=${optionsOf(items)} onChange=${(/** @type {any} */ event) => setChosen(event.target.value)} />
          <${Loaded} of=${courses} lines=${1}>
            ${(/** @type {CourseView[]} */ offered) => html`
              <${Field} name="course_id" label=${t("administrator.picker.course")} key=${programId}
                options=${offered.length ? optionsOf(offered) : [{ value: "", label: t("administrator.picker.noCourses") }]} />
            `}
          <//>
        </div>
      `}
    <//>
  `;
}

/** @param {string} programId */
function coursesOf(programId) {
  return all((page) => get("/programs/{programId}/courses", { params: { programId }, query: page }));
}

/** @param {{ id: string, title: string }[]} items */
function optionsOf(items) {
  return items.map(({ id, title }) => ({ value: id, label: title }));
}
