import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { Money, UserText, When } from "../../parts/values.js";
import { PersonLink } from "./links.js";

/** @import { DeadLetters, FailureView, Today as TodayNumbers, VoucherView } from "lms/api" */

const FEW = 5;

/** What needs the administrator today, and the ways to what they do most. */
export default function Home() {
  const today = useLoad(() => get("/institute/today"));
  const failures = useLoad(() => get("/notifications/failures", { query: { limit: FEW } }));
  const overdue = useLoad(() => get("/payments/vouchers", { query: { status: "overdue", limit: FEW } }));
  return html`
    <${Page} title=${t("administrator.home.title")}>
      <nav class="row" aria-label=${t("administrator.home.quick")}>
        <${Button} icon="people" href="/app/admin/people">${t("administrator.home.findPerson")}<//>
        <${Button} icon="upload" href="/app/admin/people/import-list">${t("administrator.people.importList")}<//>
        <${Button} icon="book" href="/app/admin/programs">${t("administrator.programs.title")}<//>
        <${Button} icon="money" href="/app/admin/vouchers">${t("administrator.vouchers.title")}<//>
        <${Button} icon="settings" href="/app/admin/institute">${t("administrator.institute.title")}<//>
      </nav>
      <${Loaded} of=${today} lines=${2}>${(/** @type {TodayNumbers} */ numbers) => html`<${Numbers} today=${numbers} />`}<//>
      <div class="cards">
        <${List} title=${t("administrator.failures.title")} href="/app/admin/failures" of=${failures} empty=${t("administrator.failures.none")}
          row=${(/** @type {FailureView} */ { id, recipient_id, recipient_name, type, failed_at }) => html`
            <li key=${id}>
              <${PersonLink} id=${recipient_id} name=${recipient_name} />
              <p class="quiet">${tOf("notification", type)} · <${When} at=${failed_at} /></p>
            </li>
          `} />
        <${List} title=${t("administrator.home.overdue")} href="/app/admin/vouchers?status=overdue" of=${overdue} empty=${t("administrator.home.noOverdue")}
          row=${(/** @type {VoucherView} */ { voucher_no, student_id, student_name, fee, currency, due_date }) => html`
            <li key=${voucher_no}>
              <a href="/app/admin/vouchers?student=${student_id}"><${UserText}>${student_name ?? student_id}<//></a>
              <p class="quiet"><${Money} amount=${fee} currency=${currency} /> · <${When} at=${due_date} as="date" /></p>
            </li>
          `} />
      </div>
    <//>
  `;
}

/** What happened today, and what the system could not process. @param {{ today: TodayNumbers }} props */
function Numbers({ today: { date, registered, enrolled, paid, deadLetters } }) {
  return html`
    <${Card} title=${t("administrator.home.today")} actions=${html`<span class="quiet"><${When} at=${date} as="date" /></span>`}>
      <dl class="day-figures">
        <div><dt>${t("administrator.home.registered")}</dt><dd>${number(registered)}</dd></div>
        <div><dt>${t("administrator.home.enrolled")}</dt><dd>${number(enrolled)}</dd></div>
        <div><dt>${t("administrator.home.paid")}</dt><dd>${number(paid)}</dd></div>
        <div><dt>${t("administrator.home.deadLetters")}</dt><dd>${number(deadLetters.count)}</dd></div>
      </dl>
      ${deadLetters.count > 0 && html`<${Unprocessed} letters=${deadLetters} />`}
    <//>
  `;
}

/** @param {{ letters: DeadLetters }} props */
function Unprocessed({ letters }) {
  return html`
    <div class="note stack">
      <p>${t("administrator.home.deadLettersText")}</p>
      <ul class="stack">${letters.reasons.map(({ reason, count }) => html`
        <li key=${reason}><b>${number(count)} ×</b> <code dir="ltr">${reason}</code></li>
      `)}</ul>
    </div>
  `;
}

/**
 * The first few of a list, and the way to all.
 * @template T
 * @param {{ title: string, href: string, of: import("../../parts/load.js").Resource<{ items: T[] }>, empty: string, row: (item: T) => unknown }} props
 */
function List({ title, href, of, empty, row }) {
  return html`
    <${Card} title=${title} actions=${html`<a href=${href} aria-label=${t("administrator.home.allOf", { title })}>${t("administrator.home.all")}</a>`}>
      <${Loaded} of=${of}>
        ${(/** @type {{ items: T[] }} */ { items }) =>
    items.length ? html`<ul class="stack">${items.map(row)}</ul>` : html`<${EmptyState} icon="check" text=${empty} />`}
      <//>
    <//>
  `;
}
