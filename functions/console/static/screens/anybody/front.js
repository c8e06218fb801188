import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { institute } from "../../parts/institute.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { UserText } from "../../parts/values.js";
import { person } from "../../session.js";

/** The institute's front page: its name, what is taught, the way in. */
export default function Front() {
  const programs = useLoad(() => get("/programs/list", { query: { limit: 50 } }));
  return html`
    <${Page} title=${institute.value.name ?? ""} lead=${t("front.lead")} actions=${
    person.value
      ? html`<${Button} kind="main" href="/app">${t("front.continue")}<//>`
      : html`<${Button} kind="main" href="/app/sign-in">${t("signIn.title")}<//>`
  }>
      <h2>${t("front.programs")}</h2>
      <${Loaded} of=${programs}>
        ${(/** @type {NonNullable<typeof programs.data>} */ { items }) =>
    items.length === 0
      ? html`<${EmptyState} icon="book" text=${t("front.noPrograms")} />`
      : html`<ul class="cards">${items.map((program) => html`
          <li key=${program.id} class="card">
            <h3><${UserText}>${program.title}<//></h3>
            <p class="quiet" dir="auto">${program.description}</p>
          </li>
        `)}</ul>`}
      <//>
    <//>
  `;
}
