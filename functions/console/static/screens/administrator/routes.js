/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["admin"];

/** The administrator's screens, in the order of the menu. @type {Route[]} */
export const routes = [
  { path: "/app", roles, load: () => import("./home.js"), nav: { label: "administrator.nav.home", icon: "home" } },
];
