import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { SubNavigation } from "../../parts/sub-navigation.js";
import { When } from "../../parts/values.js";
import { loadUnread, unread } from "../../parts/unread.js";
import { place } from "../../router.js";
import { person } from "../../session.js";

/** @import { NotificationView, PageOfNotificationView } from "lms/api" */

/** What I was told, newest first; each leads to what it is about. @param {import("../../router.js").ScreenProps} props */
export default function Notifications({ query }) {
  const recipientId = person.value?.id ?? "";
  const isUnread = query.get("show") === "unread";
  const list = usePages(
    (cursor) => get("/notifications/{recipientId}/list", { params: { recipientId }, query: { unread: isUnread || undefined, cursor } }),
    [isUnread],
  );

  async function readAll() {
    await post("/notifications/{recipientId}/readAll", { params: { recipientId } });
    await Promise.all([list.reload(), loadUnread()]);
  }

  return html`
    <${Page} title=${t("account.notifications.title")} actions=${html`
      ${Boolean(unread.value) && html`<${Button} icon="check" onClick=${readAll}>${t("account.notifications.readAll")}<//>`}
      <${Button} kind="quiet" icon="settings" href="/app/preferences">${t("account.preferences.title")}<//>
    `}>
      <${SubNavigation} label=${t("account.notifications.which")} entries=${[
    { href: "/app/notifications", label: t("account.notifications.all") },
    { href: "/app/notifications?show=unread", label: t("account.notifications.unread") },
  ]} />
      <${Loaded} of=${list} lines=${6}>${(/** @type {PageOfNotificationView} */ { items }) =>
    items.length === 0
      ? html`<${EmptyState} icon="bell" text=${isUnread ? t("account.notifications.noneUnread") : t("account.notifications.none")} />`
      : html`
          <ul class="card rows">${items.map((item) => html`<${Notification} key=${item.id} item=${item} onRead=${list.reload} />`)}</ul>
          <${Pager} of=${list} />
        `}<//>
    <//>
  `;
}

/** @param {{ item: NotificationView, onRead: () => Promise<void> }} props */
function Notification({ item, onRead }) {
  const isNew = item.read_at === null;
  async function read() {
    await post("/notifications/{id}/read", { params: { id: item.id } });
    await loadUnread();
  }
  function open() {
    // It is shown all the same when this fails, and stays unread.
    if (isNew) read().catch((problem) => console.info(problem));
  }
  // What somebody wrote to everybody leads to this list.
  const leadsOn = item.link !== null && item.link !== place.value.path;
  const title = item.subject ?? item.course_title ?? item.exam_title;
  return html`
    <li class=${isNew ? "entry entry-new" : "entry"}>
      <div class="entry-text">
        <p class="quiet">
          ${isNew && html`<span class="dot" aria-hidden="true"></span><span class="only-heard">${t("account.notifications.new")} </span>`}
          <${When} at=${item.created_at} />
        </p>
        ${title && html`<p dir="auto"><strong>${title}</strong></p>`}
        <p class="as-typed" dir="auto">${item.message}</p>
        ${leadsOn && html`<p><a href=${item.link} onClick=${open}>${t("account.notifications.open")}<${Icon} name="forward" /></a></p>`}
      </div>
      ${isNew && html`
        <${Button} small kind="quiet" icon="check" label=${t("account.notifications.read")}
          onClick=${async () => {
    await read();
    await onRead();
  }} />
      `}
    </li>
  `;
}
