import { useEffect, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { institute } from "../../parts/institute.js";
import { Loaded } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Badge, Money, UserText, When } from "../../parts/values.js";

/** @import { OwnVoucher, PageOfOwnVoucher, PaymentState } from "lms/api" */

/** @type {Record<PaymentState, "good" | "fair" | "bad">} */
const TONES = { Paid: "good", Unpaid: "fair", Overdue: "bad" };

/** What I have to pay, by when and how. @param {import("../../router.js").ScreenProps} props */
export default function Payments({ params: { voucherNo } }) {
  const vouchers = usePages((cursor) => get("/student/payment", { query: { cursor } }));
  return html`
    <${Page} title=${t("student.payments.title")}>
      <${Loaded} of=${vouchers} lines=${5}>${(/** @type {PageOfOwnVoucher} */ { items }) => html`
        ${items.length === 0 && html`<${EmptyState} icon="money" text=${t("student.payments.none")} />`}
        ${items.some(isOpen) && html`<${HowToPay} />`}
        <ul class="stack">${items.map((voucher) => html`
          <${Voucher} key=${voucher.VoucherNo} voucher=${voucher} isWanted=${voucher.VoucherNo === voucherNo} />
        `)}</ul>
        <${Pager} of=${vouchers} />
      `}<//>
    <//>
  `;
}

/** @param {OwnVoucher} voucher */
const isOpen = (voucher) => voucher.Payment !== "Paid";

function HowToPay() {
  const mail = institute.value.contactEmail;
  return html`
    <section class="card how-to-pay">
      <h2>${t("student.payments.how")}</h2>
      <ol>
        <li>${t("student.payments.step1")}</li>
        <li>${t("student.payments.step2")}</li>
        <li>${t("student.payments.step3")}</li>
      </ol>
      ${mail && html`<p class="quiet">${t("student.payments.questions")} <a href="mailto:${mail}" dir="ltr">${mail}</a></p>`}
    </section>
  `;
}

/** @param {{ voucher: OwnVoucher, isWanted: boolean }} props */
function Voucher({ voucher, isWanted }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (isWanted) place.current?.scrollIntoView({ block: "center" });
  }, [isWanted]);
  return html`
    <li class=${isWanted ? "card voucher voucher-wanted" : "card voucher"} ref=${place}>
      <div>
        <h3><a href="/app/courses/${voucher.course_id}"><${UserText}>${voucher.Course}<//></a></h3>
        <p class="quiet"><${UserText}>${voucher.Quarter}<//></p>
      </div>
      <div class="voucher-end">
        <p class="voucher-amount"><${Money} amount=${voucher.fee_amount} currency=${voucher.currency} /></p>
        <${Badge} tone=${TONES[voucher.Payment]}>${tOf("payment", voucher.Payment)}<//>
      </div>
      <dl>
        <div><dt>${t("student.payments.voucher")}</dt><dd dir="ltr"><code>${voucher.VoucherNo}</code></dd></div>
        ${voucher.Date
    ? html`<div><dt>${t("student.payments.paidAt")}</dt><dd><${When} at=${voucher.Date} as="date" /></dd></div>`
    : html`<div><dt>${t("student.payments.due")}</dt><dd><${When} at=${voucher.due_date} as="date" /></dd></div>`}
      </dl>
    </li>
  `;
}
