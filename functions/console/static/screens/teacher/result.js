import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { UserText, When } from "../../parts/values.js";
import { ExamPage } from "./exam-page.js";
import { Marks } from "./marks.js";
import { ResultBadge } from "./results.js";

/** @import { ResultDetails } from "lms/api" */

/** One student's result: the answers, their marks, and how the score came about. @param {import("../../router.js").ScreenProps} props */
export default function Result({ params: { examId, studentId } }) {
  const result = useLoad(() => get("/results/{examId}/{studentId}", { params: { examId, studentId } }));
  const title = result.data ? result.data.studentName ?? t("teacher.noName") : t("teacher.result.title");
  async function saved() {
    toast(t("saved"));
    await result.reload();
  }
  return html`
    <${ExamPage} examId=${examId} title=${title}>
      ${() => html`
        <${Loaded} of=${result} lines=${6}>${(/** @type {ResultDetails} */ { score, status, attemptId, answers, history, version }) => html`
          <p class="row"><span class="big-figure">${score === null ? "–" : number(score)}</span> <${ResultBadge} status=${status} /></p>
          ${history.length > 0 && html`
            <${Card} title=${t("teacher.result.history")}>
              <ul class="stack">${history.map((change) => html`
                <li key=${change.at}>
                  <b>${change.score === null ? "–" : number(change.score)}</b> · <span dir="auto">${change.reason}</span>
                  <p class="quiet small"><${UserText}>${change.byName ?? ""}<//> <${When} at=${change.at} /></p>
                </li>
              `)}</ul>
            <//>
          `}
          ${attemptId && answers
    ? html`<${Marks} key=${version} attemptId=${attemptId} answers=${answers} submit=${t("teacher.result.change")} onSaved=${saved} />`
    : html`<${EmptyState} icon="exam" text=${t("teacher.result.noAnswers")} />`}
        `}<//>
      `}
    <//>
  `;
}
