import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { go } from "../../router.js";

/** @import { NewProgram, ProgramView } from "lms/api" */

const PATH = "/app/admin/programs";

/** All programs; each leads to its courses. */
export default function Programs() {
  const [creating, setCreating] = useState(false);
  const programs = usePages((cursor) => get("/programs/list", { query: { cursor } }));
  const create = html`<${Button} kind="main" icon="plus" onClick=${() => setCreating(true)}>${t("administrator.programs.new")}<//>`;
  /** @param {any} values the form's */
  async function save(values) {
    const { id } = await post("/programs/create", { body: /** @type {NewProgram} */ (values) });
    toast(t("administrator.programs.created"));
    go(`${PATH}/${id}`);
  }
  return html`
    <${Page} title=${t("administrator.programs.title")} lead=${t("administrator.programs.lead")} actions=${create}>
      <${Card}>
        <${PagedTable} of=${programs} caption=${t("administrator.programs.title")} columns=${columns()}
          keyOf=${(/** @type {ProgramView} */ program) => program.id}
          empty=${html`<${EmptyState} icon="book" text=${t("administrator.programs.none")} />`} />
      <//>
      ${creating && html`
        <${Dialog} title=${t("administrator.programs.new")} onClose=${() => setCreating(false)}>
          <${Form} submit=${t("administrator.create")} onSubmit=${save}><${ProgramFields} /><//>
        <//>
      `}
    <//>
  `;
}

/** @param {{ program?: ProgramView }} props */
export function ProgramFields({ program }) {
  return html`
    <${Field} name="title" label=${t("administrator.programs.name")} value=${program?.title} maxlength="200" />
    <${Field} name="description" label=${t("administrator.programs.description")} value=${program?.description} rows=${5} optional maxlength="10000" />
  `;
}

/** @returns {import("../../parts/table.js").Column<ProgramView>[]} */
function columns() {
  return [
    { label: t("administrator.programs.name"), heads: true, cell: ({ id, title }) => html`<a href="${PATH}/${id}"><${UserText}>${title}<//></a>` },
    { label: t("administrator.programs.description"), cell: ({ description }) => html`<span class="clipped" dir="auto">${description}</span>` },
  ];
}
