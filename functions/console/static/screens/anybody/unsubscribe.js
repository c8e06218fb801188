import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Card, Page } from "../../parts/page.js";

/** Asks before it ends mails of a kind, since programs open links in mails. @param {import("../../router.js").ScreenProps} props */
export default function Unsubscribe({ query }) {
  const [done, setDone] = useState(false);
  async function stop() {
    await post("/notifications/unsubscribe", { query: { token: query.get("token") ?? "" } });
    setDone(true);
  }
  return html`
    <${Page} title=${t("unsubscribe.title")} width="narrow">
      <${Card}>
        <div class="stack" role="status">
          ${done
    ? html`<p>${t("unsubscribe.done")}</p>`
    : html`<p>${t("unsubscribe.text")}</p><div class="row"><${Button} kind="main" onClick=${stop}>${t("unsubscribe.stop")}<//></div>`}
        </div>
      <//>
    <//>
  `;
}
