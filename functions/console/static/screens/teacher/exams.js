import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Table } from "../../parts/table.js";
import { UserText, When } from "../../parts/values.js";
import { CoursePage } from "./course-page.js";
import { ExamState } from "./exam-state.js";

/** @import { ExamView, PageOfExamView } from "lms/api" */

/** The exams of a course. @param {import("../../router.js").ScreenProps} props */
export default function Exams({ params: { courseId } }) {
  const exams = usePages((cursor) => get("/courses/{courseId}/exams", { params: { courseId }, query: { limit: 100, cursor } }));
  const create = html`
    <${Button} kind="main" icon="plus" href="/app/teach/courses/${courseId}/exams/new">${t("teacher.exams.new")}<//>
  `;
  const columns = [
    {
      label: t("teacher.exam.title"),
      heads: true,
      cell: (/** @type {ExamView} */ exam) => html`<a href="/app/teach/exams/${exam.id}"><${UserText}>${exam.title}<//></a>`,
    },
    { label: t("teacher.exam.opens"), cell: (/** @type {ExamView} */ exam) => html`<${When} at=${exam.examDate} />` },
    { label: t("teacher.exam.closes"), cell: (/** @type {ExamView} */ exam) => html`<${When} at=${exam.closesAt} />` },
    { label: t("teacher.exam.weight"), number: true, cell: (/** @type {ExamView} */ exam) => exam.weight },
    { label: t("teacher.roster.status"), cell: (/** @type {ExamView} */ exam) => html`<${ExamState} exam=${exam} />` },
  ];
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.exams.title")} actions=${create}>
      <${Card}>
        <${Loaded} of=${exams} lines=${5}>${(/** @type {PageOfExamView} */ { items }) => html`
          ${items.length === 0
    ? html`<${EmptyState} icon="exam" text=${t("teacher.exams.none")} />`
    : html`<${Table} caption=${t("teacher.exams.title")} rows=${items} columns=${columns} keyOf=${(/** @type {ExamView} */ { id }) => id} />`}
          <${Pager} of=${exams} />
        `}<//>
      <//>
    <//>
  `;
}
