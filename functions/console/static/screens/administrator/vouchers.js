import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Filters } from "../../parts/filters.js";
import { Field } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { usePages } from "../../parts/pager.js";
import { IssueVouchers } from "./issue-vouchers.js";
import { VoucherTable } from "./voucher-table.js";

/** @import { VoucherStatus } from "lms/api" */

const PATH = "/app/admin/vouchers";
/** @type {VoucherStatus[]} */
const STATUSES = ["unpaid", "overdue", "paid", "cancelled"];

/** What is to be paid, or was: by status, or of one student. @param {import("../../router.js").ScreenProps} props */
export default function Vouchers({ query }) {
  const [issuing, setIssuing] = useState(false);
  const student = query.get("student") ?? undefined;
  const status = STATUSES.find((one) => one === query.get("status"));
  const vouchers = usePages((cursor) => get("/payments/vouchers", { query: { student_id: student, status, cursor } }), [student, status]);
  const issue = html`<${Button} kind="main" icon="plus" onClick=${() => setIssuing(true)}>${t("administrator.vouchers.issue")}<//>`;
  return html`
    <${Page} title=${t("administrator.vouchers.title")} actions=${issue} width="wide"
      back=${student && { href: `/app/admin/people/${student}`, label: t("administrator.person.title") }}>
      <${Filters} path=${PATH} key=${query.toString()}>
        ${student && html`<input type="hidden" name="student" value=${student} />`}
        <${Field} name="status" label=${t("administrator.vouchers.status")} value=${status ?? ""} required=${false}
          options=${[{ value: "", label: t("filters.all") }, ...STATUSES.map((value) => ({ value, label: tOf("voucherStatus", value) }))]} />
      <//>
      <${Card}>
        <${VoucherTable} of=${vouchers} empty=${status || student ? t("administrator.vouchers.noneFound") : t("administrator.vouchers.none")} />
      <//>
      ${issuing && html`<${IssueVouchers} onClose=${() => setIssuing(false)} onIssued=${vouchers.reload} />`}
    <//>
  `;
}
