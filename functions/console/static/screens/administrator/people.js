import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Filters } from "../../parts/filters.js";
import { Field, Form } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText } from "../../parts/values.js";
import { ROLES, roleOptions } from "./roles.js";

/** @import { NewUser, UserView } from "lms/api" */
/** @typedef {"active" | "invited" | "provisioning" | "disabled"} Status */

const PATH = "/app/admin/people";
/** @type {Status[]} */
const STATUSES = ["active", "invited", "disabled"];

/** Everybody who has an account, searched and filtered. @param {import("../../router.js").ScreenProps} props */
export default function People({ query }) {
  const [inviting, setInviting] = useState(false);
  const q = query.get("q") ?? "";
  const role = ROLES.find((one) => one === query.get("is_type"));
  const status = STATUSES.find((one) => one === query.get("status"));
  const people = usePages((cursor) => get("/auth/users", { query: { q, is_type: role, status, cursor } }), [q, role, status]);
  const isFiltered = Boolean(q || role || status);
  const actions = html`
    <${Button} icon="upload" href="/app/admin/people/import-list">${t("administrator.people.importList")}<//>
    <${Button} kind="main" icon="plus" onClick=${() => setInviting(true)}>${t("administrator.people.invite")}<//>
  `;
  return html`
    <${Page} title=${t("administrator.people.title")} actions=${actions}>
      <${Filters} path=${PATH} key=${query.toString()}>
        <${Field} name="q" type="search" label=${t("administrator.people.search")} value=${q} required=${false} maxlength="200" />
        <${Field} name="is_type" label=${t("administrator.people.role")} value=${role ?? ""} required=${false}
          options=${[{ value: "", label: t("filters.all") }, ...roleOptions()]} />
        <${Field} name="status" label=${t("administrator.people.status")} value=${status ?? ""} required=${false}
          options=${[{ value: "", label: t("filters.all") }, ...STATUSES.map((value) => ({ value, label: tOf("accountStatus", value) }))]} />
      <//>
      <${Card}>
        <${PagedTable} of=${people} caption=${t("administrator.people.title")} columns=${columns()} keyOf=${(/** @type {UserView} */ user) => user.id}
          empty=${html`
            <${EmptyState} icon="people" text=${isFiltered ? t("administrator.people.noneFound") : t("administrator.people.none")}>
              ${isFiltered && html`<${Button} href=${PATH}>${t("filters.clear")}<//>`}
            <//>
          `} />
      <//>
      ${inviting && html`<${Invite} onClose=${() => setInviting(false)} onInvited=${people.reload} />`}
    <//>
  `;
}

/** @returns {import("../../parts/table.js").Column<UserView>[]} */
function columns() {
  return [
    {
      label: t("administrator.people.name"),
      heads: true,
      cell: (user) => html`<a href="${PATH}/${user.id}"><${UserText}>${user.name || user.username}<//></a>`,
    },
    { label: t("administrator.people.email"), cell: (user) => html`<bdi>${user.email}</bdi>` },
    { label: t("administrator.people.rollNo"), cell: (user) => html`<bdi>${user.roll_no ?? "–"}</bdi>` },
    { label: t("administrator.people.role"), cell: (user) => tOf("role", user.is_type) },
    { label: t("administrator.people.status"), cell: (user) => html`<${AccountStatus} status=${user.status} />` },
  ];
}

/** @param {{ status: string }} props */
export function AccountStatus({ status }) {
  const tone = status === "active" ? "good" : status === "disabled" ? "bad" : "fair";
  return html`<${Badge} tone=${tone}>${tOf("accountStatus", status)}<//>`;
}

/** @param {{ onClose: () => void, onInvited: () => void }} props */
function Invite({ onClose, onInvited }) {
  const [role, setRole] = useState(/** @type {string} */ ("student"));
  /** @param {any} values the form's */
  async function invite(values) {
    await post("/auth/users", { body: /** @type {NewUser} */ (values) });
    toast(t("administrator.people.invited", { email: values.email }));
    onClose();
    onInvited();
  }
  return html`
    <${Dialog} title=${t("administrator.people.invite")} onClose=${onClose}>
      <${Form} submit=${t("administrator.people.sendInvitation")} onSubmit=${invite}>
        <p class="quiet">${t("administrator.people.inviteLead")}</p>
        <${Field} name="name" label=${t("administrator.people.name")} maxlength="200" />
        <${Field} name="email" type="email" label=${t("administrator.people.email")} dir="ltr" />
        <${Field} name="username" label=${t("administrator.people.username")} hint=${t("administrator.people.usernameHint")} dir="ltr"
          autocapitalize="none" spellcheck=${false} minlength="3" maxlength="64" />
        <${Field} name="is_type" label=${t("administrator.people.role")} value=${role} options=${roleOptions()}
          onChange=${(/** @type {any} */ event) => setRole(event.target.value)} />
        ${role === "student" && html`
          <${Field} name="roll_no" label=${t("administrator.people.rollNo")} hint=${t("administrator.people.rollNoHint")} optional dir="ltr" />
        `}
      <//>
    <//>
  `;
}
