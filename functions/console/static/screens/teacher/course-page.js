import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Page } from "../../parts/page.js";
import { SubNavigation } from "../../parts/sub-navigation.js";
import { UserText } from "../../parts/values.js";
import { Problem } from "../../problem.js";
import { person } from "../../session.js";

/** Titles by id, asked for once: every screen of a course shows it. */
const titles = signal(/** @type {Record<string, string>} */ ({}));

/** A course is called something else now. @param {string} courseId @param {string} title */
export function keepTitle(courseId, title) {
  titles.value = { ...titles.value, [courseId]: title };
}

/**
 * A screen of one course, with the way to its others.
 * @param {{ courseId: string, title: string, actions?: unknown, width?: "narrow" | "wide", children?: unknown }} props
 */
export function CoursePage({ courseId, title, actions, width = "wide", children }) {
  useEffect(() => {
    if (!(courseId in titles.value)) loadTitle(courseId);
  }, [courseId]);
  const address = `/app/teach/courses/${courseId}`;
  const screens = [
    { href: address, label: t("teacher.roster.title") },
    { href: `${address}/gradebook`, label: t("teacher.gradebook.title") },
    { href: `${address}/exams`, label: t("teacher.exams.title") },
    { href: `${address}/bank`, label: t("teacher.bank.title") },
    { href: `${address}/outline`, label: t("teacher.outline.title") },
    { href: `${address}/attendance`, label: t("teacher.attendance.title") },
    { href: `${address}/extra-time`, label: t("teacher.courseExtra.title") },
    { href: `${address}/message`, label: t("teacher.message.title") },
    { href: `${address}/feedback`, label: t("teacher.feedback.title") },
    { href: `${address}/imports`, label: t("teacher.imports.title") },
    { href: `${address}/settings`, label: t("teacher.settings.title") },
  ];
  const courseTitle = titles.value[courseId] ?? "…";
  const back = person.value?.role === "admin"
    ? { href: `/app/admin/courses/${courseId}`, label: courseTitle }
    : { href: "/app", label: t("teacher.home.title") };
  return html`
    <${Page} title=${title} width=${width} actions=${actions} back=${back} lead=${html`<${UserText}>${courseTitle}<//>`}>
      <${SubNavigation} label=${t("teacher.course.screens")} entries=${screens} />
      ${children}
    <//>
  `;
}

/** @param {string} courseId */
async function loadTitle(courseId) {
  try {
    keepTitle(courseId, (await get("/courses/{courseId}/details", { params: { courseId } })).title);
  } catch (problem) {
    // The screen's own request says what is wrong.
    if (!(problem instanceof Problem)) throw problem;
  }
}
