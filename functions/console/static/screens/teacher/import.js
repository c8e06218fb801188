import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, get, post } from "../../api.js";
import { number, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { Badge, Progress, UserText } from "../../parts/values.js";
import { go } from "../../router.js";
import { CoursePage } from "./course-page.js";
import { ImportReasons } from "./import-reasons.js";
import { ImportState } from "./imports.js";

/** @import { ImportKind, ImportView, ReportLineView } from "lms/api" */
/** @typedef {ReportLineView["outcome"]} Outcome */

const POLL_MS = 2000;
/** @type {Record<Outcome, "good" | "fair" | "bad">} */
const TONES = { taken: "good", changed: "fair", leftOut: "bad" };
/** @type {Outcome[]} */
const OUTCOMES = ["leftOut", "changed", "taken"];
/** @type {ImportKind[]} */
const KINDS = ["outline", "bank", "exams"];

/** What a file holds, what becomes of each of its items, and making it part of the course. @param {import("../../router.js").ScreenProps} props */
export default function Import({ params: { courseId, importId } }) {
  const params = { importId };
  const found = useLoad(() => get("/imports/{importId}", { params }));
  const state = found.data?.state;
  const isBusy = state === "reading" || state === "applying";
  useEffect(() => {
    if (!isBusy) return;
    // A request that failed leaves the old data, and it is asked again.
    const timer = setInterval(found.reload, POLL_MS);
    return () => clearInterval(timer);
  }, [isBusy, found.reload]);
  const list = `/app/teach/courses/${courseId}/imports`;

  async function forget() {
    const wanted = await confirm({
      title: t("teacher.import.forget"), text: html`<p>${t("teacher.import.forgetText")}</p>`, action: t("teacher.import.forget"), danger: true,
    });
    if (!wanted) return;
    await del("/imports/{importId}", { params });
    toast(t("teacher.import.forgotten"));
    go(list);
  }

  const actions = html`
    <${Button} href=${list}>${t("teacher.imports.all")}<//>
    <${Button} kind="quiet" icon="trash" label=${t("teacher.import.forget")} onClick=${forget} />
  `;
  return html`
    <${CoursePage} courseId=${courseId} title=${found.data?.fileName ?? t("teacher.imports.title")} width="" actions=${actions}>
      <${Loaded} of=${found} lines=${6}>${(/** @type {ImportView} */ data) => html`
        <${Standing} data=${data} onRead=${found.reload} />
        ${data.contents && html`<${Apply} key=${data.state} data=${data} onApplied=${found.set} />`}
        ${data.outcomes && html`<${Report} key=${data.state === "applied"} data=${data} />`}
      `}<//>
    <//>
  `;
}

/** @param {{ data: ImportView, onRead: () => Promise<void> }} props */
function Standing({ data: { id, state, reasons, format, title, progress }, onRead }) {
  const isBusy = state === "reading" || state === "applying";
  async function readAgain() {
    await post("/imports/{importId}/read", { params: { importId: id } });
    await onRead();
  }
  return html`
    <${Card}>
      <div class="stack">
        <div role="status">
          <p class="row">
            <${ImportState} state=${state} />${format && html`<span>${tOf("fileFormat", format)}</span>`}
            ${title && html`<span class="quiet"><${UserText}>${title}<//></span>`}
          </p>
          ${isBusy && html`
            <p>${tOf("teacher.import.busy", state)} ${progress.total === null
    ? t("teacher.import.done", { count: progress.done })
    : t("teacher.import.doneOf", { done: number(progress.done), count: progress.total })}</p>
            ${progress.total !== null && progress.total > 0 && html`
              <${Progress} value=${100 * progress.done / progress.total} label=${tOf("teacher.import.busy", state)} />
            `}
          `}
        </div>
        ${state === "waiting" && html`<p>${t("teacher.import.waiting")}</p>`}
        ${state === "failed" && html`<p class="field-error"><${Icon} name="warning" /> <${ImportReasons} reasons=${reasons} /></p>`}
        ${(state === "waiting" || state === "failed") && html`<div><${Button} onClick=${readAgain}>${t("teacher.import.readAgain")}<//></div>`}
      </div>
    <//>
  `;
}

/** What the file holds, of which something or all becomes part of the course.
 * @param {{ data: ImportView, onApplied: (data: ImportView) => void }} props */
function Apply({ data, onApplied }) {
  const { id, courseId, state, applied } = data;
  const contents = /** @type {NonNullable<ImportView["contents"]>} */ (data.contents);
  const done = applied.map(({ kind }) => kind);
  const counts = { outline: contents.lessons + contents.modules, bank: contents.questions, exams: contents.exams };
  const open = KINDS.filter((kind) => counts[kind] > 0 && !done.includes(kind));
  const [chosen, setChosen] = useState(open);
  const says = {
    outline: t("teacher.import.outline", {
      modules: t("teacher.import.modules", { count: contents.modules }), lessons: t("teacher.import.lessons", { count: contents.lessons }),
    }),
    bank: t("teacher.import.bank", { count: contents.questions }),
    exams: t("teacher.import.exams", { count: contents.exams }),
  };
  /** Exams take their questions from the bank. @param {ImportKind} kind @param {boolean} on */
  function choose(kind, on) {
    const now = on ? [...chosen, kind, ...(kind === "exams" ? [/** @type {ImportKind} */ ("bank")] : [])] : chosen.filter((one) => one !== kind);
    setChosen(open.filter((one) => now.includes(one) && (one !== "exams" || now.includes("bank") || done.includes("bank"))));
  }
  async function apply() {
    onApplied(await post("/imports/{importId}/apply", { params: { importId: id }, body: { include: chosen } }));
  }
  const isOpen = (state === "ready" || state === "applied") && open.length > 0;
  return html`
    <${Card} title=${isOpen ? t("teacher.import.choose") : t("teacher.import.contents")}>
      ${Object.values(counts).every((count) => count === 0) && html`<${EmptyState} icon="file" text=${t("teacher.import.nothing")} />`}
      ${applied.length > 0 && html`
        <ul class="stack">${applied.map(({ kind, added, leftOut }) => html`
          <li key=${kind} class="row">
            <${Badge} tone="good">${tOf("teacher.import.applied", kind)}<//> ${t("teacher.import.added", { count: added })}
            ${leftOut > 0 && html`<span class="quiet">${t("teacher.import.leftOut", { count: leftOut })}</span>`}
            <a href=${madeAt(courseId, kind)}>${tOf("teacher.import.open", kind)}</a>
          </li>
        `)}</ul>
      `}
      ${isOpen && html`
        <div class="stack">
          <fieldset class="stack">
            <legend class="only-heard">${t("teacher.import.choose")}</legend>
            ${open.map((kind) => html`
              <label key=${kind} class="row">
                <input type="checkbox" checked=${chosen.includes(kind)} onChange=${(/** @type {any} */ { target }) => choose(kind, target.checked)} />
                ${says[kind]}
              </label>
            `)}
          </fieldset>
          ${data.appliedBefore && html`
            <p class="note"><${Icon} name="info" /><span>${t("teacher.import.appliedBefore")}
              <a href=${`/app/teach/courses/${courseId}/imports/${data.appliedBefore}`}>${t("teacher.import.openBefore")}</a></span></p>
          `}
          <p class="quiet">${t("teacher.import.applyText")}</p>
          <div><${Button} kind="main" disabled=${chosen.length === 0} onClick=${apply}>${t("teacher.import.apply")}<//></div>
        </div>
      `}
    <//>
  `;
}

/** Where what was made of a kind is seen. @param {string} courseId @param {ImportKind} kind */
function madeAt(courseId, kind) {
  return `/app/teach/courses/${courseId}/${kind}`;
}

/** Where an item stands: a line of the file, what of the course was to take it, or a name of the file's own. @param {string} where */
function placeOf(where) {
  const line = /^Line (\d+)$/.exec(where)?.[1];
  if (line) return t("teacher.import.line", { line: Number(line) });
  const kind = KINDS.find((one) => one === where);
  return kind ? tOf("teacher.import.kind", kind) : where;
}

/** Where what an item became is seen. @param {string} courseId @param {NonNullable<ReportLineView["target"]>} target */
function targetAt(courseId, { kind, id }) {
  if (kind === "exam") return `/app/teach/exams/${id}`;
  return `/app/teach/courses/${courseId}/${kind === "lesson" ? "outline" : "bank"}/${id}`;
}

/** What becomes of each item of the file. @param {{ data: ImportView }} props */
function Report({ data: { id, courseId, outcomes } }) {
  const [outcome, setOutcome] = useState(/** @type {Outcome | null} */ (null));
  const counts = /** @type {NonNullable<ImportView["outcomes"]>} */ (outcomes);
  const lines = usePages(
    (cursor) => get("/imports/{importId}/items", { params: { importId: id }, query: { limit: 100, cursor, ...(outcome ? { outcome } : {}) } }),
    [outcome],
  );
  /** @type {import("../../parts/table.js").Column<ReportLineView>[]} */
  const columns = [
    {
      label: t("teacher.import.what"), heads: true,
      cell: ({ what, target }) => target ? html`<a href=${targetAt(courseId, target)}><${UserText}>${what}<//></a>` : html`<${UserText}>${what}<//>`,
    },
    { label: t("teacher.import.where"), cell: ({ where }) => html`<${UserText}>${placeOf(where)}<//>` },
    { label: t("teacher.import.outcome"), cell: (line) => html`<${Badge} tone=${TONES[line.outcome]}>${tOf("reportOutcome", line.outcome)}<//>` },
    { label: t("teacher.import.reason"), cell: ({ reasons }) => reasons.length > 0 && html`<${ImportReasons} reasons=${reasons} />` },
  ];
  const choices = [
    { outcome: null, label: t("teacher.import.all", { count: counts.taken + counts.changed + counts.leftOut }) },
    ...OUTCOMES.map((one) => ({ outcome: one, label: `${tOf("reportOutcome", one)} (${number(counts[one])})` })),
  ];
  return html`
    <${Card} title=${t("teacher.import.report")}>
      <div class="row import-outcomes" role="group" aria-label=${t("teacher.import.outcome")}>
        ${choices.map((one) => html`
          <${Button} key=${one.label} small aria-pressed=${one.outcome === outcome ? "true" : "false"} onClick=${() => setOutcome(one.outcome)}>${one.label}<//>
        `)}
      </div>
      <${PagedTable} of=${lines} caption=${t("teacher.import.report")} columns=${columns}
        keyOf=${(/** @type {ReportLineView} */ { where, what, reason }) => JSON.stringify([where, what, reason])}
        empty=${html`<${EmptyState} icon="check" text=${t("teacher.import.noLines")} />`} />
    <//>
  `;
}
