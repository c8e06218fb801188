import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, percent, t, tOf } from "../../i18n.js";
import { Answer as GivenAnswer, RightAnswer } from "../../parts/answer.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { InlineMarkdown, QuestionImages, QuestionText } from "../../parts/markdown.js";
import { Card, Page } from "../../parts/page.js";
import { Badge, When } from "../../parts/values.js";
import { person } from "../../session.js";

/** @import { MarkedAnswer, QuestionKind, ResultDetails, ResultStatus } from "lms/api" */

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
    <${QuestionImages.Provider} value=${answer.images}>
      <li class="card">
        <header class="answer-head">
          <h3>${t("student.result.question", { number: index + 1 })}</h3>
          <${Badge} tone=${tone}>
            ${marks === null
      ? t("student.result.toBeMarked")
      : t("student.result.marks", { marks: number(marks), points: number(points) })}
          <//>
        </header>
        <${QuestionText} class="question-text" text=${answer.questionText} />
        <${REVIEWS[answer.kind] ?? Written} answer=${answer} />
        ${answer.explanation && html`
          <div class="explanation"><strong>${t("student.result.explanation")}</strong> <${QuestionText} text=${answer.explanation} /></div>
        `}
      </li>
    <//>
  `;
}

/** What is right and what is wrong of an answer, where there is more to say than the two.
 * @type {{ [kind in QuestionKind]?: (props: { answer: MarkedAnswer }) => unknown }} */
const REVIEWS = { single: Choices, multiple: Choices, truefalse: Choices, matching: Pairs, ordering: Order };

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
          <${Reviewed} key=${String(id)} isRight=${isRight} isWrong=${isChosen && !isRight} text=${text}
            note=${[isChosen && t("student.result.yourAnswer"), isRight && t("student.result.rightAnswer")].filter(Boolean).join(" · ")} />
        `;
  })}
    </ul>
    ${answer.answer === null && html`<p class="quiet">${t("student.result.noAnswer")}</p>`}
  `;
}

/** Each prompt with what it was matched with, and with what it should have been. @param {{ answer: MarkedAnswer }} props */
function Pairs({ answer: { answer, choices, prompts, correctAnswer } }) {
  const key = /** @type {Record<string, string>} */ (correctAnswer);
  const choice = (/** @type {string} */ id) => html`<${InlineMarkdown} text=${choices.find((one) => one.id === id)?.text ?? id} />`;
  return html`
    <ul class="reviewed-choices">
      ${prompts.map(({ id, text }) => {
    const given = answer?.[id];
    const isRight = given === key[id];
    return html`
          <${Reviewed} key=${id} isRight=${isRight} isWrong=${!isRight} text=${text} note=${html`
            ${t("student.result.yourAnswer")}: ${given ? choice(given) : t("sit.state.none")}
            ${!isRight && html`<br />${t("student.result.rightAnswer")}: ${choice(key[id])}`}
          `} />
        `;
  })}
    </ul>
  `;
}

/** The choices in the student's order, then in the right one. @param {{ answer: MarkedAnswer }} props */
function Order({ answer: question }) {
  const { answer, choices, correctAnswer } = question;
  const key = /** @type {string[]} */ (correctAnswer);
  /** @type {string[]} */
  const given = answer ?? [];
  const isRight = key.every((id, at) => id === given[at]);
  return html`
    ${answer === null ? html`<p class="quiet">${t("student.result.noAnswer")}</p>` : html`
      <p class="quiet small">${t("student.result.yourAnswer")}</p>
      <ol class="reviewed-choices">
        ${given.map((id, at) => html`
          <${Reviewed} key=${id} isRight=${id === key[at]} isWrong=${id !== key[at]} text=${choices.find((one) => one.id === id)?.text ?? id}
            note=${id !== key[at] && t("student.result.rightPlace", { place: key.indexOf(id) + 1 })} />
        `)}
      </ol>
    `}
    ${!isRight && html`<div class="written"><p class="quiet small">${t("student.result.rightAnswer")}</p><${RightAnswer} question=${question} /></div>`}
  `;
}

/** @param {{ isRight: boolean, isWrong: boolean, text: string, note: unknown }} props */
function Reviewed({ isRight, isWrong, text, note }) {
  return html`
    <li class=${isRight ? "reviewed reviewed-good" : isWrong ? "reviewed reviewed-bad" : "reviewed"}>
      <${Icon} name=${isRight ? "check" : isWrong ? "close" : "none"} />
      <span class="reviewed-text"><${InlineMarkdown} text=${text} /></span>
      ${note && html`<span class="reviewed-note">${note}</span>`}
    </li>
  `;
}

/** @param {{ answer: MarkedAnswer }} props */
function Written({ answer }) {
  return html`
    <dl class="written">
      <dt>${t("student.result.yourAnswer")}</dt>
      <dd>${answer.answer === null ? t("student.result.noAnswer") : html`<${GivenAnswer} question=${answer} answer=${answer.answer} />`}</dd>
      ${answer.kind !== "text" && html`
        <dt>${t("student.result.rightAnswer")}</dt>
        <dd><${RightAnswer} question=${answer} /></dd>
      `}
    </dl>
  `;
}
