import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Page } from "../../parts/page.js";
import { SubNavigation } from "../../parts/sub-navigation.js";

const SCREENS = [
  { href: "/app/profile", label: "account.profile.title" },
  { href: "/app/preferences", label: "account.preferences.title" },
  { href: "/app/sign-ins", label: "account.signIns.title" },
  { href: "/app/calendar", label: "account.calendar.title" },
  { href: "/app/my-data", label: "account.myData.title" },
];

/** One of the screens of a person's account, with the way to the others. @param {{ title: string, lead?: string, children?: unknown }} props */
export function AccountPage({ title, lead, children }) {
  return html`
    <${Page} title=${title} lead=${lead}>
      <${SubNavigation} label=${t("account.nav")} entries=${SCREENS.map(({ href, label }) => ({ href, label: t(label) }))} />
      ${children}
    <//>
  `;
}
