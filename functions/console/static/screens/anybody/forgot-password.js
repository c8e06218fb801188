import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Field, Form, PasswordField } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { go } from "../../router.js";

/** Asks for a code, then takes it with a new password. */
export default function ForgotPassword() {
  const [sent, setSent] = useState(/** @type {{ id: string, to: string } | null} */ (null));

  /** @param {any} values */
  async function ask({ to }) {
    const body = to.includes("@") ? { email: to } : { mobile_number: to };
    const { reset_id: id } = await post("/auth/forgot-password", { body });
    setSent({ id, to });
  }

  /** @param {any} values */
  async function reset({ code, new_password: password }) {
    await post("/auth/reset-password", { body: { reset_id: sent?.id, code, new_password: password } });
    toast(t("reset.done"));
    go("/app/sign-in");
  }

  return html`
    <${Page} title=${t("forgot.title")} width="narrow" back=${{ href: "/app/sign-in", label: t("signIn.title") }}>
      <${Card}>
        ${sent
    ? html`
          <p role="status">${t("forgot.sent")} <bdi>${sent.to}</bdi></p>
          <${Form} key="reset" submit=${t("reset.submit")} onSubmit=${reset}>
            <${Field} name="code" label=${t("forgot.code")} inputmode="numeric" autocomplete="one-time-code" dir="ltr" maxlength="6" />
            <${PasswordField} name="new_password" label=${t("reset.password")} hint=${t("password.hint")} autocomplete="new-password" />
          <//>
        `
    : html`
          <${Form} key="ask" submit=${t("forgot.submit")} onSubmit=${ask}>
            <${Field} name="to" label=${t("forgot.to")} hint=${t("forgot.to.hint")} autocomplete="email" autocapitalize="none" dir="ltr" />
          <//>
        `}
      <//>
    <//>
  `;
}
