import { html } from "htm/preact";
import { serverNow } from "../../clock.js";
import { date, t } from "../../i18n.js";
import { institute } from "../../parts/institute.js";

/** What stands above a printed document: of which institute it is, about whom, of which day. @param {{ name: string, rollNo: string }} props */
export function PrintHead({ name, rollNo }) {
  return html`
    <header class="print-head">
      <p><strong dir="auto">${institute.value.name}</strong></p>
      <p><bdi>${name}</bdi> · ${t("account.profile.rollNo")} <bdi dir="ltr">${rollNo}</bdi> · ${date(serverNow())}</p>
    </header>
  `;
}
