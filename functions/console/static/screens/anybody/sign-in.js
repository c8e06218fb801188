import { html } from "htm/preact";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Field, Form, PasswordField } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { takeOwnLanguage } from "../../parts/own-language.js";
import { Card, Page } from "../../parts/page.js";
import { Problem } from "../../problem.js";
import { go, place } from "../../router.js";
import { signIn } from "../../session.js";
import { settings } from "../../settings.js";

const PATH = "/app/sign-in";

/**
 * Shown under its own address, and in the place of any screen that needs somebody signed in.
 * @param {import("../../router.js").ScreenProps} props `?to=` is the screen that it leads to
 */
export default function SignIn({ query }) {
  /** @param {string} username @param {string} password */
  async function enter(username, password) {
    await signIn(username, password).catch((problem) => {
      // What it says of a token is not about a password.
      if (problem instanceof Problem && problem.status === 401) problem.code = "credentials";
      throw problem;
    });
    // Without it, what this device shows stays.
    await takeOwnLanguage().catch((problem) => console.info(problem));
    const to = query.get("to") ?? "/app";
    if (place.value.path === PATH) go(to.startsWith("/app/") ? to : "/app", { replace: true });
  }

  return html`
    <${Page} title=${t("signIn.title")} width="narrow">
      <${Card}>
        <${Form} submit=${t("signIn.title")} onSubmit=${(/** @type {any} */ { username, password }) => enter(username, password)}
          beside=${html`<a href="/app/forgot-password">${t("signIn.forgot")}</a>`}>
          <${Field} name="username" label=${t("signIn.username")} autocomplete="username" autocapitalize="none"
            spellcheck=${false} dir="ltr" />
          <${PasswordField} name="password" label=${t("password.label")} autocomplete="current-password" />
        <//>
      <//>
      ${institute.value.registration === "open" && html`
        <p class="centre">${t("signIn.newHere")} <a href="/app/register">${t("register.title")}</a></p>
      `}
      ${settings.demo && html`<${DemoPeople} demo=${settings.demo} enter=${enter} />`}
    <//>
  `;
}

/** @param {{ demo: NonNullable<typeof settings.demo>, enter: (username: string, password: string) => Promise<void> }} props */
function DemoPeople({ demo, enter }) {
  const people = Object.entries(demo.people);
  return html`
    <${Card} title=${t("signIn.demo.title")}>
      <p class="quiet">${t("signIn.demo.text")}</p>
      <div class="row">
        ${people.map(([role, name]) => html`
          <${Button} key=${role} onClick=${() => enter(name, demo.password)}>${tOf("role", role)}<//>
        `)}
      </div>
      <p class="quiet"><a href=${demo.mailPage} rel="noopener noreferrer" target="_blank">${t("signIn.demo.mail")}</a></p>
    <//>
  `;
}
