/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["student"];
const style = "student";

/** The student's screens, in the order of the menu. @type {Route[]} */
export const routes = [
  { path: "/app", roles, load: () => import("./home.js"), style, nav: { label: "student.nav.home", icon: "home" } },
  { path: "/app/courses/:courseId", roles: ["student", "teacher", "admin"], load: () => import("./course.js"), style },
  { path: "/app/exams", roles, load: () => import("./exams.js"), style, nav: { label: "student.nav.exams", icon: "exam" } },
  { path: "/app/exams/:examId", roles, load: () => import("./exam.js"), style },
  { path: "/app/exams/:examId/sit", roles, load: () => import("./sit-exam.js"), bare: true, style: "exam" },
  { path: "/app/exams/:examId/result", roles, load: () => import("./result.js"), style },
  { path: "/app/report-cards", roles, load: () => import("./report-cards.js"), style, nav: { label: "student.nav.reportCards", icon: "card" } },
  { path: "/app/transcript", roles, load: () => import("./transcript.js"), style },
  { path: "/app/attendance", roles, load: () => import("./attendance.js"), style, nav: { label: "student.nav.attendance", icon: "calendar" } },
  { path: "/app/payments", roles, load: () => import("./payments.js"), style, nav: { label: "student.nav.payments", icon: "money" } },
  { path: "/app/payments/:voucherNo", roles, load: () => import("./payments.js"), style },
];
