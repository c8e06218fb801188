import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post, put } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { toast } from "../../parts/toast.js";
import { KeyField, keyOf, marked, rightOf } from "./key-field.js";

/** @import { ChoiceBody, QuestionKind, QuestionView } from "lms/api" */

/** @type {QuestionKind[]} */
const KINDS = ["single", "multiple", "truefalse", "numeric", "text"];

/**
 * A question, new or changed.
 * @param {{ examId: string, question: QuestionView | null, onClose: () => void, onSaved: () => Promise<void> }} props
 */
export function QuestionDialog({ examId, question, onClose, onSaved }) {
  const [kind, setKind] = useState(question?.kind ?? "single");
  const [choices, setChoices] = useState(question?.choices.length ? question.choices : [{ id: "a", text: "" }, { id: "b", text: "" }]);
  const [right, setRight] = useState(rightOf(question?.correctAnswer));
  const hasChoices = kind === "single" || kind === "multiple";

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ questionText, points, explanation, ...values }) {
    const body = {
      questionText, kind, points,
      choices: hasChoices ? choices : [],
      correctAnswer: keyOf(kind, values, right),
      explanation: explanation ?? "",
    };
    if (question) await put("/questions/{questionId}", { params: { questionId: question.id }, body, ifMatch: question.version });
    else await post("/exams/{examId}/questions", { params: { examId }, body });
    toast(t("saved"));
    onClose();
    await onSaved();
  }

  return html`
    <${Dialog} wide title=${question ? t("teacher.question.edit") : t("teacher.question.add")} onClose=${onClose}>
      <${Form} submit=${t("save")} onSubmit=${save}>
        <div class="form-columns">
          <${Field} name="kind" label=${t("teacher.question.kind")} value=${kind}
            options=${KINDS.map((value) => ({ value, label: tOf("questionKind", value) }))}
            onChange=${(/** @type {any} */ { target }) => setKind(target.value)} />
          <${Field} name="points" type="number" min="0" step="any" label=${t("teacher.question.points")} value=${question?.points ?? 1} />
        </div>
        <${Field} name="questionText" label=${t("teacher.question.text")} rows=${3} value=${question?.questionText} />
        ${hasChoices
    ? html`<${Choices} kind=${kind} choices=${choices} right=${right} onChoices=${setChoices} onRight=${setRight} />`
    : html`<${KeyField} kind=${kind} value=${question?.correctAnswer} />`}
        <${Field} name="explanation" label=${t("teacher.question.explanation")} rows=${2} optional value=${question?.explanation}
          hint=${t("teacher.question.explanationHint")} />
      <//>
    <//>
  `;
}

/**
 * @param {{
 *   kind: QuestionKind, choices: ChoiceBody[], right: string[], onChoices: (choices: ChoiceBody[]) => void, onRight: (right: string[]) => void
 * }} props
 */
function Choices({ kind, choices, right, onChoices, onRight }) {
  function add() {
    const free = "abcdefghijklmnopqrstuvwxyz".split("").find((letter) => choices.every(({ id }) => id !== letter));
    onChoices([...choices, { id: free ?? crypto.randomUUID().slice(0, 8), text: "" }]);
  }
  return html`
    <fieldset class="stack choices-edited">
      <legend>${kind === "single" ? t("teacher.question.choicesOne") : t("teacher.question.choicesSeveral")}</legend>
      ${choices.map(({ id, text }, index) => html`
        <div key=${id} class="choice-edited">
          <input type=${kind === "single" ? "radio" : "checkbox"} name="right-choice" checked=${right.includes(id)}
            aria-label=${t("teacher.question.isRight", { at: index + 1 })}
            onChange=${(/** @type {any} */ { target }) => onRight(marked(kind, right, id, target.checked))} />
          <input type="text" dir="auto" required value=${text} aria-label=${t("teacher.question.choice", { at: index + 1 })}
            onInput=${(/** @type {any} */ { target }) => onChoices(choices.map((one) => one.id === id ? { id, text: target.value } : one))} />
          <${Button} small kind="quiet" icon="trash" label=${t("teacher.question.removeChoice", { at: index + 1 })}
            disabled=${choices.length <= 2}
            onClick=${() => {
    onChoices(choices.filter((one) => one.id !== id));
    onRight(right.filter((one) => one !== id));
  }} />
        </div>
      `)}
      <div><${Button} small icon="plus" onClick=${add}>${t("teacher.question.addChoice")}<//></div>
    </fieldset>
  `;
}
