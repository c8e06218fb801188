import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Form } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { go } from "../../router.js";
import { CoursePage } from "./course-page.js";
import { ExamFields, examOf } from "./exam-fields.js";

/** @param {import("../../router.js").ScreenProps} props */
export default function NewExam({ params: { courseId } }) {
  /** @param {import("../../parts/form.js").Values} values */
  async function create(values) {
    const exam = await post("/exams", { body: { courseId, ...examOf(values) } });
    go(`/app/teach/exams/${exam.id}`);
  }
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.exams.new")} width="">
      <${Card}><${Form} submit=${t("teacher.exams.create")} onSubmit=${create}><${ExamFields} /><//><//>
    <//>
  `;
}
