import { html } from "htm/preact";
import { del, get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { Loaded } from "../../parts/load.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText, When } from "../../parts/values.js";
import { AccountPage } from "./account-page.js";

/** @import { PageOfSessionView, SessionView } from "lms/api" */

/** Where I am signed in, and an end to each. */
export default function SignIns() {
  const sessions = usePages((cursor) => get("/auth/sessions", { query: { cursor } }));

  /** @param {SessionView} session */
  async function end({ id, client }) {
    const title = t("account.signIns.end");
    if (!await confirm({ title, text: t("account.signIns.endText", { client }), action: title, danger: true })) return;
    await del("/auth/sessions/{sessionId}", { params: { sessionId: id } });
    toast(t("account.signIns.ended"));
    await sessions.reload();
  }

  return html`
    <${AccountPage} title=${t("account.signIns.title")} lead=${t("account.signIns.lead")}>
      <${Loaded} of=${sessions}>${(/** @type {PageOfSessionView} */ { items }) => html`
        <${Card}>
          <ul class="rows">
            ${items.map((session) => html`
              <li key=${session.id} class="entry">
                <div class="entry-text">
                  <strong><${UserText}>${session.client}<//></strong>
                  ${session.current && html` <${Badge} tone="good">${t("account.signIns.current")}<//>`}
                  <p class="quiet">
                    ${t("account.signIns.lastUsed")} <${When} at=${session.last_used_at} />
                    ${session.address && html` · <bdi dir="ltr">${session.address}</bdi>`}
                  </p>
                  <p class="quiet">${t("account.signIns.since")} <${When} at=${session.started_at} /></p>
                </div>
                ${!session.current && html`<${Button} small kind="danger" onClick=${() => end(session)}>${t("account.signIns.end")}<//>`}
              </li>
            `)}
          </ul>
        <//>
        <${Pager} of=${sessions} />
      `}<//>
    <//>
  `;
}
