/**
 * What a running exam keeps on the device: the attempt as the server gave it and answers not yet sent (IndexedDB), and which
 * questions the student marked for review (`localStorage`, which tells other tabs).
 */

/** @import { AttemptView } from "lms/api" */
/**
 * @typedef {object} Pending An answer that the server has not acknowledged.
 * @property {unknown} value null takes the answer back
 * @property {unknown} base what the server had when it was given
 * @property {string} stamp another one for each change
 */

const VERSION = 1;
/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @param {AttemptView} attempt */
export async function keepAttempt(attempt) {
  await write("attempts", (store) => store.put(attempt));
}

/** The latest attempt of a student in an exam that this device knows.
 * @param {string} examId @param {string} studentId @returns {Promise<AttemptView | undefined>} */
export async function keptAttempt(examId, studentId) {
  /** @type {AttemptView[]} */
  const all = await read("attempts", (store) => store.getAll());
  return all.filter((one) => one.examId === examId && one.studentId === studentId).sort((a, b) => b.number - a.number)[0];
}

/** A student's attempts of which this device keeps answers that were not sent. @param {string} studentId @returns {Promise<AttemptView[]>} */
export async function unsentAttempts(studentId) {
  /** @type {[string, string][]} */
  const keys = await read("answers", (store) => store.getAllKeys());
  /** @type {AttemptView[]} */
  const all = await read("attempts", (store) => store.getAll());
  return all.filter((one) => one.studentId === studentId && keys.some(([attemptId]) => attemptId === one.id));
}

/** @param {string} attemptId @param {string} questionId @param {Pending} pending */
export async function keepAnswer(attemptId, questionId, pending) {
  await write("answers", (store) => store.put({ attemptId, questionId, ...pending }));
}

/** @param {string} attemptId @returns {Promise<Map<string, Pending>>} */
export async function keptAnswers(attemptId) {
  const range = IDBKeyRange.bound([attemptId], [attemptId, "\uffff"]);
  /** @type {(Pending & { questionId: string })[]} */
  const rows = await read("answers", (store) => store.getAll(range));
  return new Map(rows.map(({ questionId, value, base, stamp }) => [questionId, { value, base, stamp }]));
}

/** Forgets an answer that the server has, unless it was changed since. @param {string} attemptId @param {string} questionId @param {string} stamp */
export async function forgetAnswer(attemptId, questionId, stamp) {
  await write("answers", (store) => {
    const key = [attemptId, questionId];
    store.get(key).onsuccess = (event) => {
      if (/** @type {IDBRequest} */ (event.target).result?.stamp === stamp) store.delete(key);
    };
  });
}

/** Forgets an attempt of which nothing waits any more. @param {string} attemptId */
export async function forgetAttempt(attemptId) {
  localStorage.removeItem(marksKey(attemptId));
  await write("attempts", (store) => store.delete(attemptId));
}

/** The questions that are marked for review. @param {string} attemptId @returns {string[]} */
export function keptMarks(attemptId) {
  return JSON.parse(localStorage.getItem(marksKey(attemptId)) ?? "[]");
}

/** @param {string} attemptId @param {string[]} questions */
export function keepMarks(attemptId, questions) {
  localStorage.setItem(marksKey(attemptId), JSON.stringify(questions));
}

/** @param {string} attemptId */
const marksKey = (attemptId) => `lms.marked.${attemptId}`;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("lms", VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("attempts", { keyPath: "id" });
      request.result.createObjectStore("answers", { keyPath: ["attemptId", "questionId"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Resolves when it is on disk. @param {string} name @param {(store: IDBObjectStore) => void} change @returns {Promise<void>} */
async function write(name, change) {
  const transaction = (await database()).transaction(name, "readwrite", { durability: "strict" });
  change(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @param {string} name @param {(store: IDBObjectStore) => IDBRequest} ask @returns {Promise<any>} */
async function read(name, ask) {
  const request = ask((await database()).transaction(name).objectStore(name));
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
