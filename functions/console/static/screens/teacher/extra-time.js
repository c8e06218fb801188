import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { del } from "../../api.js";
import { number, percent, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { UserText, When } from "../../parts/values.js";
import { ChooseStudent } from "./class-list.js";
import { ExamPage } from "./exam-page.js";
import { accommodationsOf, ExtraTimeDialog } from "./extra-time-dialog.js";

/** @import { AccommodationView, EnrollmentView, ExamDetails } from "lms/api" */

/** Who has more time, a later end or more attempts in an exam. @param {import("../../router.js").ScreenProps} props */
export default function ExtraTime({ params: { examId } }) {
  return html`
    <${ExamPage} examId=${examId} title=${t("teacher.extra.title")}>
      ${(/** @type {ExamDetails} */ exam) => html`<${Accommodations} exam=${exam} />`}
    <//>
  `;
}

/** @param {{ exam: ExamDetails }} props */
function Accommodations({ exam }) {
  const examId = exam.id;
  const granted = useLoad(() => accommodationsOf(examId));
  const [edited, setEdited] = useState(/** @type {{ id: string, name: string | null } | null} */ (null));

  /** @param {AccommodationView} one */
  async function remove({ studentId }) {
    await del("/exams/{examId}/accommodations/{studentId}", { params: { examId, studentId } });
    toast(t("teacher.extra.removed"));
    await granted.reload();
  }

  const columns = [
    {
      label: t("teacher.gradebook.student"),
      heads: true,
      cell: (/** @type {AccommodationView} */ { studentName }) => html`<${UserText}>${studentName ?? t("teacher.noName")}<//>`,
    },
    { label: t("teacher.extra.minutes"), number: true, cell: (/** @type {AccommodationView} */ one) => number(one.extraMinutes) },
    { label: t("teacher.extra.percent"), number: true, cell: (/** @type {AccommodationView} */ one) => percent(one.extraPercent) },
    { label: t("teacher.extra.attempts"), number: true, cell: (/** @type {AccommodationView} */ one) => number(one.extraAttempts) },
    {
      label: t("teacher.extra.closes"),
      cell: (/** @type {AccommodationView} */ { closesAt }) => closesAt ? html`<${When} at=${closesAt} />` : "–",
    },
    {
      label: t("teacher.roster.actions"),
      cell: (/** @type {AccommodationView} */ one) => html`
        <span class="row">
          <${Button} small onClick=${() => setEdited({ id: one.studentId, name: one.studentName })}>${t("teacher.edit")}<//>
          <${Button} small kind="quiet" icon="trash" label=${t("teacher.extra.remove")} onClick=${() => remove(one)} />
        </span>
      `,
    },
  ];
  return html`
    <${Card}>
      <${Loaded} of=${granted}>${(/** @type {AccommodationView[]} */ rows) =>
    rows.length === 0
      ? html`<${EmptyState} icon="clock" text=${t("teacher.extra.none")} />`
      : html`<${Table} caption=${t("teacher.extra.title")} rows=${rows} columns=${columns}
          keyOf=${(/** @type {AccommodationView} */ { studentId }) => studentId} />`}<//>
    <//>
    <${ChooseStudent} courseId=${exam.courseId} onChosen=${(/** @type {EnrollmentView} */ { studentId, name }) => setEdited({ id: studentId, name })} />
    ${edited && html`<${ExtraTimeDialog} examId=${examId} student=${edited} onClose=${() => setEdited(null)} onSaved=${granted.reload} />`}
  `;
}
