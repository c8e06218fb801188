import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { UserText, When } from "../../parts/values.js";
import { person } from "../../session.js";
import { allQuestions } from "./exam-questions.js";
import { markedAnswers, Marks } from "./marks.js";

/** @import { AttemptToMark, MarkedAttempt, PageOfAttemptToMark, QuestionView } from "lms/api" */

/** Attempts that wait for marks, one after the other, oldest first. */
export default function Marking() {
  const instructorId = person.value?.id ?? "";
  const queue = useLoad(() => get("/instructors/{instructorId}/marking", { params: { instructorId }, query: { limit: 100 } }));
  return html`
    <${Page} title=${t("teacher.marking.title")} back=${{ href: "/app", label: t("teacher.home.title") }}>
      <${Loaded} of=${queue} lines=${6}>${(/** @type {PageOfAttemptToMark} */ { items, next }) =>
    items.length === 0
      ? html`<${EmptyState} icon="check" text=${t("teacher.marking.none")} />`
      : html`<${Queue} key=${items[0].attemptId} attempts=${items} isWhole=${next === null} onEnd=${queue.reload} />`}<//>
    <//>
  `;
}

/** @param {{ attempts: AttemptToMark[], isWhole: boolean, onEnd: () => Promise<void> }} props `isWhole`: there are no more than these */
function Queue({ attempts, isWhole, onEnd }) {
  const [left, setLeft] = useState(attempts);
  const [questionsOf] = useState(() => new Map());
  const current = left[0];
  if (!current) {
    return html`
      <${EmptyState} icon="check" text=${isWhole ? t("teacher.marking.done") : t("teacher.marking.more")}>
        <${Button} kind="main" onClick=${onEnd}>${t("teacher.marking.again")}<//>
      <//>
    `;
  }
  const marked = () => {
    toast(t("teacher.marking.saved", { name: current.studentName ?? t("teacher.noName") }));
    setLeft(left.slice(1));
    scrollTo(0, 0);
  };
  const later = () => setLeft([...left.slice(1), current]);
  return html`
    <p class="quiet" aria-live="polite">${t("teacher.marking.left", { count: left.length })}</p>
    <${Attempt} key=${current.attemptId} of=${current} questionsOf=${questionsOf} onSaved=${marked} onLater=${left.length > 1 ? later : null} />
  `;
}

/**
 * @param {{
 *   of: AttemptToMark, questionsOf: Map<string, Promise<QuestionView[]>>, onSaved: () => void, onLater: (() => void) | null
 * }} props `questionsOf`: those of each exam, asked for once
 */
function Attempt({ of: { attemptId, examId, examTitle, courseTitle, studentName, submittedAt }, questionsOf, onSaved, onLater }) {
  const loaded = useLoad(async () => {
    if (!questionsOf.has(examId)) questionsOf.set(examId, allQuestions(examId));
    const attempt = /** @type {Promise<MarkedAttempt>} */ (get("/attempts/{attemptId}", { params: { attemptId } }));
    const [answers, questions] = await Promise.all([attempt, /** @type {Promise<QuestionView[]>} */ (questionsOf.get(examId))]);
    return markedAnswers(answers, questions);
  });
  return html`
    <div>
      <h2><${UserText}>${studentName ?? t("teacher.noName")}<//></h2>
      <p class="quiet">
        <${UserText}>${examTitle}<//> · <${UserText}>${courseTitle}<//>${submittedAt && html` · <${When} at=${submittedAt} />`}
      </p>
    </div>
    <p class="quiet small">${t("teacher.marking.keys")}</p>
    <${Loaded} of=${loaded} lines=${6}>${(/** @type {import("lms/api").MarkedAnswer[]} */ answers) => html`
      <${Marks} attemptId=${attemptId} answers=${answers} pending submit=${t("teacher.marking.next")} onSaved=${onSaved}
        beside=${onLater && html`<${Button} onClick=${onLater}>${t("teacher.marking.later")}<//>`} />
    `}<//>
  `;
}
