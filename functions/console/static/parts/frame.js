import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { language, LANGUAGES, number, t, tOf } from "../i18n.js";
import { online, update } from "../offline.js";
import { go, place } from "../router.js";
import { person, signOut } from "../session.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";
import { institute, loadInstitute } from "./institute.js";
import { Menu } from "./menu.js";
import { changeLanguage } from "./own-language.js";
import { problemText } from "./problem-text.js";
import { toast } from "./toast.js";
import { loadUnread, unread } from "./unread.js";

/** @import { Language } from "../i18n.js" */
/** @import { Route } from "../router.js" */

// So many fit below a phone's screen, beside the button for the rest.
const ON_A_PHONE = 4;

/**
 * What is around every screen: the institute's name, the menu of the person's role, the language, the person.
 * @param {{ routes: Route[], bare?: boolean, children?: unknown }} props
 */
export function Frame({ routes, bare = false, children }) {
  useEffect(() => {
    // Without it the header has no name; the screen itself says when the line is down.
    loadInstitute().catch((problem) => console.info(problem));
  }, []);
  const role = person.value?.role;
  const entries = bare || !role ? [] : routes.filter((route) => route.nav && route.roles?.includes(role));
  return html`
    <a class="skip" href="#main">${t("frame.skip")}</a>
    <div class=${entries.length ? "frame frame-nav" : "frame"}>
      ${!bare && html`<${Header} />`}
      ${entries.length > 0 && html`<${Navigation} entries=${entries} />`}
      <main id="main" tabindex="-1">
        <${Notices} />
        ${children}
      </main>
    </div>
  `;
}

function Header() {
  const name = institute.value.name ?? "";
  const logo = institute.value.logoUrl;
  return html`
    <header class="header">
      <a class="brand" href=${person.value ? "/app" : "/"}>
        ${logo && html`<img src=${logo} alt="" width="28" height="28" />`}<bdi>${name}</bdi>
      </a>
      <div class="header-end">
        <${LanguageMenu} />
        ${person.value && html`<${Bell} /><${PersonMenu} />`}
      </div>
    </header>
  `;
}

export function LanguageMenu() {
  /** @param {Language} next */
  const change = (next) => changeLanguage(next).catch((problem) => toast(problemText(problem), "bad"));
  const { name } = LANGUAGES[language.value];
  return html`
    <${Menu} label=${t("frame.language", { name })} icon="globe" text=${name}>
      ${Object.entries(LANGUAGES).map(([code, { name }]) => html`
        <button key=${code} type="button" lang=${code} aria-current=${code === language.value ? "true" : undefined}
          onClick=${() => change(/** @type {Language} */ (code))}>${name}</button>
      `)}
    <//>
  `;
}

/** The way to the notifications, with how many are unread. */
function Bell() {
  const id = person.value?.id;
  useEffect(() => {
    // The list itself says when it cannot be had.
    loadUnread().catch((problem) => console.info(problem));
  }, [id]);
  const count = unread.value ?? 0;
  return html`
    <a class="button button-quiet button-icon bell" href="/app/notifications" aria-label=${t("frame.notifications", { count })}>
      <${Icon} name="bell" />${count > 0 && html`<span class="bell-count" aria-hidden="true">${number(count)}</span>`}
    </a>
  `;
}

function PersonMenu() {
  const { username, role } = /** @type {import("../session.js").Person} */ (person.value);
  async function leave() {
    go("/");
    await signOut();
  }
  return html`
    <${Menu} label=${t("frame.person", { name: username })} icon="person" text=${username}>
      <p class="menu-note"><bdi>${username}</bdi><br />${tOf("role", role)}</p>
      <a href="/app/profile"><${Icon} name="settings" />${t("frame.profile")}</a>
      <button type="button" onClick=${leave}><${Icon} name="out" />${t("frame.signOut")}</button>
    <//>
  `;
}

/** Beside the screen, or on a phone below it with the first few and a button for all. @param {{ entries: Route[] }} props */
function Navigation({ entries }) {
  const [open, setOpen] = useState(false);
  const path = place.value.path;
  useEffect(() => setOpen(false), [path]);
  // All addresses begin as the home's does.
  const current = entries.filter(({ path: of }) => path === of || (of !== "/app" && path.startsWith(`${of}/`))).at(-1);
  const more = entries.length > ON_A_PHONE + 1;
  return html`
    <nav class=${open ? "nav nav-open" : "nav"} aria-label=${t("frame.menu")}>
      <ul>
        ${entries.map((route, at) => html`
          <li key=${route.path} class=${more && at >= ON_A_PHONE ? "nav-later" : undefined}>
            <a href=${route.path} aria-current=${route === current ? "page" : undefined}>
              <${Icon} name=${route.nav?.icon ?? "list"} /><span>${t(route.nav?.label ?? "")}</span>
            </a>
          </li>
        `)}
        ${more && html`
          <li class="nav-more">
            <button type="button" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>
              <${Icon} name=${open ? "close" : "more"} /><span>${t("frame.more")}</span>
            </button>
          </li>
        `}
      </ul>
    </nav>
  `;
}

/** What is true of every screen at this moment. */
function Notices() {
  return html`
    <div aria-live="polite">
      ${!online.value && html`<p class="notice"><${Icon} name="offline" />${t("frame.offline")}</p>`}
      ${update.value && html`
        <p class="notice">
          <${Icon} name="info" />${t("frame.update")} <${Button} small onClick=${update.value}>${t("frame.update.show")}<//>
        </p>
      `}
    </div>
  `;
}
