import { html } from "htm/preact";
import { get, post } from "../../api.js";
import * as clock from "../../clock.js";
import { number, percent, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText } from "../../parts/values.js";
import { Problem } from "../../problem.js";
import { ExamPage } from "./exam-page.js";
import { PaperScores } from "./paper-scores.js";
import { QuestionShares } from "./question-shares.js";

/** @import { ExamDetails, Results, ResultStatus, ResultView, Summary } from "lms/api" */
/** @typedef {(changes: Partial<ExamDetails>) => void} Show */

/** @type {Record<ResultStatus, "good" | "fair" | "bad" | "plain">} */
const TONES = { passed: "good", failed: "bad", missed: "bad", pending: "fair" };

/** How the class did in an exam, and the release of it. @param {import("../../router.js").ScreenProps} props */
export default function ExamResults({ params: { examId } }) {
  return html`
    <${ExamPage} examId=${examId} title=${t("teacher.results.title")} width="wide">
      ${(/** @type {ExamDetails} */ exam, /** @type {Show} */ show) => html`<${List} exam=${exam} onChanged=${show} />`}
    <//>
  `;
}

/** @param {{ exam: ExamDetails, onChanged: Show }} props */
function List({ exam, onChanged }) {
  const examId = exam.id;
  const results = usePages(
    (cursor) => get("/exams/{examId}/results", { params: { examId }, query: { limit: 100, cursor } }),
    [exam.releasedAt],
  );
  const columns = [
    {
      label: t("teacher.gradebook.student"),
      heads: true,
      cell: (/** @type {ResultView} */ { studentId, studentName }) => html`
        <a href="/app/teach/exams/${examId}/results/${studentId}"><${UserText}>${studentName ?? t("teacher.noName")}<//></a>
      `,
    },
    { label: t("teacher.results.score"), number: true, cell: (/** @type {ResultView} */ { score }) => score === null ? "–" : number(score) },
    { label: t("teacher.roster.status"), cell: (/** @type {ResultView} */ { status }) => html`<${ResultBadge} status=${status} />` },
  ];
  return html`
    ${exam.release === "manual" && exam.releasedAt === null && html`<${Release} exam=${exam} onReleased=${onChanged} />`}
    <${Loaded} of=${results} lines=${6}>${(/** @type {Results} */ { items, summary }) => html`
      ${summary && summary.count > 0 && html`<${Overview} summary=${summary} />`}
      ${!exam.paper && summary && summary.count > 0 && html`<${QuestionShares} examId=${examId} />`}
      ${exam.paper && html`<${PaperScores} exam=${exam} onSaved=${results.reload} />`}
      ${!exam.paper && html`
        <${Card}>
          ${items.length === 0
    ? html`<${EmptyState} icon="chart" text=${t("teacher.results.none")} />`
    : html`<${Table} caption=${t("teacher.results.title")} rows=${items} columns=${columns}
              keyOf=${(/** @type {ResultView} */ { studentId }) => studentId} />`}
          <${Pager} of=${results} />
        <//>
      `}
    `}<//>
  `;
}

/** @param {{ status: ResultStatus }} props */
export function ResultBadge({ status }) {
  return html`<${Badge} tone=${TONES[status]}>${tOf("resultStatus", status)}<//>`;
}

/** @param {{ exam: ExamDetails, onReleased: Show }} props */
function Release({ exam, onReleased }) {
  const params = { examId: exam.id };
  /** Somebody may still begin or answer. */
  async function closeAndRelease() {
    const wanted = await confirm({
      title: t("teacher.results.closeNow"), text: html`<p>${t("teacher.results.closeNowText")}</p>`,
      action: t("teacher.results.closeNow"), danger: true,
    });
    if (wanted) released(await post("/exams/{examId}/release", { params, body: { closeNow: true } }));
  }
  async function release() {
    if (clock.serverNow() < Date.parse(exam.closesAt)) return await closeAndRelease();
    const wanted = await confirm({
      title: t("teacher.results.release"), text: html`<p>${t("teacher.results.releaseText")}</p>`, action: t("teacher.results.release"),
    });
    if (!wanted) return;
    try {
      released(await post("/exams/{examId}/release", { params }));
    } catch (problem) {
      // A student has more time than the others.
      if (!(problem instanceof Problem) || problem.code !== "open") throw problem;
      await closeAndRelease();
    }
  }
  /** @param {import("lms/api").ExamView} changed */
  function released(changed) {
    onReleased(changed);
    toast(t("teacher.results.released"));
  }
  return html`
    <div class="row"><p class="quiet">${t("teacher.results.notReleased")}</p>
      <${Button} kind="main" onClick=${release}>${t("teacher.results.release")}<//></div>
  `;
}

/** @param {{ summary: Summary }} props */
function Overview({ summary }) {
  const { count, mean, passRate, missed } = summary;
  return html`
    <${Card}>
      <div class="overview-results">
        <dl class="figures">
          <div><dt>${t("teacher.results.count")}</dt><dd>${number(count)}</dd></div>
          <div><dt>${t("teacher.results.mean")}</dt><dd>${mean === null ? "–" : number(mean, { maximumFractionDigits: 1 })}</dd></div>
          <div><dt>${t("teacher.results.passRate")}</dt><dd>${passRate === null ? "–" : percent(passRate)}</dd></div>
          <div><dt>${t("teacher.results.missed")}</dt><dd>${number(missed)}</dd></div>
        </dl>
        <${Histogram} counts=${summary.histogram} />
      </div>
    <//>
  `;
}

/** How many have which score, ten by ten. @param {{ counts: number[] }} props of each score from 0 to 100 */
function Histogram({ counts }) {
  const bars = Array.from({ length: 10 }, (_, at) => counts.slice(at * 10, at === 9 ? 101 : at * 10 + 10).reduce((sum, one) => sum + one, 0));
  const most = Math.max(...bars, 1);
  const range = (/** @type {number} */ at) => t("teacher.results.range", { from: at * 10, to: at === 9 ? 100 : at * 10 + 9 });
  const spoken = bars.flatMap((count, at) => count ? [`${range(at)}: ${number(count)}`] : []).join("; ");
  return html`
    <figure class="histogram">
      <figcaption class="quiet small">${t("teacher.results.histogram")}</figcaption>
      <svg viewBox="0 0 200 84" role="img" aria-label=${spoken} direction="ltr">
        ${bars.map((count, at) => html`
          <g key=${at}>
            <rect x=${at * 20 + 2} y=${70 - 56 * count / most} width="16" height=${56 * count / most} rx="1" />
            ${count > 0 && html`<text x=${at * 20 + 10} y=${67 - 56 * count / most}>${number(count)}</text>`}
            <text x=${at * 20 + 10} y="80" class="scale">${number(at * 10)}</text>
          </g>
        `)}
        <line x1="0" x2="200" y1="70" y2="70" />
      </svg>
    </figure>
  `;
}
