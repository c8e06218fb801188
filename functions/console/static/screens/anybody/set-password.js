import { useMemo } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Form, PasswordField } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { go } from "../../router.js";

/**
 * Sets a password by a link's token, which stays in the browser (`#token=`).
 * @param {{ incomplete: string, otherwise?: unknown }} props what is said of a link without token, and where else to go
 */
export function SetPassword({ incomplete, otherwise }) {
  const token = useMemo(() => new URLSearchParams(location.hash.slice(1)).get("token"), []);

  /** @param {any} values */
  async function set({ new_password: password }) {
    await post("/auth/reset-password", { body: { token, new_password: password } });
    toast(t("reset.done"));
    go("/app/sign-in", { replace: true });
  }

  if (!token) return html`<${EmptyState} icon="link" text=${incomplete}>${otherwise}<//>`;
  return html`
    <${Card}>
      <${Form} submit=${t("reset.submit")} onSubmit=${set} beside=${otherwise}>
        <${PasswordField} name="new_password" label=${t("reset.password")} hint=${t("password.hint")} autocomplete="new-password" />
      <//>
    <//>
  `;
}
