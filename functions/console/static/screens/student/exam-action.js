import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";

/** @import { ExamDetails } from "lms/api" */

/** How an exam is taken: questions, minutes, attempts. @param {ExamDetails} exam */
export function examFacts(exam) {
  if (exam.paper) return t("exam.paper");
  const parts = [t("exam.questions", { count: exam.questionCount }), t("exam.minutes", { count: exam.duration })];
  if (exam.attemptsLeft !== null && exam.attemptsAllowed > 1) parts.push(t("exam.attemptsLeft", { count: exam.attemptsLeft }));
  return parts.join(" · ");
}

/** What a student can do with an exam now. @param {{ exam: ExamDetails }} props */
export function ExamAction({ exam }) {
  const address = `/app/exams/${exam.id}`;
  const hasBegun = exam.attemptsLeft !== null && exam.attemptsLeft < exam.attemptsAllowed;
  const mayHaveResult = exam.releasedAt !== null || (exam.release === "onSubmit" && hasBegun);
  const mayBegin = exam.state === "open" && !exam.paper;
  return html`
    <span class="row">
      ${mayHaveResult && html`<${Button} href="${address}/result">${t("exam.result")}<//>`}
      ${mayBegin && html`<${Button} kind="main" href="${address}/sit">${exam.runningAttemptId ? t("exam.continue") : t("exam.begin")}<//>`}
      ${exam.state === "over" && !mayHaveResult && html`<span class="quiet">${t("exam.noResultYet")}</span>`}
      ${exam.state === "upcoming" && html`<${Button} href=${address}>${t("exam.look")}<//>`}
    </span>
  `;
}
