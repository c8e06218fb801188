import { html } from "htm/preact";
import { del, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { Form } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { go } from "../../router.js";
import { changesOf, ExamFields } from "./exam-fields.js";
import { ExamPage } from "./exam-page.js";

/** @import { ExamDetails } from "lms/api" */

/** @param {import("../../router.js").ScreenProps} props */
export default function ExamSettings({ params: { examId } }) {
  return html`
    <${ExamPage} examId=${examId} title=${t("teacher.exam.settings")}>
      ${(/** @type {ExamDetails} */ exam, /** @type {(changes: Partial<ExamDetails>) => void} */ show) =>
    html`<${Settings} exam=${exam} onChanged=${show} />`}
    <//>
  `;
}

/** @param {{ exam: ExamDetails, onChanged: (changes: Partial<ExamDetails>) => void }} props */
function Settings({ exam, onChanged }) {
  const params = { id: exam.id };
  /** @param {import("../../parts/form.js").Values} values */
  async function save(values) {
    onChanged(await put("/exams/{id}", { params, body: changesOf(exam, values), ifMatch: exam.version }));
    toast(t("saved"));
  }
  async function remove() {
    const wanted = await confirm({
      title: t("teacher.exam.delete"), text: html`<p>${t("teacher.exam.deleteText", { title: exam.title })}</p>`,
      action: t("teacher.exam.delete"), danger: true,
    });
    if (!wanted) return;
    await del("/exams/{id}", { params });
    toast(t("teacher.exam.deleted"));
    go(`/app/teach/courses/${exam.courseId}/exams`);
  }
  return html`
    <${Card}>
      <${Form} submit=${t("save")} onSubmit=${save} beside=${html`<${Button} kind="danger" icon="trash" onClick=${remove}>${t("teacher.exam.delete")}<//>`}>
        <${ExamFields} exam=${exam} />
      <//>
    <//>
  `;
}
