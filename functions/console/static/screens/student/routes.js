/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["student"];

/** The student's screens, in the order of the menu. @type {Route[]} */
export const routes = [
  { path: "/app", roles, load: () => import("./home.js"), nav: { label: "student.nav.home", icon: "home" } },
  { path: "/app/exams/:examId/sit", roles, load: () => import("./sit-exam.js"), bare: true, style: "exam" },
];
