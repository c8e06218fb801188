/** @import { Route } from "../../router.js" */

/** The screens that need no sign-in. @type {Route[]} */
export const routes = [
  { path: "/", load: () => import("./front.js") },
  { path: "/app/sign-in", load: () => import("./sign-in.js") },
];
