/** Where everything starts: the language, then the screen that the address names. */
import { useEffect, useState } from "preact/hooks";
import { html, render } from "htm/preact";
import { language, loadWords, showLanguage, t } from "./i18n.js";
import { startOffline } from "./offline.js";
import { match, place, startRouter } from "./router.js";
import { person } from "./session.js";
import { settings } from "./settings.js";
import { Frame } from "./parts/frame.js";
import { Dialogs } from "./parts/dialog.js";
import { Toasts } from "./parts/toast.js";
import { ScreenSkeleton } from "./parts/skeleton.js";
import { EmptyState } from "./parts/empty.js";
import { Page } from "./parts/page.js";
import { Button } from "./parts/button.js";
import { routes as account } from "./screens/account/routes.js";
import { routes as anybody } from "./screens/anybody/routes.js";
import { routes as student } from "./screens/student/routes.js";
import { routes as teacher } from "./screens/teacher/routes.js";
import { routes as administrator } from "./screens/administrator/routes.js";

/** @import { Match } from "./router.js" */
/** @typedef {Awaited<ReturnType<import("./router.js").Route["load"]>>["default"]} Screen */

/** All screens, with the words of their folders, and of what the API may refuse. */
const ROUTES = [
  ...Object.entries({ student, teacher, administrator, account }).flatMap(([words, routes]) =>
    routes.map((route) => ({ ...route, words: [words, "refusals", ...route.words ?? []] }))),
  ...anybody,
];
const SIGN_IN = "/app/sign-in";

function App() {
  const found = match(ROUTES, place.value.path, person.value);
  const wanted = found && mayShow(found) ? found : signInInstead(found);
  return html`
    <${Frame} routes=${ROUTES} bare=${wanted?.route.bare}>
      <${Shown} key=${wanted?.route.path} match=${wanted} />
    <//>
    <${Dialogs} />
    <${Toasts} />
  `;
}

/** @param {Match} match */
function mayShow({ route }) {
  return !route.roles || (person.value !== null && route.roles.includes(person.value.role));
}

/** Whoever is not signed in can, and gets where they wanted to. @param {Match | null} found */
function signInInstead(found) {
  return found && person.value === null ? match(ROUTES, SIGN_IN, null) : null;
}

/** @param {{ match: Match | null }} props */
function Shown({ match }) {
  const [screen, setScreen] = useState(/** @type {{ Screen: Screen } | null} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!match) return;
    setFailed(false);
    Promise.all([match.route.load(), loadStyle(match.route.style), loadWords(match.route.words)])
      .then(([module]) => setScreen({ Screen: module.default }))
      .catch(() => setFailed(true));
  }, [match?.route]);
  if (!match) return html`<${NotFound} />`;
  if (failed) return html`<${NotLoaded} />`;
  if (!screen) return html`<${ScreenSkeleton} />`;
  const { path, query } = place.value;
  return html`<${screen.Screen} key=${path} params=${match.params} query=${query} />`;
}

function NotFound() {
  return html`
    <${Page} title=${t("page.notFound.title")}>
      <${EmptyState} icon="search" text=${t("page.notFound.text")}>
        <${Button} href=${person.value ? "/app" : "/"}>${t("page.notFound.home")}<//>
      <//>
    <//>
  `;
}

/** Its file is gone, as after an update, or the line is down. */
function NotLoaded() {
  return html`
    <${Page} title=${t("page.notLoaded.title")}>
      <${EmptyState} icon="offline" text=${t("page.notLoaded.text")}>
        <${Button} onClick=${() => location.reload()}>${t("page.notLoaded.reload")}<//>
      <//>
    <//>
  `;
}

/** @param {string | undefined} name */
function loadStyle(name) {
  const href = `${settings.static}/style/${name}.css`;
  if (!name || document.querySelector(`link[href="${href}"]`)) return;
  const link = document.createElement("link");
  return new Promise((resolve, reject) => {
    Object.assign(link, { rel: "stylesheet", href, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}

startRouter();
await showLanguage(language.value);
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
startOffline();
