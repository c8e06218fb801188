import { html } from "htm/preact";
import * as clock from "../../clock.js";
import { t } from "../../i18n.js";
import { Badge } from "../../parts/values.js";

/** @import { ExamView } from "lms/api" */

/** How an exam stands, in a word. @param {{ exam: Pick<ExamView, "published" | "releasedAt" | "examDate" | "closesAt"> }} props */
export function ExamState({ exam }) {
  const now = clock.serverNow();
  if (!exam.published) return html`<${Badge}>${t("teacher.exam.draft")}<//>`;
  if (exam.releasedAt) return html`<${Badge} tone="good">${t("teacher.exam.released")}<//>`;
  if (now < Date.parse(exam.examDate)) return html`<${Badge} tone="accent">${t("teacher.exam.upcoming")}<//>`;
  if (now < Date.parse(exam.closesAt)) return html`<${Badge} tone="fair">${t("teacher.exam.open")}<//>`;
  return html`<${Badge}>${t("teacher.exam.over")}<//>`;
}
