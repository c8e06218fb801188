import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, percent, t } from "../../i18n.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { InlineMarkdown } from "../../parts/markdown.js";
import { Card } from "../../parts/page.js";
import { Table } from "../../parts/table.js";

/** @import { ExamStatistics, QuestionStatistics } from "lms/api" */

/** Which share of the class answered each question right. @param {{ examId: string }} props */
export function QuestionShares({ examId }) {
  const statistics = useLoad(() => get("/exams/{examId}/statistics", { params: { examId } }), [examId]);
  return html`
    <${Card} title=${t("teacher.statistics.title")}>
      <${Loaded} of=${statistics} lines=${4}>${(/** @type {ExamStatistics} */ { questions, attempts }) => html`
        <${Table} caption=${t("teacher.statistics.title")} rows=${questions} columns=${columnsOf(attempts)}
          keyOf=${(/** @type {QuestionStatistics} */ { questionId }) => questionId} />
      `}<//>
    <//>
  `;
}

/** @param {number} attempts */
function columnsOf(attempts) {
  return [
    {
      label: t("teacher.statistics.question"),
      heads: true,
      cell: (/** @type {QuestionStatistics} */ { questionText }) => html`<span class="clipped"><${InlineMarkdown} text=${questionText} /></span>`,
    },
    {
      label: t("teacher.statistics.right"),
      cell: (/** @type {QuestionStatistics} */ { rightPercent }) => rightPercent === null
        ? html`<span class="quiet">${t("teacher.statistics.notMarked")}</span>`
        : html`<span class="share"><meter min="0" max="100" value=${rightPercent} aria-hidden="true" /><span>${percent(rightPercent)}</span></span>`,
    },
    {
      label: t("teacher.statistics.mean"),
      number: true,
      cell: (/** @type {QuestionStatistics} */ { meanPercent }) => meanPercent === null ? "–" : percent(meanPercent),
    },
    {
      label: t("teacher.statistics.answered"),
      number: true,
      cell: (/** @type {QuestionStatistics} */ { answered }) => t("teacher.monitor.answeredOf", { answered: number(answered), count: number(attempts) }),
    },
  ];
}
