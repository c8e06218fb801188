/** @import { Route } from "../../router.js" */

/** @type {Route["roles"]} */
const roles = ["student", "teacher", "admin"];
const style = "account";

/** What everybody who is signed in has: their account, and what they are told. @type {Route[]} */
export const routes = [
  { path: "/app/notifications", roles, load: () => import("./notifications.js"), style },
  { path: "/app/profile", roles, load: () => import("./profile.js"), style },
  { path: "/app/preferences", roles, load: () => import("./preferences.js"), style },
  { path: "/app/sign-ins", roles, load: () => import("./sign-ins.js"), style },
  { path: "/app/calendar", roles, load: () => import("./calendar.js"), style },
  { path: "/app/my-data", roles, load: () => import("./my-data.js"), style },
];
