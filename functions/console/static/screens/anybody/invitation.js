import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { institute } from "../../parts/institute.js";
import { Page } from "../../parts/page.js";
import { SetPassword } from "./set-password.js";

/** Where the link of an invitation leads: whoever was invited chooses a password. */
export default function Invitation() {
  return html`
    <${Page} title=${t("invitation.title", { institute: institute.value.name ?? "" })} lead=${t("invitation.lead")} width="narrow">
      <${SetPassword} incomplete=${t("invitation.incomplete")} otherwise=${html`<a href="/app/sign-in">${t("signIn.title")}</a>`} />
    <//>
  `;
}
