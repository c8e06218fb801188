import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { problemText } from "../../parts/problem-text.js";
import { toast } from "../../parts/toast.js";
import { Progress, UserText } from "../../parts/values.js";
import { Problem } from "../../problem.js";
import { CoursePicker } from "./course-picker.js";
import { PersonPicker, PickedPerson } from "./person-picker.js";

/** @import { CourseView, UserView } from "lms/api" */
/** @typedef {{ done: number, of: number, issued: number, alreadyHad: number, refused: { name: string, why: string }[] }} Progressed */

/**
 * Issues a voucher to one student, or to each who is active in a course. Whoever has one that is not paid keeps it, so
 * that it can be done again after it was interrupted.
 * @param {{ course?: CourseView, onClose: () => void, onIssued: () => void }} props
 */
export function IssueVouchers({ course, onClose, onIssued }) {
  const [whole, setWhole] = useState(Boolean(course));
  const [student, setStudent] = useState(/** @type {UserView | null} */ (null));
  const [progress, setProgress] = useState(/** @type {Progressed | null} */ (null));

  /** @param {any} values the form's */
  async function issue({ course_id: courseId = course?.id, quarter, fee, currency, due_date: due }) {
    /** @param {string} studentId */
    const one = (studentId) =>
      post("/payments/vouchers", { body: { "student_id": studentId, "course_id": courseId, quarter, fee, currency, "due_date": due } });
    if (!whole) {
      if (!student) throw new Problem(422, { detail: t("administrator.vouchers.chooseStudent") });
      await one(student.id);
      toast(t("administrator.vouchers.issued", { count: 1 }));
      onIssued();
      return onClose();
    }
    const enrollments = await all((page) => get("/courses/{courseId}/enrollments", { params: { courseId }, query: { ...page, status: "active" } }));
    if (!enrollments.length) throw new Problem(422, { detail: t("administrator.vouchers.nobody") });
    let now = /** @type {Progressed} */ ({ done: 0, of: enrollments.length, issued: 0, alreadyHad: 0, refused: [] });
    for (const { studentId, name, email } of enrollments) {
      try {
        await one(studentId);
        now = { ...now, issued: now.issued + 1 };
      } catch (problem) {
        // What is wrong with a field is wrong for everybody.
        if (!(problem instanceof Problem) || (problem.status === 422 && now.done === 0)) throw problem;
        if (problem.code === "unpaid-voucher") now = { ...now, alreadyHad: now.alreadyHad + 1 };
        else now = { ...now, refused: [...now.refused, { name: name ?? email ?? studentId, why: problemText(problem) }] };
      }
      now = { ...now, done: now.done + 1 };
      setProgress(now);
    }
    onIssued();
  }

  const isDone = progress !== null && progress.done === progress.of;
  return html`
    <${Dialog} title=${t("administrator.vouchers.issue")} onClose=${onClose}>
      ${progress && html`<${Issued} progress=${progress} />`}
      ${isDone
    ? html`<div class="dialog-actions"><${Button} kind="main" onClick=${onClose}>${t("close")}<//></div>`
    : html`
        <${Form} submit=${t("administrator.vouchers.issueSubmit")} onSubmit=${issue}>
          ${course ? html`<p><${UserText}>${course.title}<//></p>` : html`<${CoursePicker} />`}
          <${Field} name="whole" type="checkbox" label=${t("administrator.vouchers.whole")} value=${whole}
            onChange=${(/** @type {any} */ event) => setWhole(event.target.checked)} />
          ${!whole && (student
      ? html`<${PickedPerson} label=${t("administrator.vouchers.student")} person=${student} onClear=${() => setStudent(null)} />`
      : html`<${PersonPicker} label=${t("administrator.vouchers.student")} role="student" onPick=${setStudent} />`)}
          <div class="form-columns">
            <${Field} name="quarter" label=${t("administrator.course.quarter")} value=${course?.quarter} maxlength="50" />
            <${Field} name="due_date" type="date" label=${t("administrator.vouchers.due")} />
            <${Field} name="fee" label=${t("administrator.vouchers.fee")} value=${course?.fee} dir="ltr" inputmode="decimal"
              hint=${t("administrator.course.feeHint")} />
            <${Field} name="currency" label=${t("administrator.currency")} value=${course?.currency ?? institute.value.currency}
              dir="ltr" pattern="[A-Z]{3}" maxlength="3" />
          </div>
        <//>
      `}
    <//>
  `;
}

/** @param {{ progress: Progressed }} props */
function Issued({ progress: { done, of, issued, alreadyHad, refused } }) {
  return html`
    <div class="stack" role="status">
      <${Progress} value=${(100 * done) / of} label=${t("administrator.vouchers.progress")} />
      <p>${t("administrator.vouchers.issued", { count: issued })}</p>
      ${alreadyHad > 0 && html`<p>${t("administrator.vouchers.alreadyHad", { count: alreadyHad })}</p>`}
      <ul>${refused.map(({ name, why }) => html`<li><${UserText}>${name}<//>: ${why}</li>`)}</ul>
    </div>
  `;
}
