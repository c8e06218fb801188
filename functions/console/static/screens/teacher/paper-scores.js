import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { classOf } from "./class-list.js";

/** @import { EnrollmentView, ExamDetails, ResultView } from "lms/api" */
/** @typedef {{ students: EnrollmentView[], results: ResultView[] }} Scored */

/**
 * The scores of an exam on paper, for the whole class; Enter goes to the next one.
 * @param {{ exam: ExamDetails, onSaved: () => Promise<void> }} props
 */
export function PaperScores({ exam, onSaved }) {
  const found = useLoad(() => load(exam), [exam.id]);
  const results = found.data?.results ?? [];
  const [changes, setChanges] = useState(/** @type {Record<string, string>} */ ({}));
  const scoreOf = (/** @type {string} */ id) => results.find(({ studentId }) => studentId === id)?.score ?? null;
  const changed = Object.entries(changes).filter(([id, score]) => score !== "" && Number(score) !== scoreOf(id));
  const replaces = changed.some(([id]) => scoreOf(id) !== null);

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ reason }) {
    for (const [studentId, score] of changed) {
      const why = scoreOf(studentId) === null ? {} : { reason };
      await post("/results", { body: { examId: exam.id, studentId, score: Number(score), ...why } });
    }
    toast(t("teacher.paper.saved", { count: changed.length }));
    await Promise.all([found.reload(), onSaved()]);
    setChanges({});
  }

  /** @param {KeyboardEvent & { currentTarget: HTMLInputElement }} event */
  function next(event) {
    const fields = /** @type {HTMLInputElement[]} */ ([...event.currentTarget.form?.elements ?? []]).filter(({ type }) => type === "number");
    const after = fields[fields.indexOf(event.currentTarget) + 1];
    if (event.key !== "Enter" || !after) return;
    event.preventDefault();
    after.focus();
  }

  const columns = [
    {
      label: t("teacher.gradebook.student"),
      heads: true,
      cell: (/** @type {EnrollmentView} */ { name, rollNo }) => html`
        <span><${UserText}>${name ?? t("teacher.noName")}<//> <bdi class="quiet small">${rollNo}</bdi></span>
      `,
    },
    {
      label: t("teacher.results.score"),
      cell: (/** @type {EnrollmentView} */ { studentId, name }) => html`
        <input class="score" type="number" min="0" max="100" step="any" inputmode="decimal"
          aria-label=${t("teacher.paper.scoreOf", { name: name ?? t("teacher.noName") })}
          value=${changes[studentId] ?? scoreOf(studentId) ?? ""} onKeyDown=${next}
          onInput=${(/** @type {any} */ { target }) => setChanges({ ...changes, [studentId]: target.value })} />
      `,
    },
  ];
  return html`
    <${Card} title=${t("teacher.paper.title")}>
      <${Loaded} of=${found} lines=${6}>${(/** @type {Scored} */ { students: rows }) => rows.length === 0
    ? html`<${EmptyState} icon="people" text=${t("teacher.roster.none")} />`
    : html`
          <${Form} submit=${t("save")} onSubmit=${save}>
            <${Table} caption=${t("teacher.paper.title")} rows=${rows} columns=${columns}
              keyOf=${(/** @type {EnrollmentView} */ { studentId }) => studentId} />
            ${replaces && html`<${Field} name="reason" label=${t("teacher.reason")} hint=${t("teacher.marks.reasonHint")} />`}
          <//>
        `}<//>
    <//>
  `;
}

/** @param {ExamDetails} exam @returns {Promise<Scored>} */
async function load({ id, courseId }) {
  const [students, results] = await Promise.all([
    classOf(courseId),
    all((query) => get("/exams/{examId}/results", { params: { examId: id }, query })),
  ]);
  return { students, results };
}
