/**
 * A running attempt: the answers as this device and the server have them, and what passes between the two.
 *
 * An answer is `kept` once it is on the device's disk, and `saved` once the server acknowledged it; never before. Saves
 * name the revision that they were made to. Where another device saved in between, the answers are merged question by
 * question; one that both changed is left as the server has it, and the person is asked.
 */
import { signal } from "@preact/signals";
import { Problem } from "../../../problem.js";

/** @import { AttemptView, AttemptAnswers, AttemptSummary } from "lms/api" */
/** @import { Pending } from "./store.js" */
/** @typedef {"none" | "keeping" | "kept" | "saved" | "refused" | "conflict"} State */
/**
 * @typedef {object} Server
 * @property {(attemptId: string) => Promise<AttemptView>} show
 * @property {(attemptId: string, answers: Record<string, unknown>, revision: number) => Promise<AttemptAnswers>} save
 * @property {(attemptId: string) => Promise<AttemptSummary>} submit
 */
/**
 * @typedef {Pick<typeof import("./store.js"),
 *   "keepAttempt" | "keepAnswer" | "keptAnswers" | "forgetAnswer" | "forgetAttempt" | "keptMarks" | "keepMarks">} Store
 */

// Answers are sent within 2 seconds: so long after the last key, so long after the first at most.
const PAUSE_MS = 500;
const LATEST_MS = 1500;
const RETRY_MS = [1000, 2000, 4000, 8000];

export class Sitting {
  /** @type {Map<string, Pending>} What the server has not acknowledged. */
  #pending = new Map();
  /** @type {Map<string, State>} Of questions whose answer waits. */
  #states = new Map();
  /** @type {Promise<unknown>} One request at a time, so that no old answer comes after a newer one. */
  #line = Promise.resolve();
  #failures = 0;
  /** @type {{ due: number, timer: number } | null} */
  #planned = null;

  /** @param {AttemptView} attempt @param {Server} server @param {Store} store */
  constructor(attempt, server, store) {
    this.attempt = signal(attempt);
    /** Whoever asks for answers and states is drawn again when they change. */
    this.changes = signal(0);
    /** Whether the last request got through. */
    this.reached = signal(true);
    this.otherDevice = signal(false);
    /** The questions that the student wants to see again, on this device alone. */
    this.marks = signal(store.keptMarks(attempt.id));
    this.server = server;
    this.store = store;
  }

  /** Takes up what an earlier page kept. */
  async open() {
    await this.store.keepAttempt(this.attempt.value);
    for (const [question, pending] of await this.store.keptAnswers(this.attempt.value.id)) {
      this.#pending.set(question, pending);
      this.#states.set(question, "kept");
    }
    this.#show();
    this.#plan(0);
  }

  close() {
    if (this.#planned) clearTimeout(this.#planned.timer);
    this.#planned = null;
  }

  get isRunning() {
    return this.attempt.value.status === "running";
  }

  /** The answer that is shown: this device's, if it waits, else the server's. @param {string} question */
  answer(question) {
    const pending = this.#seen().get(question);
    return pending && this.#states.get(question) !== "conflict" ? pending.value : this.attempt.value.answers[question] ?? null;
  }

  /** @param {string} question @returns {State} */
  state(question) {
    this.#seen();
    return this.#states.get(question) ?? (question in this.attempt.value.answers ? "saved" : "none");
  }

  /** Of a question that two devices answered differently, this device's answer. @param {string} question */
  own(question) {
    return this.#seen().get(question)?.value;
  }

  /** The questions whose answers wait on this device. */
  get waiting() {
    return [...this.#seen().keys()];
  }

  get unanswered() {
    return this.attempt.value.questions.filter(({ id }) => this.answer(id) === null);
  }

  /** @param {string} question */
  isMarked(question) {
    return this.marks.value.includes(question);
  }

  /** The questions that are marked for review, in the order of the exam. */
  get marked() {
    return this.attempt.value.questions.filter(({ id }) => this.isMarked(id));
  }

  /** Marks a question for review, or no longer. @param {string} question */
  mark(question) {
    // As another tab may have left them.
    const others = this.store.keptMarks(this.attempt.value.id).filter((id) => id !== question);
    const marks = this.isMarked(question) ? others : [...others, question];
    this.store.keepMarks(this.attempt.value.id, marks);
    this.marks.value = marks;
  }

  /** Takes up what another tab marked. */
  readMarks() {
    this.marks.value = this.store.keptMarks(this.attempt.value.id);
  }

  /** A new answer, null for none. Resolves when it is on the device. @param {string} question @param {unknown} value */
  async give(question, value) {
    const base = this.attempt.value.answers[question] ?? null;
    const pending = { value, base, stamp: crypto.randomUUID() };
    this.#pending.set(question, pending);
    this.#states.set(question, "keeping");
    this.#show();
    await this.store.keepAnswer(this.attempt.value.id, question, pending);
    if (this.#pending.get(question) !== pending) return;
    this.#states.set(question, "kept");
    this.#show();
    this.#plan(PAUSE_MS);
  }

  /** Of two devices' answers, this one's or the server's. @param {string} question @param {boolean} own */
  async choose(question, own) {
    const pending = this.#pending.get(question);
    if (!pending) return;
    if (own) await this.give(question, pending.value);
    else await this.#finish(question, pending);
    this.#show();
  }

  /** Sends what waits, now. Resolves when it was tried. */
  flush() {
    return this.#next(() => this.#send());
  }

  /** Asks the server how the attempt stands: more time, answers of other devices, its end. */
  poll() {
    return this.#next(async () => {
      await this.#adopt();
      this.#take(await this.#ask(() => this.server.show(this.attempt.value.id)));
      await this.#send();
    });
  }

  /** Ends the attempt once everything is saved; throws a Problem when it is not. */
  submit() {
    return this.#next(async () => {
      await this.#send();
      if (this.#sendable().length) throw new Problem(0);
      const ended = await this.#ask(() => this.server.submit(this.attempt.value.id));
      this.attempt.value = { ...this.attempt.value, ...ended };
      await this.#finishAll();
    });
  }

