import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, get, post, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm, Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { UserText, When } from "../../parts/values.js";

/** @import { NewTerm, TermView } from "lms/api" */

/** The terms that courses name. */
export default function Terms() {
  const [editing, setEditing] = useState(/** @type {TermView | "new" | null} */ (null));
  const terms = usePages((cursor) => get("/terms", { query: { cursor } }));
  const current = editing === "new" ? undefined : editing;
  const add = html`<${Button} kind="main" icon="plus" onClick=${() => setEditing("new")}>${t("administrator.terms.new")}<//>`;

  /** @param {any} values the form's */
  async function save(values) {
    const body = /** @type {NewTerm} */ (values);
    if (current) await put("/terms/{termId}", { params: { termId: current.id }, ifMatch: current.version, body });
    else await post("/terms", { body });
    toast(t("saved"));
    setEditing(null);
    await terms.reload();
  }
  /** @param {TermView} term */
  async function remove({ id, title, version }) {
    const question = {
      title: t("administrator.terms.deleteTitle", { title }),
      text: t("administrator.terms.deleteText"),
      action: t("administrator.delete"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/terms/{termId}", { params: { termId: id }, ifMatch: version });
    toast(t("administrator.terms.deleted"));
    await terms.reload();
  }
  /** @type {import("../../parts/table.js").Column<TermView>[]} */
  const columns = [
    { label: t("administrator.terms.name"), heads: true, cell: ({ title }) => html`<${UserText}>${title}<//>` },
    { label: t("administrator.terms.startsOn"), cell: ({ startsOn }) => html`<${When} at=${startsOn} as="date" />` },
    { label: t("administrator.terms.endsOn"), cell: ({ endsOn }) => html`<${When} at=${endsOn} as="date" />` },
    {
      label: t("administrator.actions"),
      cell: (term) => html`<span class="row">
        <${Button} small icon="edit" label=${t("administrator.terms.edit", { title: term.title })} onClick=${() => setEditing(term)} />
        <${Button} small kind="danger" icon="trash" label=${t("administrator.terms.delete", { title: term.title })} onClick=${() => remove(term)} />
      </span>`,
    },
  ];
  return html`
    <${Page} title=${t("administrator.terms.title")} lead=${t("administrator.terms.lead")} actions=${add}>
      <${Card}>
        <${PagedTable} of=${terms} caption=${t("administrator.terms.title")} columns=${columns} keyOf=${(/** @type {TermView} */ term) => term.id}
          empty=${html`<${EmptyState} icon="calendar" text=${t("administrator.terms.none")} />`} />
      <//>
      ${editing && html`
        <${Dialog} title=${current ? t("administrator.terms.edit", { title: current.title }) : t("administrator.terms.new")} onClose=${() => setEditing(null)}>
          <${Form} submit=${t("save")} onSubmit=${save}>
            <${Field} name="title" label=${t("administrator.terms.name")} value=${current?.title} maxlength="200" />
            <div class="form-columns">
              <${Field} name="startsOn" type="date" label=${t("administrator.terms.startsOn")} value=${current?.startsOn} />
              <${Field} name="endsOn" type="date" label=${t("administrator.terms.endsOn")} value=${current?.endsOn} />
            </div>
          <//>
        <//>
      `}
    <//>
  `;
}
