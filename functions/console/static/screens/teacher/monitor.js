import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get, post } from "../../api.js";
import * as clock from "../../clock.js";
import { clockTime, number, relative, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText, When } from "../../parts/values.js";
import { classOf } from "./class-list.js";
import { ExamPage } from "./exam-page.js";
import { ExtraTimeDialog } from "./extra-time-dialog.js";

/** @import { AttemptStatus, AttemptSummary, EnrollmentView, ExamDetails } from "lms/api" */
/** @typedef {{ id: string, name: string | null }} Student */
/** @typedef {Student & { attempt: AttemptSummary | null }} Row */

const POLL_MS = 5000;
/** @type {Record<AttemptStatus, "good" | "fair" | "plain" | "accent">} */
const TONES = { running: "accent", submitted: "good", graded: "good", pending: "fair" };

/** Who has begun, who is working, who has submitted; kept up to date. @param {import("../../router.js").ScreenProps} props */
export default function Monitor({ params: { examId } }) {
  return html`
    <${ExamPage} examId=${examId} title=${t("teacher.monitor.title")} width="wide">
      ${(/** @type {ExamDetails} */ exam) => html`<${Attempts} exam=${exam} />`}
    <//>
  `;
}

/** @param {{ exam: ExamDetails }} props */
function Attempts({ exam }) {
  const examId = exam.id;
  const students = useLoad(() => classOf(exam.courseId));
  const attempts = useLoad(() => all((query) => get("/exams/{examId}/attempts", { params: { examId }, query })));
  const [timed, setTimed] = useState(/** @type {Student | null} */ (null));
  const [reopened, setReopened] = useState(/** @type {AttemptSummary | null} */ (null));
  const pages = Math.ceil((attempts.data?.length ?? 0) / 100) || 1;
  useEffect(() => {
    // A long list asks for page after page: it asks less often.
    const timer = setInterval(() => {
      if (!document.hidden) attempts.reload();
    }, POLL_MS * pages);
    return () => clearInterval(timer);
  }, [attempts.reload, pages]);

  const columns = [
    {
      label: t("teacher.gradebook.student"),
      heads: true,
      cell: (/** @type {Row} */ { name, attempt }) => html`
        <span><${UserText}>${name ?? t("teacher.noName")}<//>${attempt && attempt.number > 1 && html`
          <span class="quiet small"> ${t("teacher.monitor.attempt", { number: attempt.number })}</span>
        `}</span>
      `,
    },
    {
      label: t("teacher.roster.status"),
      cell: (/** @type {Row} */ { attempt }) => attempt
        ? html`<span>
            <${Badge} tone=${TONES[attempt.status]}>${tOf("attemptStatus", attempt.status)}<//>
            ${attempt.submittedAt === attempt.deadline && html`<br /><span class="quiet small">${t("teacher.monitor.timeRanOut")}</span>`}
          </span>`
        : html`<${Badge}>${t("teacher.monitor.notBegun")}<//>`,
    },
    { label: t("teacher.monitor.began"), cell: (/** @type {Row} */ { attempt }) => attempt ? html`<${When} at=${attempt.startedAt} />` : "–" },
    { label: t("teacher.monitor.answered"), cell: (/** @type {Row} */ { attempt }) => answeredOf(attempt, exam.questionCount) },
    { label: t("teacher.monitor.left"), number: true, cell: (/** @type {Row} */ { attempt }) => timeLeft(attempt) },
    { label: t("teacher.results.score"), number: true, cell: (/** @type {Row} */ { attempt }) => scoreOf(attempt) },
    {
      label: t("teacher.roster.actions"),
      cell: (/** @type {Row} */ row) => html`
        <span class="row">
          ${(!row.attempt || row.attempt.status === "running") && html`<${Button} small onClick=${() => setTimed(row)}>${t("teacher.monitor.moreTime")}<//>`}
          ${row.attempt && row.attempt.status !== "running" && exam.releasedAt === null && html`
            <${Button} small onClick=${() => setReopened(row.attempt)}>${t("teacher.monitor.reopen")}<//>
          `}
        </span>
      `,
    },
  ];
  return html`
    <${Card}>
      <${Loaded} of=${students} lines=${6}>${(/** @type {EnrollmentView[]} */ enrolled) => html`
        <${Loaded} of=${attempts} lines=${6}>${(/** @type {AttemptSummary[]} */ list) => {
    const rows = rowsOf(enrolled, list);
    return rows.length === 0 ? html`<${EmptyState} icon="people" text=${t("teacher.roster.none")} />` : html`
            <p class="quiet">${counts(rows)}</p>
            <${Table} caption=${t("teacher.monitor.title")} rows=${rows} columns=${columns}
              keyOf=${(/** @type {Row} */ { id, attempt }) => attempt?.id ?? id} />
          `;
  }}<//>
      `}<//>
    <//>
    ${timed && html`<${ExtraTimeDialog} examId=${examId} student=${timed} onClose=${() => setTimed(null)} onSaved=${attempts.reload} />`}
    ${reopened && html`<${ReopenDialog} attempt=${reopened} onClose=${() => setReopened(null)} onSaved=${attempts.reload} />`}
  `;
}

/** Students at work come first, then those who have not begun, then those who are done.
 * @param {EnrollmentView[]} enrolled @param {AttemptSummary[]} attempts @returns {Row[]} */
function rowsOf(enrolled, attempts) {
  const begun = new Set(attempts.map(({ studentId }) => studentId));
  const waiting = enrolled.filter(({ studentId }) => !begun.has(studentId)).map(({ studentId, name }) => ({ id: studentId, name, attempt: null }));
  const rows = attempts.map((attempt) => ({ id: attempt.studentId, name: attempt.studentName, attempt }));
  const isRunning = (/** @type {Row} */ { attempt }) => attempt?.status === "running";
  return [...rows.filter(isRunning), ...waiting, ...rows.filter((row) => !isRunning(row))];
}

/** @param {Row[]} rows */
function counts(rows) {
  const running = rows.filter(({ attempt }) => attempt?.status === "running").length;
  const notBegun = rows.filter(({ attempt }) => attempt === null).length;
  return t("teacher.monitor.counts", { running, notBegun, done: rows.length - running - notBegun });
}

/** @param {AttemptSummary | null} attempt */
function scoreOf(attempt) {
  return attempt === null || attempt.score === null ? "–" : number(attempt.score);
}

/** How much a student has answered, and of one at work when that was saved last. @param {AttemptSummary | null} attempt @param {number} count */
function answeredOf(attempt, count) {
  if (!attempt) return "–";
  const isSilent = attempt.status !== "running" || attempt.answered === 0;
  return html`<span>
    ${t("teacher.monitor.answeredOf", { answered: number(attempt.answered), count: number(count) })}
    ${!isSilent && html`<br /><span class="quiet small">${t("teacher.monitor.saved", { ago: relative(attempt.updatedAt, clock.serverNow()) })}</span>`}
  </span>`;
}

/** @param {AttemptSummary | null} attempt */
function timeLeft(attempt) {
  return attempt?.status === "running" ? html`<span dir="ltr">${clockTime(Date.parse(attempt.deadline) - clock.serverNow())}</span>` : "–";
}

/** @param {{ attempt: AttemptSummary, onClose: () => void, onSaved: () => Promise<void> }} props */
function ReopenDialog({ attempt, onClose, onSaved }) {
  /** @param {import("../../parts/form.js").Values} values */
  async function reopen({ minutes, reason }) {
    await post("/attempts/{attemptId}/reopen", { params: { attemptId: attempt.id }, body: { minutes, reason } });
    toast(t("teacher.monitor.reopened"));
    onClose();
    await onSaved();
  }
  return html`
    <${Dialog} title=${attempt.studentName ?? t("teacher.noName")} onClose=${onClose}>
      <${Form} submit=${t("teacher.monitor.reopen")} onSubmit=${reopen}>
        <p>${t("teacher.monitor.reopenText")}</p>
        <${Field} name="minutes" type="number" min="1" label=${t("teacher.monitor.minutes")} value=${10} />
        <${Field} name="reason" label=${t("teacher.reason")} />
      <//>
    <//>
  `;
}
