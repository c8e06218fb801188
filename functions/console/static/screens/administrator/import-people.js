import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Drop } from "../../parts/drop.js";
import { Icon } from "../../parts/icon.js";
import { Card, Page } from "../../parts/page.js";
import { problemText, Said } from "../../parts/problem-text.js";
import { Skeleton } from "../../parts/skeleton.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText } from "../../parts/values.js";
import { Problem } from "../../problem.js";

/** @import { ImportedRow, PeopleImported, PeopleImport, RequestedCourse } from "lms/api" */
/** @typedef {{ name: string, text: string }} Sheet */

const EXAMPLE = `name,email,is_type,roll_no,username,courses
Ayesha Khan,ayesha@example.com,student,2027-001,,
Bilal Ahmed,bilal@example.com,teacher,,bilal.ahmed,"Biology;Physics"
`;
// The gateway's own limit for an answer, and some more.
const PATIENCE_MS = 40_000;
const TONES = /** @type {const} */ ({ created: "good", updated: "accent", unchanged: "plain", refused: "bad" });

/** People from a spreadsheet: first what would happen, row by row, then the same for good. */
export default function ImportPeople() {
  const [sheet, setSheet] = useState(/** @type {Sheet | null} */ (null));
  const [result, setResult] = useState(/** @type {PeopleImported | null} */ (null));
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);

  /** @param {Sheet} sheet @param {boolean} dryRun */
  async function send({ text }, dryRun) {
    setBusy(true);
    setFault("");
    try {
      // A table as it is: the other kind of body that the API takes here.
      const body = /** @type {PeopleImport} */ (/** @type {unknown} */ (text));
      setResult(await post("/auth/users/import", { query: dryRun ? { dryRun } : {}, body, patience: PATIENCE_MS }));
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setFault(problemText(problem));
      return false;
    } finally {
      setBusy(false);
    }
  }

  /** @param {File | undefined} file */
  async function choose(file) {
    if (!file) return;
    setResult(null);
    try {
      const read = { name: file.name, text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()) };
      setSheet(read);
      await send(read, true);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      setSheet(null);
      setFault(t("administrator.import.notUtf8"));
    }
  }

  async function apply() {
    if (sheet && await send(sheet, false)) toast(t("administrator.import.done"));
  }

  return html`
    <${Page} title=${t("administrator.import.title")} lead=${t("administrator.import.lead")}
      back=${{ href: "/app/admin/people", label: t("administrator.people.title") }}>
      <${Card}>
        <div class="stack">
          <${Drop} onFile=${choose} name=${sheet?.name} text=${t("administrator.import.drop")} choose=${t("administrator.import.choose")}
            chooseAnother=${t("administrator.import.chooseAnother")} accept=".csv,text/csv" />
          <p class="quiet">${t("administrator.import.columns")}</p>
          <p class="quiet">${t("administrator.import.coursesColumn")}</p>
          <p><a download="people.csv" href=${`data:text/csv;charset=utf-8,${encodeURIComponent(EXAMPLE)}`}>
            <${Icon} name="download" /> ${t("administrator.import.example")}
          </a></p>
          <div role="alert" class="form-fault">${fault && html`<${Icon} name="warning" /><p dir="auto">${fault}</p>`}</div>
        </div>
      <//>
      ${busy && !result && html`<${Card}><${Skeleton} lines=${5} /><//>`}
      ${result && html`<${Outcomes} result=${result} busy=${busy} onApply=${apply} />`}
    <//>
  `;
}

/** @param {{ result: PeopleImported, busy: boolean, onApply: () => Promise<void> }} props */
function Outcomes({ result, busy, onApply }) {
  const { created, updated, unchanged, refused } = result;
  const changes = created + updated;
  // What somebody has to mend comes first.
  const rows = result.outcomes.toSorted((one, other) => Number(other.outcome === "refused") - Number(one.outcome === "refused"));
  return html`
    <${Card} title=${result.dry_run ? t("administrator.import.dryTitle") : t("administrator.import.doneTitle")}>
      <div class="stack">
        <ul class="row" aria-live="polite">
          <li><${Badge} tone="good">${t("administrator.import.created", { count: created })}<//></li>
          <li><${Badge} tone="accent">${t("administrator.import.updated", { count: updated })}<//></li>
          <li><${Badge}>${t("administrator.import.unchanged", { count: unchanged })}<//></li>
          <li><${Badge} tone=${refused ? "bad" : "plain"}>${t("administrator.import.refused", { count: refused })}<//></li>
        </ul>
        <p>${result.dry_run ? (changes ? t("administrator.import.dryText") : t("administrator.import.nothing")) : t("administrator.import.doneText")}</p>
        <div class="row">
          ${result.dry_run && changes > 0 && html`
            <${Button} kind="main" busy=${busy} onClick=${onApply}>${t("administrator.import.apply", { count: changes })}<//>
          `}
          ${!result.dry_run && html`<${Button} href="/app/admin/people">${t("administrator.import.toPeople")}<//>`}
        </div>
        <${Table} caption=${t("administrator.import.rows")} columns=${columns()} rows=${rows}
          keyOf=${(/** @type {ImportedRow} */ row) => String(row.row)} />
      </div>
    <//>
  `;
}

/** @param {{ courses: RequestedCourse[] }} props */
function Titles({ courses }) {
  return courses.map(({ course_title: title }, at) => html`${at > 0 && ", "}<${UserText}>${title}<//>`);
}

/** @param {ImportedRow} row */
function reasonOf({ field, reason, code, texts }) {
  return reason && html`<span>${field && html`<code>${field}</code> `}<${Said} code=${code} text=${reason} values=${texts} /></span>`;
}

/** @returns {import("../../parts/table.js").Column<ImportedRow>[]} */
function columns() {
  return [
    { label: t("administrator.import.row"), number: true, cell: ({ row }) => row },
    { label: t("administrator.people.email"), heads: true, cell: ({ email }) => html`<bdi>${email ?? "–"}</bdi>` },
    { label: t("administrator.import.outcome"), cell: ({ outcome }) => html`<${Badge} tone=${TONES[outcome]}>${tOf("importOutcome", outcome)}<//>` },
    { label: t("administrator.import.courses"), cell: ({ courses }) => html`<${Titles} courses=${courses} />` },
    { label: t("administrator.import.reason"), cell: reasonOf },
  ];
}
