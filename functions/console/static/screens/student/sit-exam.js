import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get, post, put } from "../../api.js";
import * as clock from "../../clock.js";
import { clockTime, number, t, time } from "../../i18n.js";
import { online } from "../../offline.js";
import { Answer } from "../../parts/answer.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { QuestionImages } from "../../parts/markdown.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { Problem } from "../../problem.js";
import { person } from "../../session.js";
import { ResultTime } from "./exam-action.js";
import { Question } from "./sitting/question.js";
import { Sitting } from "./sitting/sitting.js";
import * as store from "./sitting/store.js";

/** @import { AttemptView, StudentQuestion } from "lms/api" */

// More time that a teacher gives shows within 10 seconds.
const POLL_MS = 7000;
const PATIENCE_MS = 8000;
const LAST_CALL_MS = 4000;
const WARNINGS_MIN = [10, 5, 1];

const server = {
  /** @param {string} attemptId */
  show: (attemptId) => timed(() => /** @type {Promise<AttemptView>} */ (get("/attempts/{attemptId}", { params: { attemptId }, patience: PATIENCE_MS }))),
  /** @param {string} attemptId @param {Record<string, unknown>} body @param {number} ifMatch */
  save: (attemptId, body, ifMatch) => timed(() => put("/attempts/{attemptId}/answers", { params: { attemptId }, body, ifMatch, patience: PATIENCE_MS })),
  /** @param {string} attemptId */
  submit: (attemptId) => post("/attempts/{attemptId}/submit", { params: { attemptId }, patience: PATIENCE_MS }),
};

/** @template {{ serverTime: string }} T @param {() => Promise<T>} request */
async function timed(request) {
  const asked = performance.now();
  const answer = await request();
  clock.learn(Date.parse(answer.serverTime), asked, performance.now());
  return answer;
}

/**
 * Sitting an exam: the attempt that runs, wherever it was begun, or the way to begin one.
 * @param {import("../../router.js").ScreenProps} props
 */
export default function SitExam({ params: { examId } }) {
  const studentId = /** @type {import("../../session.js").Person} */ (person.value).id;
  const found = useLoad(() => find(examId, studentId), [examId, studentId]);
  // There is no menu around it: while there is no exam, there is a way back.
  if (found.data === undefined) {
    return html`
      <${Page} title=${t("sit.begin.title")} width="narrow" back=${{ href: "/app", label: t("sit.back") }}><${Loaded} of=${found} /><//>
    `;
  }
  return html`
    <${Loaded} of=${found}>${(/** @type {Found} */ { sitting, attempts }) =>
    sitting
      ? html`<${Attempt} sitting=${sitting} />`
      : html`<${Begin} examId=${examId} attempts=${attempts} onBegin=${(/** @type {AttemptView} */ attempt) =>
        opened(attempt).then((begun) => found.set({ sitting: begun, attempts }))} />`}<//>
  `;
}

/** @typedef {{ sitting: Sitting | null, attempts: import("lms/api").AttemptSummary[] }} Found */

/** What the server has running, or while it cannot be reached what this device keeps.
 * @param {string} examId @param {string} studentId @returns {Promise<Found>} */
async function find(examId, studentId) {
  const kept = await store.keptAttempt(examId, studentId);
  /** @type {import("lms/api").AttemptSummary[]} */
  let attempts = [];
  try {
    attempts = await all((page) => get("/exams/{examId}/attempts", { params: { examId }, query: page, patience: PATIENCE_MS }));
    const running = attempts.find(({ status }) => status === "running");
    if (running) return { sitting: await opened(await server.show(running.id)), attempts };
    // It is over, and something of it may never have been sent.
    if (kept && (await store.keptAnswers(kept.id)).size) return { sitting: await opened(await server.show(kept.id)), attempts };
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 0 || !kept) throw problem;
    return { sitting: await opened(kept), attempts };
  }
  return { sitting: null, attempts };
}

/** @param {AttemptView} attempt */
async function opened(attempt) {
  const sitting = new Sitting(attempt, server, store);
  await sitting.open();
  return sitting;
}

/** @param {{ examId: string, attempts: Found["attempts"], onBegin: (attempt: AttemptView) => void }} props */
function Begin({ examId, attempts, onBegin }) {
  const last = attempts.at(-1);
  async function begin() {
    const started = performance.now();
    const attempt = await post("/exams/{examId}/attempts", { params: { examId } });
    clock.learn(Date.parse(attempt.serverTime), started, performance.now());
    onBegin(attempt);
  }
  return html`
    <${Page} title=${last?.examTitle ?? t("sit.begin.title")} width="narrow" back=${{ href: "/app", label: t("sit.back") }}>
      <${Card}>
        <div class="stack">
          ${last && html`<p class="row"><${Icon} name="check" />${t("sit.done.at", { time: time(last.submittedAt ?? last.deadline) })}</p>`}
          <p>${t("sit.begin.text")}</p>
          <p class="quiet">${t("sit.begin.safe")}</p>
          <div class="row"><${Button} kind="main" onClick=${begin}>${last ? t("sit.begin.again") : t("sit.begin.now")}<//></div>
        </div>
      <//>
    <//>
  `;
}

