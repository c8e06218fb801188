import { useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, percent, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Pager, usePages } from "../../parts/pager.js";
import { saveFile } from "../../parts/save-file.js";
import { UserText } from "../../parts/values.js";
import { go } from "../../router.js";
import { CoursePage } from "./course-page.js";
import { GradeDialog } from "./grade-dialog.js";

/** @import { GradebookPage, GradebookRow } from "lms/api" */

/** The class with its scores, grades and attendance; arrows move as in a spreadsheet. @param {import("../../router.js").ScreenProps} props */
export default function Gradebook({ params: { courseId } }) {
  const book = usePages((cursor) => /** @type {Promise<GradebookPage>} */ (
    get("/courses/{courseId}/reportCards", { params: { courseId }, query: { limit: 100, cursor } })
  ));
  const [edited, setEdited] = useState(/** @type {GradebookRow | null} */ (null));
  const exams = useRef(/** @type {GradebookPage["exams"]} */ ([]));

  async function download() {
    const file = await get("/courses/{courseId}/reportCards", { params: { courseId }, query: { format: "csv" } });
    saveFile(String(file), "text/csv", `${t("teacher.gradebook.title")}.csv`);
  }

  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.gradebook.title")}
      actions=${html`<${Button} icon="download" onClick=${download}>${t("teacher.gradebook.csv")}<//>`}>
      <${Loaded} of=${book} lines=${8}>${(/** @type {GradebookPage} */ data) => {
    // A page after the first has the same exams.
    exams.current = data.exams ?? exams.current;
    return data.items.length === 0 ? html`<${EmptyState} icon="people" text=${t("teacher.roster.none")} />` : html`
          <p class="quiet">${t("teacher.gradebook.keys")}</p>
          <${Grid} rows=${data.items} exams=${exams.current} onGrade=${setEdited} />
          <${Pager} of=${book} />
        `;
  }}<//>
      ${edited && html`
        <${GradeDialog} courseId=${courseId} row=${edited} onClose=${() => setEdited(null)}
          onSaved=${(/** @type {GradebookRow} */ row) => book.replace(edited, row)} />
      `}
    <//>
  `;
}

/** @typedef {{ text: unknown, number?: boolean, label?: string, act?: () => void }} Cell */

/** @param {{ rows: GradebookRow[], exams: GradebookPage["exams"], onGrade: (row: GradebookRow) => void }} props */
function Grid({ rows, exams, onGrade }) {
  // No state: a move would draw all cells of all rows anew.
  const at = useRef({ row: 0, column: 0 });
  const table = useRef(/** @type {HTMLTableElement | null} */ (null));
  const heads = [
    t("teacher.gradebook.student"), t("teacher.gradebook.grade"), t("teacher.gradebook.percentage"),
    ...exams.map((exam) => exam.exam_title ?? "…"), t("teacher.gradebook.attendance"), t("teacher.gradebook.completion"),
  ];

  /** @param {KeyboardEvent} event */
  function move(event) {
    const [forward, backward] = document.dir === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const last = { row: rows.length - 1, column: heads.length - 1 };
    const { row, column } = at.current;
    /** @type {Record<string, { row: number, column: number }>} */
    const targets = {
      [forward]: { row, column: Math.min(column + 1, last.column) },
      [backward]: { row, column: Math.max(column - 1, 0) },
      ArrowDown: { row: Math.min(row + 1, last.row), column },
      ArrowUp: { row: Math.max(row - 1, 0), column },
      Home: { row: event.ctrlKey ? 0 : row, column: 0 },
      End: { row: event.ctrlKey ? last.row : row, column: last.column },
    };
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      cellsOf(rows[row], exams, onGrade)[column].act?.();
    } else if (event.key in targets) {
      event.preventDefault();
      const to = targets[event.key];
      table.current?.tBodies[0].rows[to.row].cells[to.column].focus();
    }
  }

  /** The cell that has the focus is the one that Tab comes back to. @param {FocusEvent & { target: HTMLElement }} event */
  function focus({ target }) {
    const cell = /** @type {HTMLTableCellElement | null} */ (target.closest("tbody :is(td, th)"));
    if (!cell) return;
    const { row, column } = at.current;
    const before = table.current?.tBodies[0].rows[row]?.cells[column];
    if (before) before.tabIndex = -1;
    cell.tabIndex = 0;
    const line = /** @type {HTMLTableRowElement} */ (cell.parentElement);
    at.current = { row: line.sectionRowIndex, column: cell.cellIndex };
  }

  return html`
    <div class="scroller grid-frame">
      <table class="table grid" role="grid" ref=${table} onKeyDown=${move} onFocusIn=${focus}>
        <caption class="only-heard">${t("teacher.gradebook.title")}</caption>
        <thead><tr>${heads.map((head, index) => html`
          <th scope="col" class=${index ? "number" : undefined}><bdi>${head}</bdi></th>
        `)}</tr></thead>
        <tbody>
          ${rows.map((row, index) => html`
            <${Row} key=${row.student_id} row=${row} exams=${exams} stop=${index === at.current.row ? at.current.column : null} onGrade=${onGrade} />
          `)}
        </tbody>
      </table>
    </div>
  `;
}

/**
 * Of many rows, only those are drawn anew that are another than before.
 * @param {{ row: GradebookRow, exams: GradebookPage["exams"], stop: number | null, onGrade: (row: GradebookRow) => void }} props
 * `stop` is the column to which Tab leads
 */
function Row({ row, exams, stop, onGrade }) {
  return html`
    <tr>
      ${cellsOf(row, exams, onGrade).map((cell, column) => html`
        <${column ? "td" : "th"} scope=${column ? undefined : "row"} tabindex=${column === stop ? 0 : -1}
          class=${[cell.number && "number", cell.act && "acts"].filter(Boolean).join(" ")} aria-label=${cell.label} onClick=${cell.act}>${cell.text}<//>
      `)}
    </tr>
  `;
}

/** @param {GradebookRow} row @param {GradebookPage["exams"]} exams @param {(row: GradebookRow) => void} onGrade @returns {Cell[]} */
function cellsOf(row, exams, onGrade) {
  const of = (/** @type {number | null | undefined} */ value) => value === null || value === undefined ? "–" : percent(value);
  const grade = row.grade ?? "–";
  return [
    { text: html`<${UserText}>${row.student_name ?? t("teacher.noName")}<//> <span class="quiet small roll-no"><bdi>${row.roll_no}</bdi></span>` },
    { text: grade, number: true, label: t("teacher.gradebook.change", { grade }), act: () => onGrade(row) },
    { text: of(row.grade_percentage), number: true },
    ...exams.map((exam) => {
      const score = row.scores.find((one) => one.exam_id === exam.exam_id)?.score;
      const act = score === undefined ? undefined : () => go(`/app/teach/exams/${exam.exam_id}/results/${row.student_id}`);
      return { text: score === undefined ? "–" : number(score), number: true, act };
    }),
    { text: of(row.attendance), number: true },
    { text: of(row.completion_percentage), number: true },
  ];
}
