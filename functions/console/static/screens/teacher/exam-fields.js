import { html } from "htm/preact";
import { t, tOf } from "../../i18n.js";
import { Field } from "../../parts/form.js";
import { MomentField, momentOf } from "../../parts/moment-field.js";

/** @import { ExamDetails, ExamUpdate, NewExam } from "lms/api" */
/** @import { Values } from "../../parts/form.js" */

/** @type {ExamDetails["release"][]} */
const RELEASES = ["onClose", "onSubmit", "manual"];

/** What an exam is set with. @param {{ exam?: ExamDetails }} props left out for a new one */
export function ExamFields({ exam }) {
  return html`
    <${Field} name="title" label=${t("teacher.exam.title")} value=${exam?.title} maxlength="200" />
    <div class="form-columns">
      <${MomentField} name="examDate" label=${t("teacher.exam.opens")} at=${exam?.examDate} />
      <${MomentField} name="closesAt" label=${t("teacher.exam.closes")} at=${exam?.closesAt} optional hint=${t("teacher.exam.closesHint")} />
      <${Field} name="duration" type="number" label=${t("teacher.exam.duration")} value=${exam?.duration ?? 60} min="1" />
      <${Field} name="attemptsAllowed" type="number" label=${t("teacher.exam.attempts")} value=${exam?.attemptsAllowed ?? 1} min="1" />
      <${Field} name="passMark" type="number" label=${t("teacher.exam.passMark")} value=${exam?.passMark ?? 50} min="0" max="100" step="any" />
      <${Field} name="weight" type="number" label=${t("teacher.exam.weight")} value=${exam?.weight ?? 1} min="0" step="any"
        hint=${t("teacher.exam.weightHint")} />
      <${Field} name="release" label=${t("teacher.exam.release")} value=${exam?.release ?? "onClose"}
        options=${RELEASES.map((value) => ({ value, label: tOf("releaseMode", value) }))} />
    </div>
    <${Field} name="shuffle" type="checkbox" label=${t("teacher.exam.shuffle")} value=${exam?.shuffle} />
    <${Field} name="paper" type="checkbox" label=${t("teacher.exam.paper")} value=${exam?.paper} hint=${t("teacher.exam.paperHint")} />
    <${Field} name="instructions" label=${t("teacher.exam.instructions")} rows=${5} value=${exam?.instructions} optional
      hint=${t("markdown.hint")} />
  `;
}

/** The fields' values, as the API takes them. @param {Values} values @returns {Omit<NewExam, "courseId">} */
export function examOf({ title, examDate, closesAt, duration, attemptsAllowed, passMark, weight, release, shuffle, paper, instructions }) {
  const closes = momentOf(closesAt);
  return {
    title, duration, attemptsAllowed, passMark, weight, release, shuffle, paper,
    examDate: /** @type {string} */ (momentOf(examDate)),
    ...(closes ? { closesAt: closes } : {}),
    instructions: instructions ?? "",
  };
}

/** What of the values differs from the exam: of one that has begun only some may.
 * @param {ExamDetails} exam @param {Values} values @returns {ExamUpdate} */
export function changesOf(exam, values) {
  /** @type {Record<string, any>} */
  const before = exam;
  /** @type {Record<string, any>} */
  const after = examOf(values);
  const isSame = (/** @type {string} */ name) =>
    // A field for a moment has no seconds.
    name === "examDate" || name === "closesAt"
      ? Math.floor(Date.parse(before[name]) / 60_000) === Math.floor(Date.parse(after[name]) / 60_000)
      : before[name] === after[name];
  return Object.fromEntries(Object.entries(after).filter(([name]) => !isSame(name)));
}
