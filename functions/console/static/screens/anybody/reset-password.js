import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Page } from "../../parts/page.js";
import { SetPassword } from "./set-password.js";

/** Where the links in mails about a forgotten password lead. */
export default function ResetPassword() {
  return html`
    <${Page} title=${t("reset.title")} width="narrow">
      <${SetPassword} incomplete=${t("reset.incomplete")} otherwise=${html`<a href="/app/forgot-password">${t("forgot.title")}</a>`} />
    <//>
  `;
}
