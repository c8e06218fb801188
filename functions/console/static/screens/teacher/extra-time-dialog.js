import { html } from "htm/preact";
import { all, get, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { MomentField, momentOf } from "../../parts/moment-field.js";
import { toast } from "../../parts/toast.js";

/** @import { AccommodationView } from "lms/api" */

/**
 * What one student gets in an exam beyond the others.
 * @param {{ examId: string, student: { id: string, name: string | null }, onClose: () => void, onSaved: () => Promise<void> }} props
 */
export function ExtraTimeDialog({ examId, student, onClose, onSaved }) {
  const granted = useLoad(async () => (await accommodationsOf(examId)).find(({ studentId }) => studentId === student.id) ?? null);

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ extraMinutes, extraAttempts, closesAt }) {
    await put("/exams/{examId}/accommodations/{studentId}", {
      params: { examId, studentId: student.id },
      body: { extraMinutes, extraAttempts, closesAt: momentOf(closesAt) ?? null },
    });
    toast(t("saved"));
    onClose();
    await onSaved();
  }

  return html`
    <${Dialog} title=${student.name ?? t("teacher.noName")} onClose=${onClose}>
      <${Loaded} of=${granted}>${(/** @type {AccommodationView | null} */ now) => html`
        <${Form} submit=${t("save")} onSubmit=${save}>
          <${Field} name="extraMinutes" type="number" min="0" label=${t("teacher.extra.minutes")} value=${now?.extraMinutes ?? 0}
            hint=${t("teacher.extra.minutesHint")} />
          <${Field} name="extraAttempts" type="number" min="0" label=${t("teacher.extra.attempts")} value=${now?.extraAttempts ?? 0} />
          <${MomentField} name="closesAt" label=${t("teacher.extra.closes")} at=${now?.closesAt} optional hint=${t("teacher.extra.closesHint")} />
        <//>
      `}<//>
    <//>
  `;
}

/** @param {string} examId @returns {Promise<AccommodationView[]>} */
export function accommodationsOf(examId) {
  return all((query) => get("/exams/{examId}/accommodations", { params: { examId }, query }));
}
