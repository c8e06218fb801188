import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Markdown } from "../../parts/markdown.js";
import { Card } from "../../parts/page.js";
import { Question } from "../student/sitting/question.js";
import { ExamPage } from "./exam-page.js";
import { examQuestions } from "./exam-questions.js";

/** @import { ExamDetails, QuestionView } from "lms/api" */

/** The exam as a student will see it; what is answered here goes nowhere. @param {import("../../router.js").ScreenProps} props */
export default function Preview({ params: { examId } }) {
  return html`
    <${ExamPage} examId=${examId} title=${t("teacher.preview.title")}>
      ${(/** @type {ExamDetails} */ exam) => html`
        <p class="note"><${Icon} name="info" />${exam.shuffle ? t("teacher.preview.shuffled") : t("teacher.preview.text")}</p>
        ${exam.instructions && html`<${Card}><${Markdown} text=${exam.instructions} /><//>`}
        <${Questions} examId=${examId} />
      `}
    <//>
  `;
}

/** @param {{ examId: string }} props */
function Questions({ examId }) {
  const questions = useLoad(async () => {
    const { fixed, pools } = await examQuestions(examId);
    return [...fixed, ...pools.flatMap(({ draw, questions }) => shuffled(questions).slice(0, draw.count))].map(asShown);
  });
  const answers = useSignal(/** @type {Record<string, unknown>} */ ({}));
  const sitting = previewOf(answers);
  return html`
    <${Loaded} of=${questions} lines=${6}>${(/** @type {QuestionView[]} */ list) => html`
      ${list.length === 0 && html`<${EmptyState} icon="exam" text=${t("teacher.questions.none")} />`}
      ${list.map((question, index) => html`<${Question} key=${question.id} question=${question} at=${index + 1} sitting=${sitting} />`)}
    `}<//>
  `;
}

/** What questions are answered in, as in a sitting. @param {import("@preact/signals").Signal<Record<string, unknown>>} answers */
export function previewOf(answers) {
  return {
    answer: (/** @type {string} */ id) => answers.value[id] ?? null,
    state: () => "preview",
    give: (/** @type {string} */ id, /** @type {unknown} */ value) => (answers.value = { ...answers.value, [id]: value }),
  };
}

/**
 * Students see the choices of some kinds in an order that tells nothing of the key.
 * @template {Pick<QuestionView, "kind" | "choices">} T
 * @param {T} question @returns {T}
 */
export function asShown(question) {
  if (question.kind !== "ordering" && question.kind !== "matching") return question;
  return { ...question, choices: shuffled(question.choices) };
}

/** @template T @param {Iterable<T>} things @returns {T[]} */
function shuffled(things) {
  const placed = [...things].map((thing) => ({ thing, place: Math.random() }));
  return placed.sort((one, other) => one.place - other.place).map(({ thing }) => thing);
}
