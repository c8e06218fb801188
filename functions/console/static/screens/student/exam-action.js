import { html } from "htm/preact";
import { dateTime, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";

/** @import { ExamDetails } from "lms/api" */

/** How an exam is taken: questions, minutes, attempts. @param {ExamDetails} exam */
export function examFacts(exam) {
  if (exam.paper) return t("exam.paper");
  const parts = [t("exam.questions", { count: exam.questionCount }), t("exam.minutes", { count: exam.duration })];
  if (exam.attemptsLeft !== null && exam.attemptsAllowed > 1) parts.push(t("exam.attemptsLeft", { count: exam.attemptsLeft }));
  return parts.join(" · ");
}

/** When the result comes, to students who do not have it. @param {{ exam: ExamDetails }} props */
export function ResultTime({ exam: { ownResultReleased, paper, release, resultsAt } }) {
  if (ownResultReleased || paper) return null;
  if (resultsAt === null) return html`<p class="quiet">${t("exam.resultsByTeacher")}</p>`;
  const at = dateTime(resultsAt);
  return html`<p class="quiet">${release === "onSubmit" ? t("exam.resultsAfterClose", { at }) : t("exam.resultsOn", { at })}</p>`;
}

/** What a student can do with an exam now. @param {{ exam: ExamDetails }} props */
export function ExamAction({ exam }) {
  const address = `/app/exams/${exam.id}`;
  const mayBegin = exam.state === "open" && !exam.paper;
  return html`
    <span class="row">
      ${exam.ownResultReleased && html`<${Button} href="${address}/result">${t("exam.result")}<//>`}
      ${mayBegin && html`<${Button} kind="main" href="${address}/sit">${exam.runningAttemptId ? t("exam.continue") : t("exam.begin")}<//>`}
      ${exam.state === "over" && !exam.ownResultReleased && html`<span class="quiet">${t("exam.noResultYet")}</span>`}
      ${exam.state === "upcoming" && html`<${Button} href=${address}>${t("exam.look")}<//>`}
    </span>
  `;
}
