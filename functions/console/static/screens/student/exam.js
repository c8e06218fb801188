import { html } from "htm/preact";
import { get } from "../../api.js";
import { percent, t } from "../../i18n.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Markdown } from "../../parts/markdown.js";
import { Card, Page } from "../../parts/page.js";
import { UserText } from "../../parts/values.js";
import { ExamAction, examFacts, ResultTime } from "./exam-action.js";
import { ExamTimes } from "./exam-times.js";
import { Unsent } from "./unsent.js";

/** @import { ExamDetails } from "lms/api" */

/** What an exam is, before it begins and after it is over. @param {import("../../router.js").ScreenProps} props */
export default function Exam({ params: { examId } }) {
  const exam = useLoad(() => get("/exams/{examId}/details", { params: { examId } }));
  return html`
    <${Page} title=${exam.data?.title ?? t("student.reportCards.exam")} back=${{ href: "/app/exams", label: t("student.exams.title") }}>
      <${Unsent} />
      <${Loaded} of=${exam} lines=${5}>${(/** @type {ExamDetails} */ data) => html`
        <${Card}>
          <p class="quiet"><a href="/app/courses/${data.courseId}"><${UserText}>${data.courseTitle}<//></a></p>
          <${ExamTimes} exam=${data} />
          <p>${examFacts(data)}</p>
          <p class="quiet">${t("exam.passMark", { percent: percent(data.passMark) })}</p>
          <${ResultTime} exam=${data} />
          ${data.state !== "upcoming" && html`<p><${ExamAction} exam=${data} /></p>`}
        <//>
        ${data.instructions && html`<${Card} title=${t("exam.instructions")}><${Markdown} text=${data.instructions} /><//>`}
      `}<//>
    <//>
  `;
}
