import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { AccountPage } from "./account-page.js";

/** The address by which a calendar shows my exams and payments. It is shown once: nobody keeps it but its owner. */
export default function Calendar() {
  const [address, setAddress] = useState(/** @type {string | null} */ (null));

  async function make() {
    const { url } = await post("/calendar");
    setAddress(url);
  }
  async function end() {
    const question = { title: t("account.calendar.end"), text: t("account.calendar.endText"), action: t("account.calendar.end"), danger: true };
    if (!await confirm(question)) return;
    await del("/calendar");
    setAddress(null);
    toast(t("account.calendar.ended"));
  }
  async function copy() {
    await navigator.clipboard.writeText(String(address));
    toast(t("copied"));
  }

  return html`
    <${AccountPage} title=${t("account.calendar.title")} lead=${t("account.calendar.lead")}>
      <${Card}>
        ${address === null
    ? html`
            <p>${t("account.calendar.how")}</p>
            <p class="quiet">${t("account.calendar.replaces")}</p>
            <div class="row">
              <${Button} kind="main" icon="calendar" onClick=${make}>${t("account.calendar.make")}<//>
              <${Button} kind="danger" onClick=${end}>${t("account.calendar.end")}<//>
            </div>`
    : html`
            <div aria-live="polite">
              <p>${t("account.calendar.made")}</p>
              <p><code class="address" dir="ltr">${address}</code></p>
            </div>
            <p class="quiet">${t("account.calendar.secret")}</p>
            <div class="row">
              <${Button} kind="main" onClick=${copy}>${t("copy")}<//>
              <${Button} kind="danger" onClick=${end}>${t("account.calendar.end")}<//>
            </div>`}
      <//>
    <//>
  `;
}
