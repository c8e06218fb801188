import { html } from "htm/preact";
import { percent, t } from "../../i18n.js";
import { RightAnswer } from "../../parts/answer.js";
import { InlineMarkdown, QuestionImages, QuestionText } from "../../parts/markdown.js";
import { Badge } from "../../parts/values.js";

/** @import { QuestionView } from "lms/api" */

/** A question as its teachers see it: its text, its choices, what is right, why.
 * @param {{ question: Pick<QuestionView, "questionText" | "kind" | "choices" | "prompts" | "correctAnswer" | "explanation" | "images"> }} props */
export function QuestionShown({ question }) {
  const { questionText, kind, choices, correctAnswer, explanation } = question;
  const isMarked = kind === "single" || kind === "multiple";
  const isRight = (/** @type {string} */ id) => Array.isArray(correctAnswer) ? correctAnswer.includes(id) : correctAnswer === id;
  const matched = kind === "matching" ? Object.values(/** @type {Record<string, string>} */ (correctAnswer)) : [];
  const spare = kind === "matching" ? choices.filter(({ id }) => !matched.includes(id)) : [];
  return html`
    <${QuestionImages.Provider} value=${question.images}>
      <${QuestionText} text=${questionText} />
      ${isMarked && html`
        <ul class="choices-shown">${choices.map(({ id, text, weight }) => html`
          <li key=${id}>
            <${InlineMarkdown} text=${text} />${weight !== null ? html` <span class="quiet">(${percent(weight)})</span>` : ""}
            ${isRight(id) && html` <${Badge} tone="good">${t("teacher.question.right")}<//>`}
          </li>
        `)}</ul>
      `}
      ${!isMarked && kind !== "text" && html`
        <div class="key-shown"><p class="quiet">${t("teacher.marks.key")}</p><${RightAnswer} question=${question} /></div>
      `}
      ${spare.length > 0 && html`
        <p class="quiet">
          ${t("teacher.question.spare")} ${spare.map(({ id, text }, at) => html`${at > 0 && " · "}<${InlineMarkdown} key=${id} text=${text} />`)}
        </p>
      `}
      ${explanation && html`<div class="quiet"><${QuestionText} text=${explanation} /></div>`}
    <//>
  `;
}
