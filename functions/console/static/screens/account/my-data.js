import { useEffect } from "preact/hooks";
import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { When } from "../../parts/values.js";
import { go } from "../../router.js";
import { person } from "../../session.js";
import { AccountPage } from "./account-page.js";

/** @import { ExportView } from "lms/api" */

const ASK_AGAIN_MS = 2000;

/** Everything that the institute keeps about me, as a file. @param {import("../../router.js").ScreenProps} props */
export default function MyData({ query }) {
  const asked = query.get("export");
  const personId = person.value?.id ?? "";

  async function request() {
    const { id } = await post("/people/{personId}/export", { params: { personId } });
    go(`/app/my-data?export=${id}`, { replace: true });
  }

  return html`
    <${AccountPage} title=${t("account.myData.title")} lead=${t("account.myData.lead")}>
      <${Card}>
        ${asked ? html`<${Export} key=${asked} personId=${personId} exportId=${asked} again=${request} />` : html`
          <p>${t("account.myData.text")}</p>
          <p><${Button} kind="main" icon="download" onClick=${request}>${t("account.myData.request")}<//></p>
        `}
      <//>
    <//>
  `;
}

/** One that was asked for, until it is there. @param {{ personId: string, exportId: string, again: () => Promise<void> }} props */
function Export({ personId, exportId, again }) {
  const found = useLoad(() => get("/people/{personId}/export/{exportId}", { params: { personId, exportId } }));
  const isGathering = found.data?.status === "gathering";
  useEffect(() => {
    if (!isGathering || found.loading) return;
    const waiting = setTimeout(found.reload, ASK_AGAIN_MS);
    return () => clearTimeout(waiting);
  }, [isGathering, found.loading]);
  return html`
    <${Loaded} of=${found}>${(/** @type {ExportView} */ { url, validUntil }) => html`
      <div role="status">
        ${url
    ? html`
            <p>${t("account.myData.ready")} <span class="quiet">${t("account.myData.until")} <${When} at=${validUntil} /></span></p>
            <p><${Button} kind="main" icon="download" href=${url} download>${t("account.myData.download")}<//></p>`
    : html`<p>${t("account.myData.gathering")}</p><progress class="progress" aria-label=${t("account.myData.gathering")}></progress>`}
      </div>
      ${url && html`<p><${Button} kind="quiet" onClick=${again}>${t("account.myData.again")}<//></p>`}
    `}<//>
  `;
}
