import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { language, t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form, PasswordField } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { Card, Page } from "../../parts/page.js";
import { Problem } from "../../problem.js";
import { go } from "../../router.js";
import { signIn } from "../../session.js";

// The gateway hears of an account a moment after it is made.
const TRIES = 30;

/** A student's own account, and at once the first sign-in with it. */
export default function Register() {
  // An account that was made is not made again when the sign-in after it fails.
  const [made, setMade] = useState("");

  /** @param {any} values */
  async function register({ name, email, username, password }) {
    if (made !== username) {
      await post("/auth/register", { body: { name, email, username, password, language: language.value } });
      setMade(username);
    }
    await firstSignIn(username, password);
    go("/app", { replace: true });
  }

  if (institute.value.registration === "closed") {
    return html`
      <${Page} title=${t("register.title")} width="narrow">
        <${EmptyState} icon="person" text=${t("register.closed")}><a href="/app/sign-in">${t("signIn.title")}</a><//>
      <//>
    `;
  }
  return html`
    <${Page} title=${t("register.title")} width="narrow">
      <${Card}>
        <${Form} submit=${t("register.title")} onSubmit=${register}>
          <${Field} name="name" label=${t("register.name")} autocomplete="name" maxlength="200" />
          <${Field} name="email" type="email" label=${t("register.email")} autocomplete="email" dir="ltr" />
          <${Field} name="username" label=${t("register.username")} hint=${t("register.username.hint")} autocomplete="username"
            autocapitalize="none" spellcheck=${false} dir="ltr" minlength="3" maxlength="64" />
          <${PasswordField} name="password" label=${t("password.label")} hint=${t("password.hint")} autocomplete="new-password" />
        <//>
      <//>
      <p class="centre">${t("register.known")} <a href="/app/sign-in">${t("signIn.title")}</a></p>
    <//>
  `;
}

/** @param {string} username @param {string} password */
async function firstSignIn(username, password) {
  for (let tries = 1;; tries++) {
    try {
      return await signIn(username, password);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 409 || tries === TRIES) throw problem;
      await new Promise((resolve) => setTimeout(resolve, (problem.retryAfter || 1) * 1000));
    }
  }
}
