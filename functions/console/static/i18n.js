/**
 * The language: sentences from `words/`, and dates and numbers as its readers write them.
 *
 * The words of everybody are in `anybody.json`, those of the screens of a folder in a file of its name, which is loaded
 * with the first of them.
 * `t("student.home.title")`; `{name}` in a sentence is filled in from `values`. A sentence that counts is an object of
 * plural forms, chosen by `values.count`. Keys stand whole in the code, or as `tOf("exam.state", state)`.
 */
import { signal } from "@preact/signals";
import { settings } from "./settings.js";

/** @typedef {"en" | "ur"} Language */
/** @typedef {Record<string, string | Record<string, string>>} Words */

const CHOSEN = "lms.language";
/** @type {Record<Language, { name: string, dir: "ltr" | "rtl" }>} */
export const LANGUAGES = { en: { name: "English", dir: "ltr" }, ur: { name: "اردو", dir: "rtl" } };

/** @type {import("@preact/signals").Signal<Language>} */
export const language = signal(chosen());
/** @type {import("@preact/signals").Signal<Words>} */
const words = signal({});
/** The files that are loaded. @type {Set<string>} */
const loaded = new Set(["anybody"]);
/** What is being loaded: one thing after the other, so that no file comes in the language before. */
let loading = Promise.resolve();

/** Loads the words of a language and shows everything in it. @param {Language} next */
export function showLanguage(next) {
  return afterOthers(async () => {
    words.value = await fetchWords(next, [...loaded]);
    language.value = next;
    document.documentElement.lang = next;
    document.documentElement.dir = LANGUAGES[next].dir;
  });
}

/** Loads words that a screen needs. @param {string[]} [names] */
export async function loadWords(names = []) {
  if (names.every((name) => loaded.has(name))) return;
  await afterOthers(async () => {
    words.value = { ...words.value, ...await fetchWords(language.value, names) };
    for (const name of names) loaded.add(name);
  });
}

/** @param {() => Promise<void>} load */
function afterOthers(load) {
  const done = loading.then(load);
  // Whoever waits for it hears of its failure; what comes after it is loaded all the same.
  loading = done.catch(() => {});
  return done;
}

/** @param {Language} of @param {string[]} names @returns {Promise<Words>} */
async function fetchWords(of, names) {
  const answers = await Promise.all(names.map((name) => fetch(`${settings.static}/words/${of}/${name}.json`)));
  return Object.assign({}, ...await Promise.all(answers.map((answer) => answer.json())));
}

/** As `showLanguage`, and remembered on this device. @param {Language} next */
export function chooseLanguage(next) {
  localStorage.setItem(CHOSEN, next);
  return showLanguage(next);
}

/** @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
export function t(key, values = {}) {
  const found = words.value[key];
  if (found === undefined) return key;
  const sentence = typeof found === "string" ? found : found[plural(Number(values.count))] ?? found.other;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : isolated(value);
  });
}

/** Letters that run the other way turn neither the sentence around them nor what stands beside them. @param {string} text */
function isolated(text) {
  const others = LANGUAGES[language.value].dir === "rtl" ? /\p{Script=Latin}/u : /\p{Script=Arabic}/u;
  return others.test(text) ? `\u2068${text}\u2069` : text;
}

/** The word for one of a few values that the API has: `tOf("role", "admin")` is the key `role.admin`.
 * @param {string} group @param {string} value */
export function tOf(group, value) {
  return t(`${group}.${value}`);
}

/** Whether there are words for a key, such as a code of the API's. @param {string} key */
export function hasWords(key) {
  return key in words.value;
}

const locale = () => (language.value === "ur" ? "ur-PK" : "en-GB");

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** @param {number} value of 100 */
export function percent(value) {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 2 }).format(value / 100);
}

/** @param {number | string} amount @param {string} currency */
export function money(amount, currency) {
  // Two places, whatever is usual for the currency: rupees would be rounded.
  const places = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return number(Number(amount), { style: "currency", currency, ...places, trailingZeroDisplay: "stripIfInteger" });
}

/** Names one after another: "Nadia and Omar". @param {string[]} names */
export function list(names) {
  return new Intl.ListFormat(locale()).format(names.map(isolated));
}

/** @param {number} bytes */
export function fileSize(bytes) {
  const isLarge = bytes >= 1e6;
  const options = { style: "unit", unit: isLarge ? "megabyte" : "kilobyte", maximumFractionDigits: isLarge ? 1 : 0 };
  return number(Math.max(bytes / (isLarge ? 1e6 : 1e3), 1), /** @type {Intl.NumberFormatOptions} */ (options));
}

// Of twelve hours in both languages, as people in Pakistan say them: nobody comes to an exam half a day late.
/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "numeric", minute: "2-digit", hour12: true };

/** A day. One without a time ("2027-03-04") is that day wherever it is read. @param {string | number} moment */
export function date(moment) {
  const isDay = typeof moment === "string" && /^\d{4}-\d\d-\d\d$/.test(moment);
  return format(moment, { weekday: "short", day: "numeric", month: "short", year: "numeric", ...(isDay ? { timeZone: "UTC" } : {}) });
}

/** @param {string | number} moment */
export function time(moment) {
  return format(moment, TIME);
}

/** @param {string | number} moment */
export function dateTime(moment) {
  return format(moment, { weekday: "short", day: "numeric", month: "short", ...TIME });
}

/** "in 3 days", "2 hours ago". @param {string | number} moment @param {number} now */
export function relative(moment, now) {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** A length of time: "1:05:09". @param {number} milliseconds */
export function clockTime(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

/** @param {string | number} moment @param {Intl.DateTimeFormatOptions} options */
function format(moment, options) {
  // In a narrow column it is broken after its commas alone.
  return new Intl.DateTimeFormat(locale(), options).format(new Date(moment)).replace(/(?<![,،]) /g, "\u00a0");
}

/** @param {number} count */
function plural(count) {
  return new Intl.PluralRules(locale()).select(count);
}

/** @returns {Language} */
function chosen() {
  const known = [localStorage.getItem(CHOSEN), ...navigator.languages.map((tag) => tag.split("-")[0])];
  return /** @type {Language} */ (known.find((tag) => tag !== null && tag in LANGUAGES) ?? "en");
}
