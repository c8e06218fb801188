import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, percent, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Table } from "../../parts/table.js";
import { UserText, When } from "../../parts/values.js";
import { PrintHead } from "./print-head.js";

/** @import { CountedScore, PageOfReportCardView, ReportCardView } from "lms/api" */

/** My grade in each course, and how it came about; printed, a card a course. */
export default function ReportCards() {
  const cards = usePages((cursor) => get("/student/reportCards", { query: { cursor } }));
  const profile = useLoad(() => get("/student/profile"));
  return html`
    <${Page} title=${t("student.reportCards.title")} actions=${html`
      <${Button} href="/app/transcript">${t("student.transcript.title")}<//>
      <${Button} onClick=${() => print()}>${t("print")}<//>
    `}>
      ${profile.data && html`<${PrintHead} name=${profile.data.name} rollNo=${profile.data.roll_no} />`}
      <${Loaded} of=${cards} lines=${6}>${(/** @type {PageOfReportCardView} */ { items }) =>
    items.length === 0
      ? html`<${EmptyState} icon="card" text=${t("student.reportCards.none")} />`
      : items.map((card) => html`<${ReportCard} key=${card.report_id} card=${card} />`)}<//>
      <${Pager} of=${cards} />
    <//>
  `;
}

/** @param {{ card: ReportCardView }} props */
function ReportCard({ card }) {
  const { metadata: { grade_percentage: share, grade_override: override, scores } } = card;
  return html`
    <section class="card report-card">
      <header class="report-head">
        <h2><a href="/app/courses/${card.course_id}"><${UserText}>${card.course_title}<//></a></h2>
        <p class="grade">
          ${card.grade ? html`<strong>${card.grade}</strong>` : html`<span class="quiet">${t("student.reportCards.noGrade")}</span>`}
          ${share !== null && html` <span class="quiet">${percent(share)}</span>`}
        </p>
      </header>
      <dl class="facts">
        <div><dt>${t("student.reportCards.done")}</dt><dd>${percent(card.completion_percentage)}</dd></div>
        <div><dt>${t("student.attendance.title")}</dt><dd>${card.attendance === null ? "–" : percent(card.attendance)}</dd></div>
      </dl>
      <h3>${t("student.reportCards.how")}</h3>
      ${scores.length === 0 ? html`<p class="quiet">${t("student.reportCards.noResults")}</p>` : html`
        <${Table} caption=${t("student.reportCards.how")} rows=${scores} keyOf=${(/** @type {CountedScore} */ score) => score.exam_id}
          columns=${columns(scores)} />
        <p class="quiet">${t("student.reportCards.mean")}</p>
      `}
      ${override && html`
        <p>
          ${t("student.reportCards.override", { grade: override.grade, name: override.overridden_by_name ?? "–" })}
          <${When} at=${override.overridden_at} as="date" />: <span dir="auto">${override.reason}</span>
        </p>
      `}
      ${card.metadata.sessions > 0 && html`
        <p class="quiet">${Object.entries(card.metadata.attendance).filter(([, count]) => count > 0)
    .map(([status, count]) => `${tOf("attendance", status)}: ${number(count)}`).join(" · ")}</p>
      `}
      ${card.remarks && html`<p><strong>${t("student.reportCards.remarks")}</strong> <span dir="auto">${card.remarks}</span></p>`}
    </section>
  `;
}

/** @param {CountedScore[]} scores */
function columns(scores) {
  const total = scores.reduce((sum, { weight }) => sum + weight, 0);
  return [
    {
      label: t("student.reportCards.exam"),
      heads: true,
      cell: (/** @type {CountedScore} */ { exam_id: id, exam_title: title }) =>
        html`<a href="/app/exams/${id}/result"><${UserText}>${title ?? t("student.result.title")}<//></a>`,
    },
    { label: t("student.reportCards.score"), number: true, cell: (/** @type {CountedScore} */ { score }) => percent(score) },
    {
      label: t("student.reportCards.share"),
      number: true,
      // Where no exam has a weight, all count alike.
      cell: (/** @type {CountedScore} */ { weight }) => percent(total ? weight / total * 100 : 100 / scores.length),
    },
  ];
}
