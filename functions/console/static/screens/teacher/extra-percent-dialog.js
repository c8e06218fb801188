import { html } from "htm/preact";
import { put } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";

/** @typedef {{ studentId: string, name: string | null, percent?: number }} Granted */

/**
 * More time for one student in every exam of a course.
 * @param {{ courseId: string, student: Granted, onClose: () => void, onSaved?: () => unknown }} props
 */
export function ExtraPercentDialog({ courseId, student: { studentId, name, percent = 25 }, onClose, onSaved }) {
  /** @param {import("../../parts/form.js").Values} values */
  async function save({ extraPercent }) {
    await put("/courses/{courseId}/accommodations/{studentId}", { params: { courseId, studentId }, body: { extraPercent } });
    toast(t("saved"));
    onClose();
    await onSaved?.();
  }
  return html`
    <${Dialog} title=${name ?? t("teacher.noName")} onClose=${onClose}>
      <${Form} submit=${t("save")} onSubmit=${save}>
        <${Field} name="extraPercent" type="number" min="1" max="300" label=${t("teacher.extra.percentField")} value=${percent}
          hint=${t("teacher.extra.percentHint")} />
      <//>
    <//>
  `;
}
