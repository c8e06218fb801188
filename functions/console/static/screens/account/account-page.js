import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Page } from "../../parts/page.js";
import { place } from "../../router.js";

const SCREENS = [
  { path: "/app/profile", label: "account.profile.title" },
  { path: "/app/preferences", label: "account.preferences.title" },
  { path: "/app/sign-ins", label: "account.signIns.title" },
  { path: "/app/calendar", label: "account.calendar.title" },
  { path: "/app/my-data", label: "account.myData.title" },
];

/** One of the screens of a person's account, with the way to the others. @param {{ title: string, lead?: string, children?: unknown }} props */
export function AccountPage({ title, lead, children }) {
  return html`
    <${Page} title=${title} lead=${lead}>
      <nav class="account-nav" aria-label=${t("account.nav")}>
        ${SCREENS.map(({ path, label }) => html`
          <a key=${path} href=${path} aria-current=${path === place.value.path ? "page" : undefined}>${t(label)}</a>
        `)}
      </nav>
      ${children}
    <//>
  `;
}
