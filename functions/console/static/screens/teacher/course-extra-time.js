import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, get } from "../../api.js";
import { percent, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Card } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { ChooseStudent } from "./class-list.js";
import { CoursePage } from "./course-page.js";
import { ExtraPercentDialog } from "./extra-percent-dialog.js";

/** @import { CourseAccommodationView, EnrollmentView } from "lms/api" */

/** Who has more time in every exam of a course. @param {import("../../router.js").ScreenProps} props */
export default function CourseExtraTime({ params: { courseId } }) {
  const granted = usePages((cursor) => get("/courses/{courseId}/accommodations", { params: { courseId }, query: { limit: 100, cursor } }));
  const [edited, setEdited] = useState(/** @type {import("./extra-percent-dialog.js").Granted | null} */ (null));

  /** @param {CourseAccommodationView} one */
  async function remove({ studentId }) {
    await del("/courses/{courseId}/accommodations/{studentId}", { params: { courseId, studentId } });
    toast(t("teacher.extra.removed"));
    await granted.reload();
  }

  const columns = [
    {
      label: t("teacher.gradebook.student"),
      heads: true,
      cell: (/** @type {CourseAccommodationView} */ { studentName }) => html`<${UserText}>${studentName ?? t("teacher.noName")}<//>`,
    },
    { label: t("teacher.extra.title"), number: true, cell: (/** @type {CourseAccommodationView} */ one) => percent(one.extraPercent) },
    {
      label: t("teacher.roster.actions"),
      cell: (/** @type {CourseAccommodationView} */ one) => html`
        <span class="row">
          <${Button} small onClick=${() => setEdited({ studentId: one.studentId, name: one.studentName, percent: one.extraPercent })}>${t("teacher.edit")}<//>
          <${Button} small kind="quiet" icon="trash" label=${t("teacher.extra.remove")} onClick=${() => remove(one)} />
        </span>
      `,
    },
  ];
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.courseExtra.title")}>
      <p class="quiet">${t("teacher.courseExtra.lead")}</p>
      <${Card}>
        <${PagedTable} of=${granted} caption=${t("teacher.courseExtra.title")} columns=${columns}
          keyOf=${(/** @type {CourseAccommodationView} */ { studentId }) => studentId}
          empty=${html`<${EmptyState} icon="clock" text=${t("teacher.courseExtra.none")} />`} />
      <//>
      <${ChooseStudent} courseId=${courseId} onChosen=${(/** @type {EnrollmentView} */ { studentId, name }) => setEdited({ studentId, name })} />
      ${edited && html`<${ExtraPercentDialog} courseId=${courseId} student=${edited} onClose=${() => setEdited(null)} onSaved=${granted.reload} />`}
    <//>
  `;
}
