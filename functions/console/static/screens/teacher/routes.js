/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["teacher"];
/** @type {Route["roles"]} */
const shared = ["teacher", "admin"];
const style = "teach";

/** The teacher's screens, in the order of the menu; what administrators may do too has both roles. @type {Route[]} */
export const routes = [
  { path: "/app", roles, load: () => import("./home.js"), style, nav: { label: "teacher.nav.home", icon: "home" } },
  { path: "/app/teach/marking", roles, load: () => import("./marking.js"), style, nav: { label: "teacher.nav.marking", icon: "edit" } },
  { path: "/app/teach/messages", roles, load: () => import("./messages.js"), nav: { label: "teacher.nav.messages", icon: "message" } },
  { path: "/app/teach/courses/:courseId", roles: shared, load: () => import("./roster.js"), style },
  { path: "/app/teach/courses/:courseId/gradebook", roles: shared, load: () => import("./gradebook.js"), style },
  { path: "/app/teach/courses/:courseId/exams", roles: shared, load: () => import("./exams.js"), style },
  { path: "/app/teach/courses/:courseId/imports", roles: shared, load: () => import("./imports.js"), style, words: ["import-reasons"] },
  { path: "/app/teach/courses/:courseId/imports/:importId", roles: shared, load: () => import("./import.js"), style, words: ["import-reasons"] },
  { path: "/app/teach/courses/:courseId/bank", roles: shared, load: () => import("./bank.js"), style },
  { path: "/app/teach/courses/:courseId/bank/:questionId", roles: shared, load: () => import("./bank-preview.js"), style: "exam" },
  { path: "/app/teach/courses/:courseId/exams/new", roles: shared, load: () => import("./new-exam.js"), style },
  { path: "/app/teach/exams/:examId", roles: shared, load: () => import("./exam.js"), style },
  { path: "/app/teach/exams/:examId/settings", roles: shared, load: () => import("./exam-settings.js"), style },
  { path: "/app/teach/exams/:examId/preview", roles: shared, load: () => import("./preview.js"), style: "exam" },
  { path: "/app/teach/exams/:examId/attempts", roles: shared, load: () => import("./monitor.js"), style },
  { path: "/app/teach/exams/:examId/extra-time", roles: shared, load: () => import("./extra-time.js"), style },
  { path: "/app/teach/exams/:examId/results", roles: shared, load: () => import("./results.js"), style },
  { path: "/app/teach/exams/:examId/results/:studentId", roles: shared, load: () => import("./result.js"), style },
  { path: "/app/teach/courses/:courseId/attendance", roles: shared, load: () => import("./attendance.js"), style },
  { path: "/app/teach/courses/:courseId/extra-time", roles: shared, load: () => import("./course-extra-time.js"), style },
  { path: "/app/teach/courses/:courseId/outline", roles: shared, load: () => import("./outline.js"), style },
  { path: "/app/teach/courses/:courseId/outline/:lessonId", roles: shared, load: () => import("./lesson.js"), style },
  { path: "/app/teach/courses/:courseId/message", roles: shared, load: () => import("./message.js"), style },
  { path: "/app/teach/courses/:courseId/feedback", roles: shared, load: () => import("./feedback.js"), style },
  { path: "/app/teach/courses/:courseId/settings", roles: shared, load: () => import("./course-settings.js"), style },
];
