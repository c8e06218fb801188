import { html } from "htm/preact";
import { get } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Filters } from "../../parts/filters.js";
import { Field } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { UserText, When } from "../../parts/values.js";

/** @import { AuditAction, AuditEntryView } from "lms/api" */

const PATH = "/app/admin/audit";
/** @type {AuditAction[]} */
const ACTIONS = [
  "account.created", "account.changed", "account.disabled", "account.enabled", "account.erased", "student.changed", "export.requested",
  "course.assigned", "course.unassigned", "enrollment.changed", "term.created", "term.changed", "term.deleted",
  "voucher.issued", "voucher.confirmed", "voucher.cancelled", "attempt.marked", "attempt.reopened", "exam.regraded", "grade.overridden",
  "result.recorded", "results.released", "settings.changed",
];

/** Who did what to whom, the newest first. @param {import("../../router.js").ScreenProps} props */
export default function Audit({ query }) {
  const action = ACTIONS.find((one) => one === query.get("action"));
  const [subject, actor, from, to] = ["subject", "actor", "from", "to"].map((name) => query.get(name) ?? undefined);
  const entries = usePages(
    (cursor) => get("/audit", { query: { action, subject, actor, from: from && beginOf(from), to: to && beginOf(to, 1), cursor } }),
    [query.toString()],
  );
  const isFiltered = query.size > 0;
  return html`
    <${Page} title=${t("administrator.audit.title")} lead=${t("administrator.audit.lead")} width="wide">
      <${Filters} path=${PATH} key=${query.toString()}>
        ${subject && html`<input type="hidden" name="subject" value=${subject} />`}
        ${actor && html`<input type="hidden" name="actor" value=${actor} />`}
        <${Field} name="action" label=${t("administrator.audit.action")} value=${action ?? ""} required=${false}
          options=${[{ value: "", label: t("filters.all") }, ...ACTIONS.map((value) => ({ value, label: tOf("auditAction", value) }))]} />
        <${Field} name="from" type="date" label=${t("administrator.audit.from")} value=${from} required=${false} />
        <${Field} name="to" type="date" label=${t("administrator.audit.to")} value=${to} required=${false} />
      <//>
      ${isFiltered && html`
        <p class="row">
          ${subject && html`<span>${t("administrator.audit.ofOne")}</span>`}
          ${actor && html`<span>${t("administrator.audit.byOne")}</span>`}
          <${Button} small icon="close" href=${PATH}>${t("filters.clear")}<//>
        </p>
      `}
      <${Card}>
        <${PagedTable} of=${entries} caption=${t("administrator.audit.title")} columns=${columns()} keyOf=${(/** @type {AuditEntryView} */ entry) => entry.id}
          empty=${html`<${EmptyState} icon="list" text=${isFiltered ? t("administrator.audit.noneFound") : t("administrator.audit.none")} />`} />
      <//>
    <//>
  `;
}

/** The beginning of a day where the reader is. @param {string} day @param {number} [later] days */
function beginOf(day, later = 0) {
  const begin = new Date(`${day}T00:00`);
  begin.setDate(begin.getDate() + later);
  return begin.toISOString();
}

/** @returns {import("../../parts/table.js").Column<AuditEntryView>[]} */
function columns() {
  return [
    { label: t("administrator.audit.at"), cell: ({ at }) => html`<span><${When} at=${at} as="date" /> <${When} at=${at} as="time" /></span>` },
    { label: t("administrator.audit.action"), heads: true, cell: ({ action }) => tOf("auditAction", action) },
    {
      label: t("administrator.audit.who"),
      cell: ({ actorId, actorName }) =>
        actorId ? html`<a href="${PATH}?actor=${actorId}"><${UserText}>${actorName ?? actorId}<//></a>` : t("administrator.audit.system"),
    },
    {
      label: t("administrator.audit.about"),
      cell: ({ about }) => html`<ul>${about.map(({ kind, id, name }) => html`
        <li key=${id}>${tOf("auditKind", kind)}: <a href="${PATH}?subject=${encodeURIComponent(id)}"><${UserText}>${name ?? id}<//></a></li>
      `)}</ul>`,
    },
    { label: t("administrator.audit.change"), cell: (entry) => html`<${Change} entry=${entry} />` },
  ];
}

/** What was before, and after. @param {{ entry: AuditEntryView }} props */
function Change({ entry: { before, after, reason } }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return html`
    <ul>
      ${names.map((name) => html`
        <li key=${name}><code dir="ltr">${name}${shown(before[name])}${name in before && after[name] !== null && " →"}${shown(after[name])}</code></li>
      `)}
      ${reason && html`<li><${UserText}>“${reason}”<//></li>`}
    </ul>
  `;
}

/** @param {unknown} value */
function shown(value) {
  if (value === undefined || value === null) return "";
  return ` ${typeof value === "object" ? JSON.stringify(value) : value}`;
}
