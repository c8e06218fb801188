import { html } from "htm/preact";
import { relative, t } from "../../i18n.js";
import { serverNow } from "../../clock.js";
import { When } from "../../parts/values.js";

/** @import { ExamDetails } from "lms/api" */

/** When an exam opens or closes for the student, whichever is next, and how long that is. @param {{ exam: ExamDetails }} props */
export function ExamTimes({ exam }) {
  const opens = exam.ownOpensAt ?? exam.examDate;
  const closes = exam.ownClosesAt ?? exam.closesAt;
  if (exam.state === "upcoming") {
    return html`<p>${t("exam.opens")} <${When} at=${opens} /> <span class="quiet">(${relative(opens, serverNow())})</span></p>`;
  }
  if (exam.state === "open" || Date.parse(closes) > serverNow()) {
    // It may be over for this student, and open for others.
    const until = exam.state === "over" ? t("exam.closes") : t("exam.openUntil");
    return html`<p>${until} <${When} at=${closes} /> <span class="quiet">(${relative(closes, serverNow())})</span></p>`;
  }
  return html`<p class="quiet">${t("exam.closed")} <${When} at=${closes} /></p>`;
}
