import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { toast } from "../../parts/toast.js";
import { UserText, When } from "../../parts/values.js";

/** @import { GradebookRow, ReportCardView } from "lms/api" */

/**
 * A student's grade in a course, computed or given by hand, and remarks.
 * @param {{ courseId: string, row: GradebookRow, onClose: () => void, onSaved: (row: GradebookRow) => void }} props
 */
export function GradeDialog({ courseId, row, onClose, onSaved }) {
  const card = useLoad(async () => {
    const { items } = await get("/students/{student_id}/reportCards", { params: { student_id: row.student_id }, query: { limit: 100 } });
    return items.find((one) => one.course_id === courseId) ?? null;
  });

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ grade, reason, remarks }) {
    const given = card.data?.metadata.grade_override ?? null;
    const isSame = given ? given.grade === grade && given.reason === reason : grade === undefined;
    const override = grade === undefined ? { grade: null } : { grade, reason };
    const saved = await put("/students/{student_id}/reportCards/{course_id}", {
      params: { student_id: row.student_id, course_id: courseId },
      body: { remarks: remarks ?? null, ...(isSame ? {} : override) },
    });
    toast(t("saved"));
    onClose();
    onSaved({ ...row, grade: saved.grade, grade_percentage: saved.metadata.grade_percentage, version: saved.version });
  }

  return html`
    <${Dialog} title=${row.student_name ?? t("teacher.noName")} onClose=${onClose}>
      <${Loaded} of=${card}>${(/** @type {ReportCardView | null} */ found) => html`<${GradeForm} card=${found} onSubmit=${save} />`}<//>
    <//>
  `;
}

/** @param {{ card: ReportCardView | null, onSubmit: (values: import("../../parts/form.js").Values) => Promise<void> }} props */
function GradeForm({ card, onSubmit }) {
  const given = card?.metadata.grade_override ?? null;
  const [grade, setGrade] = useState(given?.grade ?? "");
  const computed = card?.metadata.computed_grade ?? "–";
  const letters = (institute.value.gradeScale ?? []).map(({ letter }) => ({ value: letter, label: letter }));
  return html`
    <${Form} submit=${t("save")} onSubmit=${onSubmit}>
      <${Field} name="grade" label=${t("teacher.gradebook.grade")} optional value=${grade}
        options=${[{ value: "", label: t("teacher.grade.computed", { grade: computed }) }, ...letters]}
        onChange=${(/** @type {any} */ { target }) => setGrade(target.value)} />
      ${grade !== "" && html`
        <${Field} name="reason" label=${t("teacher.reason")} value=${given?.reason ?? ""}
          hint=${given && html`<${UserText}>${given.overridden_by_name ?? ""}<//> · <${When} at=${given.overridden_at} />`} />
      `}
      <${Field} name="remarks" label=${t("teacher.grade.remarks")} optional rows=${3} value=${card?.remarks ?? ""} hint=${t("teacher.grade.remarksHint")} />
    <//>
  `;
}
