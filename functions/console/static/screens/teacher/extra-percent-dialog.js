import { html } from "htm/preact";
import { put } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/** @import { EnrollmentView } from "lms/api" */

/** More time for one student in every exam of a course. @param {{ student: EnrollmentView, onClose: () => void }} props */
export function ExtraPercentDialog({ student: { studentId, courseId, name }, onClose }) {
  /** @param {import("../../parts/form.js").Values} values */
  async function save({ extraPercent }) {
    await put("/courses/{courseId}/accommodations/{studentId}", { params: { courseId, studentId }, body: { extraPercent } });
    toast(t("saved"));
    onClose();
  }
  return html`
    <${Dialog} title=${name ?? t("teacher.noName")} onClose=${onClose}>
      <${Form} submit=${t("save")} onSubmit=${save}>
        <${Field} name="extraPercent" type="number" min="1" label=${t("teacher.extra.percentField")} value=${25} hint=${t("teacher.extra.percentHint")} />
      <//>
    <//>
  `;
}
