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
  { path: "/app/teach/courses/:courseId", roles: shared, load: () => import("./roster.js"), style },
  { path: "/app/teach/courses/:courseId/gradebook", roles: shared, load: () => import("./gradebook.js"), style },
];
