/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["teacher"];

/** The teacher's screens, in the order of the menu; what administrators may do too has both roles. @type {Route[]} */
export const routes = [
  { path: "/app", roles, load: () => import("./home.js"), nav: { label: "teacher.nav.home", icon: "home" } },
];
