/**
 * Who is signed in. The access token is in memory alone; the refresh token is a cookie that no script can read.
 * Tabs share both: one refreshes at a time, and the others take what it got.
 */
import { signal } from "@preact/signals";
import { Problem } from "./problem.js";

/** @typedef {{ id: string, role: "student" | "teacher" | "admin", username: string }} Person */

const REMEMBERED = "lms.person";
// A token this near its end may be refused by the time it arrives.
const MARGIN_MS = 30_000;
const PATIENCE_MS = 30_000;

/** Who is signed in. Before the first answer, who was at the last visit, so that screens work while the line is down.
 * @type {import("@preact/signals").Signal<Person | null>} */
export const person = signal(remembered());

/** @type {{ token: string, until: number } | null} */
let access = null;
/** @type {Promise<void> | null} */
let refreshing = null;
const tabs = new BroadcastChannel("lms.session");

tabs.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.token === null) forget();
  else if (person.value && identity(data.token).id !== person.value.id) location.reload();
  else keep(data.token, data.seconds);
};

/** A token for a request; null for whoever is not signed in. Throws a Problem when it cannot be had now. */
export async function accessToken() {
  if (!isFresh() && person.value) await refresh();
  return access?.token ?? null;
}

/** The gateway no longer takes this token. @param {string} token */
export function refused(token) {
  if (access?.token === token) access = null;
}

/** @param {string} username a user name, e-mail address or roll number @param {string} password */
export async function signIn(username, password) {
  const { access_token: token, expires_in: seconds } = await ask("POST", "/auth/session", { username, password });
  accept(token, seconds);
}

/** Ends this sign-in, here and in all tabs, even when the server cannot be told. */
export async function signOut() {
  const ended = ask("DELETE", "/auth/session");
  forget();
  tabs.postMessage({ token: null });
  await ended;
}

/** A token that something else than signing in brought, beside a new cookie. @param {string} token @param {number} seconds */
export function accept(token, seconds) {
  keep(token, seconds);
  tabs.postMessage({ token, seconds });
}

function refresh() {
  refreshing ??= navigator.locks.request("lms.session", async () => {
    // While this tab waited, another may have got one.
    if (isFresh()) return;
    try {
      const { access_token: token, expires_in: seconds } = await ask("POST", "/auth/session/refresh");
      accept(token, seconds);
    } catch (problem) {
      if (problem instanceof Problem && [400, 401, 403].includes(problem.status)) forget();
      else throw problem;
    }
  }).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/**
 * @param {string} method @param {string} path @param {Record<string, string>} [form]
 * @returns {Promise<any>}
 */
async function ask(method, path, form) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      // Other sites cannot send it, so they cannot use the cookie.
      headers: { "X-Requested-With": "console" },
      signal: AbortSignal.timeout(PATIENCE_MS),
      body: form && new URLSearchParams(form),
    });
  } catch {
    throw new Problem(0);
  }
  if (!answer.ok) throw await Problem.of(answer);
  return answer.status === 204 ? undefined : answer.json();
}

/** @param {string} token @param {number} seconds */
function keep(token, seconds) {
  access = { token, until: performance.now() + seconds * 1000 - MARGIN_MS };
  const who = identity(token);
  localStorage.setItem(REMEMBERED, JSON.stringify(who));
  if (JSON.stringify(person.value) !== JSON.stringify(who)) person.value = who;
}

function forget() {
  access = null;
  localStorage.removeItem(REMEMBERED);
  person.value = null;
}

function isFresh() {
  return access !== null && performance.now() < access.until;
}

/** @param {string} token @returns {Person} */
function identity(token) {
  const claims = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  return { id: claims.sub, role: claims.role, username: claims.username };
}

/** @returns {Person | null} */
function remembered() {
  return JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
}
