import { html } from "htm/preact";
import { t, tOf } from "../../i18n.js";
import { Field } from "../../parts/form.js";

/** @import { BankQuestionView, Difficulty } from "lms/api" */

/** @type {Difficulty[]} */
const DIFFICULTIES = ["easy", "medium", "hard"];

/** @param {string} none what stands for no difficulty */
export function difficultyOptions(none) {
  return [{ value: "", label: none }, ...DIFFICULTIES.map((value) => ({ value, label: tOf("difficulty", value) }))];
}

/** What a question has in a bank alone. @param {{ question: BankQuestionView | null }} props */
export function BankFields({ question }) {
  return html`
    <div class="form-columns">
      <${Field} name="title" label=${t("teacher.bank.shortTitle")} optional value=${question?.title ?? ""} hint=${t("teacher.bank.shortTitleHint")} />
      <${Field} name="difficulty" label=${t("teacher.bank.difficulty")} optional value=${question?.difficulty ?? ""}
        options=${difficultyOptions(t("teacher.bank.noDifficulty"))} />
    </div>
    <${Field} name="tags" label=${t("teacher.bank.tags")} rows=${3} optional value=${question?.tags.join("\n") ?? ""} hint=${t("teacher.bank.tagsHint")} />
  `;
}

/** @param {import("../../parts/form.js").Values} values of a form with `BankFields` */
export function bankFieldsOf({ title, difficulty, tags }) {
  const lines = String(tags ?? "").split("\n").map((line) => line.trim());
  return { title: title ?? null, difficulty: difficulty ?? null, tags: lines.filter(Boolean) };
}
