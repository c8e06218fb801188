/** Which screen is shown: by the address, and by the role of whoever is signed in. */
import { signal } from "@preact/signals";

/** @import { Person } from "./session.js" */
/**
 * @typedef {object} Route
 * @property {string} path `:name` stands for one part, which the screen gets in `params`
 * @property {Person["role"][]} [roles] who may see it; anybody when left out
 * @property {() => Promise<{ default: (props: ScreenProps) => unknown }>} load
 * @property {{ label: string, icon: string }} [nav] its place in the menu, in the order of the routes
 * @property {boolean} [bare] without menu: for screens that want all attention
 * @property {string} [style] a style sheet of its own, below `style/`
 * @property {string[]} [words] the files of its words, beside those of everybody and of its folder
 */
/** @typedef {{ params: Record<string, string>, query: URLSearchParams }} ScreenProps */
/** @typedef {{ route: Route, params: Record<string, string> }} Match */

/** The address that is shown. */
export const place = signal(here());

/** What is asked before this screen is left, while it has something that nobody saved. @type {string | null} */
let question = null;

/** Asks before anything else is shown; null asks no longer, as does another screen. @param {string | null} text */
export function askBeforeLeaving(text) {
  question = text;
}

/** Shows another screen. @param {string} address @param {{ replace?: boolean }} [options] */
export function go(address, { replace = false } = {}) {
  if (!mayLeave()) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  arrive();
  globalThis.scrollTo(0, 0);
}

/** Follows links to screens without loading the page anew. */
export function startRouter() {
  addEventListener("popstate", () => {
    if (!mayLeave()) history.pushState(null, "", place.value.path + place.value.search);
    else arrive();
  });
  addEventListener("beforeunload", (event) => {
    if (question) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a");
    const isOurs = link && link.origin === location.origin && !link.target && !link.hasAttribute("download") &&
      (link.pathname === "/" || link.pathname === "/app" || link.pathname.startsWith("/app/"));
    if (!isOurs || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    // The same page: a jump within it.
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}

/** The first route that fits an address and a person. @param {Route[]} routes @param {string} path @param {Person | null} person @returns {Match | null} */
export function match(routes, path, person) {
  const fitting = routes.flatMap((route) => {
    const params = paramsOf(route.path, path);
    return params ? [{ route, params }] : [];
  });
  const own = fitting.find(({ route }) => !route.roles || (person && route.roles.includes(person.role)));
  return own ?? fitting[0] ?? null;
}

/** @param {string} pattern @param {string} path */
function paramsOf(pattern, path) {
  const [wanted, given] = [pattern.split("/"), path.replace(/(.)\/$/, "$1").split("/")];
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

function mayLeave() {
  return question === null || globalThis.confirm(question);
}

function arrive() {
  question = null;
  place.value = here();
}

function here() {
  return { path: location.pathname, search: location.search, query: new URLSearchParams(location.search) };
}
