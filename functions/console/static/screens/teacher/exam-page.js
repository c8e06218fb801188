import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { SubNavigation } from "../../parts/sub-navigation.js";
import { UserText, When } from "../../parts/values.js";
import { ExamState } from "./exam-state.js";

/** @import { ExamDetails } from "lms/api" */

/**
 * A screen of one exam, with the way to its others. `children` gets the exam, and what shows a changed one.
 * @param {{
 *   examId: string, title: string, width?: "narrow" | "wide",
 *   children: (exam: ExamDetails, show: (changes: Partial<ExamDetails>) => void) => unknown
 * }} props
 */
export function ExamPage({ examId, title, width, children }) {
  const exam = useLoad(() => get("/exams/{examId}/details", { params: { examId } }));
  const shown = exam.data;
  const address = `/app/teach/exams/${examId}`;
  const online = [
    { href: `${address}/preview`, label: t("teacher.preview.title") },
    { href: `${address}/attempts`, label: t("teacher.monitor.title") },
    { href: `${address}/extra-time`, label: t("teacher.extra.title") },
  ];
  const screens = [
    { href: address, label: t("teacher.questions.title") },
    { href: `${address}/settings`, label: t("teacher.exam.settings") },
    ...(shown?.paper ? [] : online),
    { href: `${address}/results`, label: t("teacher.results.title") },
  ];
  const back = shown
    ? { href: `/app/teach/courses/${shown.courseId}/exams`, label: shown.courseTitle }
    : { href: "/app", label: t("teacher.home.title") };
  return html`
    <${Page} title=${title} width=${width} back=${back} lead=${shown && html`
      <${UserText}>${shown.title}<//> <${ExamState} exam=${shown} /> <span><${When} at=${shown.examDate} /> – <${When} at=${shown.closesAt} /></span>
    `}>
      <${SubNavigation} label=${t("teacher.exam.screens")} entries=${screens} />
      <${Loaded} of=${exam} lines=${6}>${(/** @type {ExamDetails} */ found) =>
    children(found, (changes) => exam.set({ ...found, ...changes }))}<//>
    <//>
  `;
}
