import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, percent, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { Badge, When } from "../../parts/values.js";
import { person } from "../../session.js";
import { numberKey } from "./sitting/question.js";

/** @import { MarkedAnswer, ResultDetails, ResultStatus } from "lms/api" */

/** @type {Record<ResultStatus, "good" | "fair" | "bad" | "plain">} */
const TONES = { passed: "good", failed: "bad", missed: "bad", pending: "fair" };

/** My result of an exam, and how each answer was marked. @param {import("../../router.js").ScreenProps} props */
export default function Result({ params: { examId } }) {
  const result = useLoad(() => get("/results/{examId}/{studentId}", { params: { examId, studentId: person.value?.id ?? "" } }));
  const back = { href: "/app/exams", label: t("student.exams.title") };
  if (result.problem?.status === 404) {
    return html`
      <${Page} title=${t("student.result.title")} back=${back}>
        <${EmptyState} icon="clock" text=${t("student.result.notYet")}>
          <${Button} onClick=${result.reload}>${t("student.result.lookAgain")}<//>
        <//>
      <//>
    `;
  }
  return html`
    <${Page} title=${result.data?.examTitle ?? t("student.result.title")} back=${back}>
      <${Loaded} of=${result} lines=${6}>${(/** @type {ResultDetails} */ data) => html`
        <${Card}>
          <div class="score">
            ${data.score !== null && html`<strong class="score-number">${percent(data.score)}</strong>`}
            <${Badge} tone=${TONES[data.status]}>${tOf("resultStatus", data.status)}<//>
            ${data.status !== "passed" && html`<p class="quiet">${tOf("student.result.means", data.status)}</p>`}
          </div>
        <//>
        ${data.answers
    ? html`
            <h2>${t("student.result.answers")}</h2>
            <ol class="stack answers">${data.answers.map((answer, index) => html`
              <${Answer} key=${answer.questionId} answer=${answer} index=${index} />
            `)}</ol>`
    : html`<p class="quiet">${t("student.result.answersLater")}</p>`}
        ${data.history.length > 0 && html`
          <${Card} title=${t("student.result.changes")}>
            <ul class="stack">
              ${data.history.map((change) => html`
                <li key=${change.at}>
                  <${When} at=${change.at} />${change.score !== null && html` · ${t("student.result.before", { score: percent(change.score) })}`}
                  <p dir="auto">${change.reason}</p>
                </li>
              `)}
            </ul>
          <//>
        `}
      `}<//>
    <//>
  `;
}

/** @param {{ answer: MarkedAnswer, index: number }} props */
function Answer({ answer, index }) {
  const { marks, points } = answer;
  const tone = marks === null ? "plain" : marks >= points ? "good" : marks > 0 ? "fair" : "bad";
  return html`
    <li class="card">
      <header class="answer-head">
        <h3>${t("student.result.question", { number: index + 1 })}</h3>
        <${Badge} tone=${tone}>
          ${marks === null
    ? t("student.result.toBeMarked")
    : t("student.result.marks", { marks: number(marks), points: number(points) })}
        <//>
      </header>
      <p class="question-text" dir="auto">${answer.questionText}</p>
      ${choicesOf(answer).length ? html`<${Choices} answer=${answer} />` : html`<${Written} answer=${answer} />`}
      ${answer.explanation && html`
        <p class="explanation"><strong>${t("student.result.explanation")}</strong> <span dir="auto">${answer.explanation}</span></p>
      `}
    </li>
  `;
}

/** @param {MarkedAnswer} answer @returns {{ id: any, text: string }[]} */
function choicesOf({ kind, choices }) {
  return kind === "truefalse" ? [{ id: true, text: t("sit.true") }, { id: false, text: t("sit.false") }] : choices;
}

/** All choices: which were chosen, which are right. @param {{ answer: MarkedAnswer }} props */
function Choices({ answer }) {
  const chosen = [answer.answer].flat();
  const right = [answer.correctAnswer].flat();
  return html`
    <ul class="reviewed-choices">
      ${choicesOf(answer).map(({ id, text }) => {
    const isChosen = chosen.includes(id);
    const isRight = right.includes(id);
    return html`
          <li key=${String(id)} class=${isRight ? "reviewed reviewed-good" : isChosen ? "reviewed reviewed-bad" : "reviewed"}>
            <${Icon} name=${isRight ? "check" : isChosen ? "close" : "none"} />
            <bdi class="reviewed-text">${text}</bdi>
            ${(isChosen || isRight) && html`
              <span class="reviewed-note">
                ${[isChosen && t("student.result.yourAnswer"), isRight && t("student.result.rightAnswer")].filter(Boolean).join(" · ")}
              </span>
            `}
          </li>
        `;
  })}
    </ul>
    ${answer.answer === null && html`<p class="quiet">${t("student.result.noAnswer")}</p>`}
  `;
}

/** @param {number} value */
const exact = (value) => number(value, { maximumFractionDigits: 10 });

/** @param {{ answer: MarkedAnswer }} props */
function Written({ answer: { answer, correctAnswer } }) {
  const key = numberKey(correctAnswer);
  const isEmpty = answer === null || answer === undefined || answer === "";
  return html`
    <dl class="written">
      <dt>${t("student.result.yourAnswer")}</dt>
      <dd class="as-typed" dir="auto">${isEmpty ? t("student.result.noAnswer") : String(answer)}</dd>
      ${key && html`
        <dt>${t("student.result.rightAnswer")}</dt>
        <dd><bdi dir="ltr">${exact(key.value)}${key.tolerance > 0 && ` ± ${exact(key.tolerance)}`}</bdi></dd>
      `}
    </dl>
  `;
}