  /** @template T @param {() => Promise<T>} task @returns {Promise<T>} */
  #next(task) {
    const done = this.#line.then(task);
    // Whoever asked hears of a failure; the next in line goes on all the same.
    this.#line = done.catch(() => undefined);
    return done;
  }

  #sendable() {
    return [...this.#pending].filter(([question]) => ["kept", "keeping"].includes(this.#states.get(question) ?? ""));
  }

  /** Saves, and where another device was faster, merges and saves again. */
  async #send() {
    while (this.isRunning && this.#sendable().length) {
      const batch = this.#sendable();
      try {
        await this.#save(batch);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (problem.status === 412) {
          this.#take(await this.#ask(() => this.server.show(this.attempt.value.id)));
        } else if (problem.status === 422) {
          if (batch.length === 1) this.#states.set(batch[0][0], "refused");
          else for (const one of batch) await this.#saveAlone(one);
        } else if (problem.status === 409 || problem.status === 404) {
          // Over, in the meantime: what it has and lacks is what the server says.
          this.#take(await this.#ask(() => this.server.show(this.attempt.value.id)));
          break;
        } else {
          this.#plan(RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]);
          break;
        }
      }
    }
    if (!this.isRunning && this.#pending.size === 0) await this.store.forgetAttempt(this.attempt.value.id);
    this.#show();
  }

  /** @param {[string, Pending][]} batch */
  async #save(batch) {
    const values = Object.fromEntries(batch.map(([question, { value }]) => [question, value]));
    const { id, version } = this.attempt.value;
    const saved = await this.#ask(() => this.server.save(id, values, version));
    this.#failures = 0;
    for (const [question] of batch) this.#justSaved.add(question);
    this.#take(saved);
    for (const [question, pending] of batch) await this.#finish(question, pending);
  }

  /** One of several of which the server takes at least one not. @param {[string, Pending]} one */
  async #saveAlone(one) {
    try {
      await this.#save([one]);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 422) throw problem;
      this.#states.set(one[0], "refused");
    }
  }

  /** The attempt as the server has it now. What another device answered too, and differently, is for the person to decide.
   * @param {AttemptView | AttemptAnswers} now */
  #take(now) {
    const before = this.attempt.value;
    for (const [question, { value, base }] of this.#sendable()) {
      const theirs = now.answers[question] ?? null;
      const isOurs = this.#justSaved.has(question);
      if (!isOurs && !same(theirs, base) && !same(theirs, value)) this.#states.set(question, "conflict");
    }
    const isNew = now.version > before.version;
    const others = Object.keys({ ...before.answers, ...now.answers }).filter((question) =>
      !same(before.answers[question], now.answers[question]) && !this.#justSaved.has(question)
    );
    this.#justSaved.clear();
    if (isNew && others.length && now.status === "running") this.otherDevice.value = true;
    this.attempt.value = { ...before, ...now };
    this.store.keepAttempt(this.attempt.value);
    this.#show();
  }

  /** @type {Set<string>} Questions that this device just saved. */
  #justSaved = new Set();

  /** The server has it. @param {string} question @param {Pending} pending */
  async #finish(question, pending) {
    await this.store.forgetAnswer(this.attempt.value.id, question, pending.stamp);
    const latest = this.#pending.get(question);
    if (latest !== pending) {
      // It was changed while it was sent: the change is one of what the server has now.
      if (latest) latest.base = this.attempt.value.answers[question] ?? null;
      return;
    }
    this.#pending.delete(question);
    this.#states.delete(question);
  }

  async #finishAll() {
    for (const [question, pending] of this.#pending) await this.#finish(question, pending);
    await this.store.forgetAttempt(this.attempt.value.id);
    this.#show();
  }

  /** What another tab of this browser kept and did not send: it may be gone. */
  async #adopt() {
    for (const [question, kept] of await this.store.keptAnswers(this.attempt.value.id)) {
      if (this.#pending.has(question)) continue;
      this.#pending.set(question, kept);
      this.#states.set(question, "kept");
    }
  }

  /** @template T @param {() => Promise<T>} request */
  async #ask(request) {
    try {
      const answer = await request();
      this.reached.value = true;
      return answer;
    } catch (problem) {
      if (problem instanceof Problem) this.reached.value = problem.status !== 0;
      throw problem;
    }
  }

  /** @param {number} delay */
  #plan(delay) {
    const now = performance.now();
    // More keys put it off, but not beyond its time.
    const due = this.#planned?.due ?? now + LATEST_MS;
    if (this.#planned) clearTimeout(this.#planned.timer);
    const timer = setTimeout(() => {
      this.#planned = null;
      this.flush().catch((problem) => {
        if (!(problem instanceof Problem)) throw problem;
        this.#plan(RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]);
      });
    }, delay > LATEST_MS ? delay : Math.max(0, Math.min(delay, due - now)));
    this.#planned = { due: Math.max(due, now + (delay > LATEST_MS ? delay : 0)), timer };
  }

  /** What waits, for something that is shown. */
  #seen() {
    void this.changes.value;
    return this.#pending;
  }

  #show() {
    this.changes.value++;
  }
}

/** @param {unknown} one @param {unknown} other */
function same(one, other) {
  return canonical(one) === canonical(other);
}

/** JSON in which the order of an object's names says nothing. @param {unknown} value */
function canonical(value) {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return JSON.stringify(isObject ? Object.entries(value).sort() : value ?? null);
}