/** @param {{ sitting: Sitting }} props */
function Attempt({ sitting }) {
  const attempt = sitting.attempt.value;
  const left = useTimeLeft(sitting);
  usePolling(sitting);
  const over = !sitting.isRunning;
  const closed = over || left <= 0;
  if (over && sitting.waiting.length === 0) return html`<${Done} sitting=${sitting} />`;
  return html`
    <div class="exam">
      <${Bar} sitting=${sitting} left=${left} closed=${closed} />
      <div class="exam-body">
        <${Overview} sitting=${sitting} />
        <div class="exam-questions">
          <h1 class="only-heard">${attempt.examTitle}</h1>
          ${closed && html`<${TimeOver} sitting=${sitting} />`}
          ${!closed && sitting.otherDevice.value && html`
            <p class="note" role="status"><${Icon} name="info" />${t("sit.otherDevice")}</p>
          `}
          ${attempt.questions.map((question, index) => html`
            <${Question} key=${question.id} question=${question} at=${index + 1} sitting=${sitting} closed=${closed} />
          `)}
          ${!closed && html`<div class="exam-end"><${SubmitButton} sitting=${sitting} /></div>`}
        </div>
      </div>
    </div>
  `;
}

/** Always in sight: the time, and where the answers are. @param {{ sitting: Sitting, left: number, closed: boolean }} props */
function Bar({ sitting, left, closed }) {
  const waiting = sitting.waiting.length;
  const isDown = !sitting.reached.value || !online.value;
  const saved = waiting === 0 ? t("sit.allSaved") : t("sit.waiting", { count: waiting });
  return html`
    <header class="exam-bar">
      <p class="exam-title"><${UserText}>${sitting.attempt.value.examTitle}<//></p>
      <p class=${`exam-saved ${waiting ? "answer-kept" : "answer-saved"}`} aria-live="polite">
        <${Icon} name=${isDown ? "offline" : waiting ? "clock" : "check"} /><span>${saved}${isDown && html` ${t("sit.offline")}`}</span>
      </p>
      <p class=${left < 60_000 ? "exam-time exam-time-short" : "exam-time"} role="timer" aria-label=${t("sit.timeLeft")}>
        <${Icon} name="clock" /><span dir="ltr">${clockTime(left)}</span>
      </p>
      ${!closed && html`<${SubmitButton} sitting=${sitting} />`}
    </header>
  `;
}

/** @param {{ sitting: Sitting }} props */
function SubmitButton({ sitting }) {
  async function submit() {
    const { unanswered, marked } = sitting;
    const wanted = await confirm({
      title: t("sit.submit.title"),
      text: html`
        <p>${unanswered.length ? t("sit.submit.unanswered", { count: unanswered.length }) : t("sit.submit.complete")}</p>
        <${Places} of=${unanswered} sitting=${sitting} />
        ${marked.length > 0 && html`
          <p><${Icon} name="flag" /> ${t("sit.marked", { count: marked.length })}</p>
          <${Places} of=${marked} sitting=${sitting} />
        `}
        <p class="quiet">${t("sit.submit.final")}</p>
      `,
      action: t("sit.submit"),
    });
    if (!wanted) return;
    try {
      await sitting.submit();
      scrollTo(0, 0);
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 0) toast(t("sit.submit.offline"), "bad");
      else throw problem;
    }
  }
  return html`<${Button} kind="main" onClick=${submit}>${t("sit.submit")}<//>`;
}

/** The way from what is asked to some questions. @param {{ of: StudentQuestion[], sitting: Sitting }} props */
function Places({ of, sitting }) {
  if (of.length === 0) return null;
  const places = sitting.attempt.value.questions.map(({ id }) => id);
  const close = (/** @type {any} */ { target }) => target.closest("dialog").close();
  return html`
    <ol class="overview-list">
      ${of.map(({ id }) => {
    const at = places.indexOf(id) + 1;
    return html`<li key=${id}><a href="#question-${at}" onClick=${close} aria-label=${t("sit.question", { at })}>${number(at)}</a></li>`;
  })}
    </ol>
  `;
}

