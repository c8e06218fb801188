import { html } from "htm/preact";
import { t, tOf } from "../../i18n.js";
import { Field } from "../../parts/form.js";

/** @import { CourseUpdate, CourseView, EnrollmentMode, TermView } from "lms/api" */

/** @type {EnrollmentMode[]} */
const MODES = ["open", "closed"];

/** What a course is, as fields of a form. @param {{ course?: CourseView, terms: TermView[], currency: string }} props */
export function CourseFields({ course, terms, currency }) {
  return html`
    <${Field} name="title" label=${t("administrator.course.name")} value=${course?.title} maxlength="200" />
    <${Field} name="short_description" label=${t("administrator.course.description")} value=${course?.short_description}
      rows=${4} optional maxlength="10000" />
    <div class="form-columns">
      <${Field} name="termId" label=${t("administrator.course.term")} value=${course?.termId ?? ""} optional
        options=${[{ value: "", label: t("administrator.course.noTerm") }, ...terms.map(({ id, title }) => ({ value: id, label: title }))]} />
      <${Field} name="quarter" label=${t("administrator.course.quarter")} value=${course?.quarter} optional maxlength="50" />
      <${Field} name="capacity" type="number" min="1" label=${t("administrator.course.capacity")}
        hint=${t("administrator.course.capacityHint")} value=${course?.capacity} optional />
      <${Field} name="enrollment" label=${t("administrator.course.enrollment")} value=${course?.enrollment ?? "open"}
        options=${MODES.map((value) => ({ value, label: tOf("enrollmentMode", value) }))} />
      <${Field} name="fee" label=${t("administrator.course.fee")} hint=${t("administrator.course.feeHint")} value=${course?.fee} optional
        dir="ltr" inputmode="decimal" pattern="[0-9]+([.][0-9]{1,2})?" />
      <${Field} name="currency" label=${t("administrator.currency")} value=${course?.currency ?? currency} dir="ltr" pattern="[A-Z]{3}" maxlength="3" />
    </div>
    <${Field} name="requiresPayment" type="checkbox" label=${t("administrator.course.requiresPayment")} value=${course?.requiresPayment} />
  `;
}

/** What such a form says: a field that was emptied is nothing, not as it was. @param {Record<string, any>} values @returns {CourseUpdate} */
export function courseBody({ short_description: description = "", quarter = null, termId = null, capacity = null, fee = null, ...others }) {
  return { ...others, short_description: description, quarter, termId, capacity, fee };
}
