/**
 * Calls of the API. Paths, parameters, bodies and answers are typed by its description:
 *
 *     const exam = await get("/exams/{examId}/details", { params: { examId } });
 *
 * A refusal is thrown as a `Problem`.
 */
import * as clock from "./clock.js";
import { Problem } from "./problem.js";
import { accessToken, refused } from "./session.js";

/** @import { Gets, Posts, Puts, Patches, Deletes } from "lms/api" */
/**
 * @typedef {object} Extra
 * @property {number} [ifMatch] the version that the change is made to; another one now is a Problem 412
 * @property {string} [key] an idempotency key of the caller's own, to send the same thing again
 * @property {number} [patience] milliseconds after which the line counts as down
 * @property {boolean} [keepalive] sent even while the page is closed
 */
/** @template {{ input: object }} O @typedef {{} extends O["input"] ? [input?: O["input"] & Extra] : [input: O["input"] & Extra]} Input */

const MOST_TRIES = 3;
const LONGEST_WAIT_S = 5;

/** @template {keyof Gets} P @param {P} path @param {Input<Gets[P]>} input @returns {Promise<Gets[P]["answer"]>} */
export const get = (path, ...input) => call("GET", path, input[0]);
/** @template {keyof Posts} P @param {P} path @param {Input<Posts[P]>} input @returns {Promise<Posts[P]["answer"]>} */
export const post = (path, ...input) => call("POST", path, input[0]);
/** @template {keyof Puts} P @param {P} path @param {Input<Puts[P]>} input @returns {Promise<Puts[P]["answer"]>} */
export const put = (path, ...input) => call("PUT", path, input[0]);
/** @template {keyof Patches} P @param {P} path @param {Input<Patches[P]>} input @returns {Promise<Patches[P]["answer"]>} */
export const patch = (path, ...input) => call("PATCH", path, input[0]);
/** @template {keyof Deletes} P @param {P} path @param {Input<Deletes[P]>} input @returns {Promise<void>} */
export const del = (path, ...input) => call("DELETE", path, input[0]);

/**
 * All items of a list, page after page, or those behind a page; for lists that a screen shows whole.
 * @template T
 * @param {(page: { limit: number, cursor?: string }) => Promise<{ items: T[], next: string | null }>} load
 * @param {string | null} [cursor] the `next` of the page before
 */
export async function all(load, cursor) {
  /** @type {T[]} */
  const items = [];
  do {
    const page = await load({ limit: 100, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

/**
 * @param {string} method @param {string} path
 * @param {{ params?: object, query?: object, body?: any } & Extra} [input]
 * @returns {Promise<any>}
 */
async function call(method, path, input = {}) {
  const address = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(/** @type {any} */ (input.params)[name])) + search(input.query);
  const key = input.key ?? (method === "POST" ? crypto.randomUUID() : undefined);
  for (let tries = 1;; tries++) {
    try {
      return await once(method, address, input, key);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Whoever asked for a wait of minutes is asked by a person again, not by us.
      const passes = error.status === 503 || (method === "GET" && error.status === 429);
      if (!passes || tries === MOST_TRIES || error.retryAfter > LONGEST_WAIT_S) throw error;
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter || 1) * 1000));
    }
  }
}

/**
 * @param {string} method @param {string} address
 * @param {{ body?: any } & Extra} input @param {string} [key]
 */
async function once(method, address, input, key) {
  let answer = await send(method, address, input, key, await accessToken());
  if (answer.status === 401) {
    const token = await accessToken();
    // Refused before its time: the session was ended, or this tab slept.
    if (token) {
      refused(token);
      answer = await send(method, address, input, key, await accessToken());
    }
  }
  if (!answer.ok) throw await Problem.of(answer);
  if (answer.status === 204) return undefined;
  try {
    return (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : await answer.text();
  } catch {
    // Its end did not come in time.
    throw new Problem(0);
  }
}

/**
 * @param {string} method @param {string} address
 * @param {{ body?: any } & Extra} input @param {string | undefined} key @param {string | null} token
 */
async function send(method, address, input, key, token) {
  const { body, ifMatch, patience = 30_000, keepalive } = input;
  const isPlain = body !== undefined && !(body instanceof URLSearchParams) && typeof body !== "string";
  const asked = performance.now();
  try {
    const answer = await fetch(address, {
      method,
      signal: AbortSignal.timeout(patience),
      keepalive,
      cache: "no-store",
      body: isPlain ? JSON.stringify(body) : body,
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(isPlain ? { "Content-Type": "application/json" } : {}),
        ...(typeof body === "string" ? { "Content-Type": "text/csv" } : {}),
        ...(key && token ? { "Idempotency-Key": key } : {}),
        ...(ifMatch === undefined ? {} : { "If-Match": `"${ifMatch}"` }),
      },
    });
    const date = Date.parse(answer.headers.get("Date") ?? "");
    if (date) clock.learn(date, asked, performance.now(), 1000);
    return answer;
  } catch {
    // fetch says of a line that is down, and of our patience that ended, only that there is no answer.
    throw new Problem(0);
  }
}

/** @param {object} [query] */
function search(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}