/** Which questions have an answer or are marked for review, and the way to each. @param {{ sitting: Sitting }} props */
function Overview({ sitting }) {
  const { questions } = sitting.attempt.value;
  const answered = questions.length - sitting.unanswered.length;
  const marked = sitting.marked.length;
  const isWide = useMemo(() => matchMedia("(min-width: 60rem)").matches, []);
  return html`
    <nav class="overview" aria-label=${t("sit.overview")}>
      <details open=${isWide}>
        <summary>
          ${t("sit.answered", { answered, count: questions.length })}
          ${marked > 0 && html`<br /><${Icon} name="flag" /> ${t("sit.marked", { count: marked })}`}
        </summary>
        <ol class="overview-list">
          ${questions.map(({ id }, index) => {
    const isAnswered = sitting.answer(id) !== null;
    const isMarked = sitting.isMarked(id);
    const question = isAnswered ? t("sit.goTo.answered", { at: index + 1 }) : t("sit.goTo.unanswered", { at: index + 1 });
    const label = isMarked ? t("sit.goTo.marked", { question }) : question;
    return html`
      <li key=${id}>
        <a class=${isAnswered ? "is-answered" : ""} href="#question-${index + 1}" aria-label=${label}>
          ${number(index + 1)}${isMarked && html`<${Icon} name="flag" />`}
        </a>
      </li>
    `;
  })}
        </ol>
      </details>
    </nav>
  `;
}

/** The deadline passed; what was not sent stays here until the teacher decides. @param {{ sitting: Sitting }} props */
function TimeOver({ sitting }) {
  const waiting = new Set(sitting.waiting);
  const { questions } = sitting.attempt.value;
  return html`
    <${Card} title=${t("sit.over.title")}>
      <div class="stack" role="status">
        ${waiting.size === 0 ? html`<p>${t("sit.over.saved")}</p>` : html`
          <p>${t("sit.over.unsent", { count: waiting.size })}</p>
          <ul class="stack">
            ${questions.map((question, index) => waiting.has(question.id) && html`
              <li key=${question.id}><b>${t("sit.question", { at: index + 1 })}</b>:
                <${QuestionImages.Provider} value=${question.images}><${Answer} question=${question} answer=${sitting.own(question.id)} /><//></li>
            `)}
          </ul>
          <p>${t("sit.over.ask")}</p>
        `}
      </div>
    <//>
  `;
}

/** @param {{ sitting: Sitting }} props */
function Done({ sitting }) {
  const { examId, examTitle, submittedAt, deadline } = sitting.attempt.value;
  const exam = useLoad(() => get("/exams/{examId}/details", { params: { examId } }), [examId]);
  return html`
    <${Page} title=${examTitle} width="narrow">
      <${EmptyState} icon="check" text=${t("sit.done.at", { time: time(submittedAt ?? deadline) })}>
        <p>${t("sit.done.next")}</p>
        ${exam.data && html`<${ResultTime} exam=${exam.data} />`}
        <${Button} kind="main" href="/app">${t("sit.done.home")}<//>
      <//>
    <//>
  `;
}

/** Milliseconds until the deadline, by the server's clock. @param {Sitting} sitting */
function useTimeLeft(sitting) {
  const deadline = Date.parse(sitting.attempt.value.deadline);
  const [left, setLeft] = useState(() => deadline - clock.serverNow());
  const before = useRef(deadline);
  const called = useRef(false);
  useEffect(() => {
    if (deadline > before.current) toast(t("sit.moreTime", { time: time(deadline) }), "info");
    before.current = deadline;
    called.current = false;
    let last = deadline - clock.serverNow();
    const tick = () => {
      const now = deadline - clock.serverNow();
      for (const minutes of WARNINGS_MIN) {
        if (last > minutes * 60_000 && now <= minutes * 60_000) toast(t("sit.minutesLeft", { count: minutes }), "info");
      }
      if (now < LAST_CALL_MS && !called.current) {
        called.current = true;
        quietly(sitting.flush());
      }
      last = now;
      setLeft(now);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [deadline]);
  return left;
}

/** Asks how the attempt stands, again and again, and whenever the page or the line comes back. @param {Sitting} sitting */
function usePolling(sitting) {
  useEffect(() => {
    const poll = () => quietly(sitting.poll());
    const leave = () => document.hidden ? quietly(sitting.flush()) : poll();
    const timer = setInterval(poll, POLL_MS);
    const readMarks = () => sitting.readMarks();
    addEventListener("online", poll);
    addEventListener("storage", readMarks);
    document.addEventListener("visibilitychange", leave);
    return () => {
      clearInterval(timer);
      removeEventListener("online", poll);
      removeEventListener("storage", readMarks);
      document.removeEventListener("visibilitychange", leave);
      sitting.close();
    };
  }, [sitting]);
}

/** The bar says when the line is down; it is tried again. @param {Promise<unknown>} request */
async function quietly(request) {
  try {
    await request;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
  }
}
