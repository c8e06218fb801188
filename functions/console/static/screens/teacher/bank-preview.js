import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Question } from "../student/sitting/question.js";
import { CoursePage } from "./course-page.js";
import { asShown, previewOf } from "./preview.js";

/** @import { BankQuestionView } from "lms/api" */

/** A question of the bank as students see it in an exam. @param {import("../../router.js").ScreenProps} props */
export default function BankPreview({ params: { courseId, questionId } }) {
  const question = useLoad(async () => asShown(await get("/bankQuestions/{bankQuestionId}", { params: { bankQuestionId: questionId } })));
  const answers = useSignal(/** @type {Record<string, unknown>} */ ({}));
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.preview.title")} width="">
      <p class="note"><${Icon} name="info" />${t("teacher.preview.text")}</p>
      <${Loaded} of=${question} lines=${6}>${(/** @type {BankQuestionView} */ data) =>
    html`<${Question} question=${data} at=${1} sitting=${previewOf(answers)} />`}<//>
    <//>
  `;
}
