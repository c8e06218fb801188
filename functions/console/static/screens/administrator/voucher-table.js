import { html } from "htm/preact";
import { del, post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { PagedTable } from "../../parts/paged-table.js";
import { toast } from "../../parts/toast.js";
import { Badge, Money, UserText, When } from "../../parts/values.js";
import { CourseLink, PersonLink } from "./links.js";

/** @import { VoucherView } from "lms/api" */

const TONES = /** @type {const} */ ({ unpaid: "fair", overdue: "bad", paid: "good", cancelled: "plain" });

/** Vouchers, which can be confirmed or cancelled while they are not paid.
 * @param {{ of: ReturnType<typeof import("../../parts/pager.js").usePages<VoucherView>>, empty: string, ofOneCourse?: boolean }} props */
export function VoucherTable({ of, empty, ofOneCourse = false }) {
  /** @param {VoucherView} voucher */
  async function confirmPayment(voucher) {
    const text = html`
      <p><${UserText}>${voucher.student_name}<//> · <${Money} amount=${voucher.fee} currency=${voucher.currency} /></p>
      <p>${t("administrator.vouchers.confirmText")}</p>
    `;
    if (!(await confirm({ title: t("administrator.vouchers.confirmTitle"), text, action: t("administrator.vouchers.confirm") }))) return;
    await post("/payments/vouchers/{voucher_no}/confirm", { params: { voucher_no: voucher.voucher_no } });
    toast(t("administrator.vouchers.confirmed"));
    await of.reload();
  }
  /** @param {VoucherView} voucher */
  async function cancel(voucher) {
    const question = {
      title: t("administrator.vouchers.cancelTitle"),
      text: t("administrator.vouchers.cancelText"),
      action: t("administrator.vouchers.cancel"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/payments/vouchers/{voucher_no}", { params: { voucher_no: voucher.voucher_no }, ifMatch: voucher.version });
    toast(t("administrator.vouchers.cancelled"));
    await of.reload();
  }
  /** @type {import("../../parts/table.js").Column<VoucherView>} */
  const course = {
    label: t("administrator.vouchers.course"),
    cell: ({ course_id: id, course_title: title }) => html`<${CourseLink} id=${id} title=${title} tab="vouchers" />`,
  };
  /** @type {import("../../parts/table.js").Column<VoucherView>[]} */
  const columns = [
    { label: t("administrator.vouchers.number"), heads: true, cell: ({ voucher_no }) => html`<bdi>${voucher_no}</bdi>` },
    {
      label: t("administrator.vouchers.student"),
      cell: (row) => html`<${PersonLink} id=${row.student_id} name=${row.student_name} />`,
    },
    ...(ofOneCourse ? [] : [course]),
    { label: t("administrator.course.quarter"), cell: ({ quarter }) => html`<bdi>${quarter}</bdi>` },
    { label: t("administrator.vouchers.fee"), number: true, cell: ({ fee, currency }) => html`<${Money} amount=${fee} currency=${currency} />` },
    { label: t("administrator.vouchers.due"), cell: ({ due_date }) => html`<${When} at=${due_date} as="date" />` },
    { label: t("administrator.vouchers.status"), cell: ({ status }) => html`<${Badge} tone=${TONES[status]}>${tOf("voucherStatus", status)}<//>` },
    {
      label: t("administrator.actions"),
      cell: (row) => (row.status === "unpaid" || row.status === "overdue") && html`<span class="row">
        <${Button} small icon="check" label=${t("administrator.vouchers.confirmOne", { number: row.voucher_no })} onClick=${() => confirmPayment(row)} />
        <${Button} small kind="danger" icon="close" label=${t("administrator.vouchers.cancelOne", { number: row.voucher_no })}
          onClick=${() => cancel(row)} />
      </span>`,
    },
  ];
  return html`
    <${PagedTable} of=${of} caption=${t("administrator.vouchers.title")} columns=${columns}
      keyOf=${(/** @type {VoucherView} */ row) => row.voucher_no}
      empty=${html`<${EmptyState} icon="money" text=${empty} />`} />
  `;
}
