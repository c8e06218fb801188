import { useMemo } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Form, PasswordField } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { go } from "../../router.js";

/** Where the links in mails lead, of resets and of invitations. The link's token stays in the browser (`#token=`). */
export default function ResetPassword() {
  const token = useMemo(() => new URLSearchParams(location.hash.slice(1)).get("token"), []);

  /** @param {any} values */
  async function reset({ new_password: password }) {
    await post("/auth/reset-password", { body: { token, new_password: password } });
    toast(t("reset.done"));
    go("/app/sign-in", { replace: true });
  }

  return html`
    <${Page} title=${t("reset.title")} width="narrow">
      ${token
    ? html`
        <${Card}>
          <${Form} submit=${t("reset.submit")} onSubmit=${reset}>
            <${PasswordField} name="new_password" label=${t("reset.password")} hint=${t("password.hint")} autocomplete="new-password" />
          <//>
        <//>
      `
    : html`<${EmptyState} icon="link" text=${t("reset.incomplete")}><a href="/app/forgot-password">${t("forgot.title")}</a><//>`}
    <//>
  `;
}
