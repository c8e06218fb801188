/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["admin"];

/** The administrator's screens, in the order of the menu. @type {Route[]} */
export const routes = [
  { path: "/app", roles, load: () => import("./home.js"), nav: { label: "administrator.nav.home", icon: "home" } },
  { path: "/app/admin/people", roles, load: () => import("./people.js"), nav: { label: "administrator.nav.people", icon: "people" } },
  { path: "/app/admin/people/import-list", roles, load: () => import("./import-people.js") },
  { path: "/app/admin/people/:personId", roles, load: () => import("./person.js") },
  { path: "/app/admin/programs", roles, load: () => import("./programs.js"), nav: { label: "administrator.nav.programs", icon: "book" } },
  { path: "/app/admin/programs/:programId", roles, load: () => import("./program.js") },
  { path: "/app/admin/courses/:courseId", roles, load: () => import("./course.js") },
  { path: "/app/admin/vouchers", roles, load: () => import("./vouchers.js"), nav: { label: "administrator.nav.vouchers", icon: "money" } },
  { path: "/app/admin/messages", roles, load: () => import("./messages.js"), nav: { label: "administrator.nav.messages", icon: "message" } },
  { path: "/app/admin/terms", roles, load: () => import("./terms.js"), nav: { label: "administrator.nav.terms", icon: "calendar" } },
  { path: "/app/admin/failures", roles, load: () => import("./failures.js"), nav: { label: "administrator.nav.failures", icon: "warning" } },
  { path: "/app/admin/audit", roles, load: () => import("./audit.js"), nav: { label: "administrator.nav.audit", icon: "list" } },
  { path: "/app/admin/institute", roles, load: () => import("./institute.js"), nav: { label: "administrator.nav.institute", icon: "settings" } },
];
