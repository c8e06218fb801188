import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { When } from "../../parts/values.js";
import { PersonLink } from "./links.js";

/** @import { FailureView } from "lms/api" */

/** Messages that reached nobody, and another try. */
export default function Failures() {
  const failures = usePages((cursor) => get("/notifications/failures", { query: { cursor } }));
  /** @param {FailureView} failure */
  async function retry({ id }) {
    await post("/notifications/failures/{id}/retry", { params: { id } });
    toast(t("administrator.failures.retried"));
    await failures.reload();
  }
  /** @type {import("../../parts/table.js").Column<FailureView>[]} */
  const columns = [
    {
      label: t("administrator.failures.recipient"),
      heads: true,
      cell: (row) => html`<${PersonLink} id=${row.recipient_id} name=${row.recipient_name} />`,
    },
    { label: t("administrator.failures.message"), cell: ({ type }) => tOf("notification", type) },
    { label: t("administrator.failures.channel"), cell: ({ channel }) => tOf("channel", channel) },
    { label: t("administrator.failures.at"), cell: ({ failed_at }) => html`<${When} at=${failed_at} />` },
    {
      label: t("administrator.failures.reason"),
      cell: ({ cause, reason, tries }) => html`
        <span>
          ${cause && tOf("deliveryCause", cause)}
          <span class="quiet"> <bdi>${reason}</bdi> · ${t("administrator.failures.tries", { count: tries.length })}</span>
        </span>
      `,
    },
    { label: t("administrator.actions"), cell: (row) => html`<${Button} small onClick=${() => retry(row)}>${t("administrator.failures.retry")}<//>` },
  ];
  return html`
    <${Page} title=${t("administrator.failures.title")} lead=${t("administrator.failures.lead")} width="wide">
      <${Card}>
        <${PagedTable} of=${failures} caption=${t("administrator.failures.title")} columns=${columns} keyOf=${(/** @type {FailureView} */ row) => row.id}
          empty=${html`<${EmptyState} icon="check" text=${t("administrator.failures.none")} />`} />
      <//>
    <//>
  `;
}
