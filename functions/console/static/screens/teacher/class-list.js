import { html } from "htm/preact";
import { all, get } from "../../api.js";
import { t } from "../../i18n.js";
import { Field, Form } from "../../parts/form.js";
import { Card } from "../../parts/page.js";

/** @import { EnrollmentView } from "lms/api" */

/** All active students of a course. @param {string} courseId @returns {Promise<EnrollmentView[]>} */
export function classOf(courseId) {
  return all((query) => get("/courses/{courseId}/enrollments", { params: { courseId }, query: { ...query, status: "active" } }));
}

/** Chooses one of a class, to be granted more. @param {{ students: EnrollmentView[], onChosen: (student: EnrollmentView) => void }} props */
export function ChooseStudent({ students, onChosen }) {
  /** @param {import("../../parts/form.js").Values} values */
  function choose({ student }) {
    const chosen = students.find(({ studentId }) => studentId === student);
    if (chosen) onChosen(chosen);
  }
  const options = students.map(({ studentId, name, rollNo }) => ({ value: studentId, label: [name, rollNo].filter(Boolean).join(" · ") }));
  return students.length > 0 && html`
    <${Card} title=${t("teacher.extra.grant")}>
      <${Form} submit=${t("teacher.extra.choose")} onSubmit=${choose}>
        <${Field} name="student" label=${t("teacher.gradebook.student")} options=${options} />
      <//>
    <//>
  `;
}
