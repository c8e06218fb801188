import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, get, post, put } from "../../api.js";
import { percent, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { CourseContents, CourseFacts, Teachers } from "../../parts/course-offer.js";
import { confirm } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { Progress, UserText } from "../../parts/values.js";
import { go } from "../../router.js";
import { person } from "../../session.js";
import { Feedback } from "./feedback.js";
import { Lesson } from "./lesson.js";

/** @import { CourseDetails, ProgressView, TopicView } from "lms/api" */
/** @typedef {{ course: CourseDetails, progress: ProgressView | null }} Seen `progress` is null for whoever is not enrolled */

/**
 * A course: for whoever is not enrolled what it is and how to join, for the others its lessons beside the outline.
 * @param {import("../../router.js").ScreenProps} props `?lesson=` is the lesson that is shown, `next` the first that is not done
 */
export default function Course({ params: { courseId }, query }) {
  const seen = useLoad(() => load(courseId));
  // What is shown has the course's own title; while there is no course, this one.
  if (seen.data === undefined) return html`<${Page} title=${t("anybody.course.title")}><${Loaded} of=${seen} lines=${8} /><//>`;
  return html`
    <${Loaded} of=${seen} lines=${8}>${(/** @type {Seen} */ { course, progress }) =>
    progress
      ? html`<${Lessons} course=${course} progress=${progress} lessonId=${query.get("lesson")}
          onProgress=${(/** @type {ProgressView} */ progress) => seen.set({ course, progress })} onLeft=${seen.reload} />`
      : html`<${Offer} course=${course} onEnrolled=${seen.reload} />`}<//>
  `;
}

/** @param {string} courseId @returns {Promise<Seen>} */
async function load(courseId) {
  const course = await get("/courses/{courseId}/details", { params: { courseId } });
  const isEnrolled = course.ownEnrollment === "active" || course.ownEnrollment === "completed";
  return { course, progress: isEnrolled ? await get("/progress/{studentId}/{courseId}", { params: ownIn(courseId) }) : null };
}

/** @param {string} courseId */
const ownIn = (courseId) => ({ studentId: person.value?.id ?? "", courseId });

/** What a course is; students can enrol, its teachers and administrators go on to their own screens of it.
 * @param {{ course: CourseDetails, onEnrolled: () => Promise<void> }} props */
function Offer({ course, onEnrolled }) {
  async function enroll() {
    await post("/courses/{courseId}/enrollments", { params: { courseId: course.id } });
    toast(t("student.course.enrolled"));
    await onEnrolled();
  }
  const role = person.value?.role;
  const mayTeach = role === "admin" || course.teachers.some(({ id }) => id === person.value?.id);
  const isFull = course.seatsLeft === 0;
  const isClosed = course.enrollment === "closed";
  return html`
    <${Page} title=${course.title} lead=${html`<${UserText}>${course.programTitle}<//>`}
      actions=${mayTeach
    ? html`<${Button} kind="main" href="/app/teach/courses/${course.id}">${t("student.course.teach")}<//>`
    : role === "student" && !isFull && !isClosed && html`<${Button} kind="main" onClick=${enroll}>${t("student.course.enroll")}<//>`}>
      <${CourseFacts} course=${course}>
        ${role === "student" && course.requiresPayment && html`
          <p class="quiet">${t("student.course.payFirst")} <a href="/app/payments">${t("student.payments.title")}</a></p>
        `}
      <//>
      <${CourseContents} course=${course} />
    <//>
  `;
}

/**
 * @param {{
 *   course: CourseDetails, progress: ProgressView, lessonId: string | null, onProgress: (progress: ProgressView) => void,
 *   onLeft: () => Promise<void>
 * }} props
 */
function Lessons({ course, progress, lessonId, onProgress, onLeft }) {
  const topics = course.tableOfContents.flatMap((chapter) => chapter.topics);
  const index = topics.findIndex((topic) => topic.topicId === lessonId);
  const isDone = (/** @type {TopicView} */ topic) => progress.lessonsDone.includes(topic.topicId);
  const next = topics.find((topic) => !isDone(topic)) ?? null;
  const address = (/** @type {TopicView | null | undefined} */ topic) =>
    topic ? `/app/courses/${course.id}?lesson=${topic.topicId}` : `/app/courses/${course.id}`;
  useEffect(() => {
    // From the list of courses; from then on the lesson stays the same when it is done.
    if (lessonId === "next") go(address(next), { replace: true });
  }, [lessonId]);

  /** @param {TopicView} topic @param {boolean} done */
  async function mark(topic, done) {
    const params = { ...ownIn(course.id), lessonId: topic.topicId };
    const path = "/progress/{studentId}/{courseId}/lessons/{lessonId}";
    if (done) {
      onProgress(await put(path, { params }));
    } else {
      await del(path, { params });
      onProgress(await get("/progress/{studentId}/{courseId}", { params }));
    }
  }

  return html`
    <${Page} title=${course.title} width="wide" back=${{ href: "/app", label: t("student.home.title") }}>
      <div class="course">
        <${Outline} course=${course} progress=${progress} lessonId=${lessonId} address=${address} />
        <div class="course-shown">
          ${index >= 0
    ? html`
              <${Lesson} key=${lessonId} topic=${topics[index]} isDone=${isDone(topics[index])}
                onMark=${(/** @type {boolean} */ done) => mark(topics[index], done)}
                previous=${index > 0 ? address(topics[index - 1]) : null} next=${address(topics[index + 1])} isLast=${index === topics.length - 1} />`
    : html`<${Overview} course=${course} progress=${progress} next=${next && { href: address(next), title: next.title }} onLeft=${onLeft} />`}
        </div>
      </div>
    <//>
  `;
}

/**
 * The outline, beside the lesson. On a phone it is above it and closed: opened by a button, and closed again by choosing a lesson.
 * @param {{
 *   course: CourseDetails, progress: ProgressView, lessonId: string | null, address: (topic: TopicView) => string
 * }} props
 */
function Outline({ course, progress, lessonId, address }) {
  const [open, setOpen] = useState(false);
  const current = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    setOpen(false);
    current.current?.scrollIntoView({ block: "nearest" });
  }, [lessonId]);
  return html`
    <nav class="outline" data-open=${open ? "true" : "false"} aria-label=${t("student.course.contents")}>
      <div class="outline-done">
        <p>${t("student.course.done", { percent: percent(progress.completionPercentage) })}</p>
        <${Progress} value=${progress.completionPercentage} label=${t("student.course.progress", { title: course.title })} />
      </div>
      <button type="button" class="button outline-open" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>
        <${Icon} name=${open ? "up" : "list"} /><span>${t("student.course.contents")}</span>
      </button>
      <ol class="outline-chapters">
        <li><a class="outline-lesson" href="/app/courses/${course.id}" aria-current=${lessonId === null ? "page" : undefined}>
          <${Icon} name="info" /><span>${t("student.course.about")}</span>
        </a></li>
        ${course.tableOfContents.map((chapter) => html`
          <li key=${chapter.chapterId}>
            <h2 class="outline-chapter"><${UserText}>${chapter.title}<//></h2>
            <ol>${chapter.topics.map((topic) => {
    const isDone = progress.lessonsDone.includes(topic.topicId);
    const isCurrent = topic.topicId === lessonId;
    return html`
                <li key=${topic.topicId} ref=${isCurrent ? current : undefined}>
                  <a class="outline-lesson" href=${address(topic)} aria-current=${isCurrent ? "page" : undefined}>
                    <span class=${isDone ? "lesson-mark lesson-mark-done" : "lesson-mark"}>${isDone && html`<${Icon} name="check" />`}</span>
                    <span><${UserText}>${topic.title}<//>${isDone && html`<span class="only-heard"> (${t("student.course.isDone")})</span>`}</span>
                  </a>
                </li>
              `;
  })}</ol>
          </li>
        `)}
      </ol>
    </nav>
  `;
}

/**
 * @param {{
 *   course: CourseDetails, progress: ProgressView, next: { href: string, title: string } | null, onLeft: () => Promise<void>
 * }} props
 */
function Overview({ course, progress, next, onLeft }) {
  async function leave() {
    const question = { title: t("student.course.leave"), text: t("student.course.leaveText"), action: t("student.course.leave"), danger: true };
    if (!await confirm(question)) return;
    const { studentId } = ownIn(course.id);
    await del("/courses/{courseId}/enrollments/{studentId}", { params: { courseId: course.id, studentId } });
    toast(t("student.course.left"));
    await onLeft();
    go("/app");
  }
  return html`
    <${Card}>
      ${next
    ? html`
          <p class="quiet">${progress.lessonsDone.length ? t("student.course.nextIs") : t("student.course.firstIs")}</p>
          <p class="next-lesson"><${UserText}>${next.title}<//></p>
          <p><${Button} kind="main" href=${next.href}>${progress.lessonsDone.length ? t("student.course.continue") : t("student.course.begin")}<//></p>`
    : html`<p>${course.tableOfContents.length ? t("student.course.allDone") : t("student.course.noContents")}</p>`}
    <//>
    <${Card} title=${t("student.course.about")}>
      ${course.short_description && html`<p class="as-typed" dir="auto">${course.short_description}</p>`}
      <p class="quiet"><${UserText}>${course.programTitle}<//>${course.termTitle && html` · <${UserText}>${course.termTitle}<//>`}</p>
      <${Teachers} course=${course} />
      <div class="row">
        <${Button} small icon="exam" href="/app/exams">${t("student.exams.title")}<//>
        <${Button} small icon="card" href="/app/report-cards">${t("student.reportCards.title")}<//>
      </div>
    <//>
    <${Feedback} courseId=${course.id} />
    ${course.ownEnrollment === "active" && html`
      <p><${Button} small kind="quiet" onClick=${leave}>${t("student.course.leave")}<//></p>
    `}
  `;
}
