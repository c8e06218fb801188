/** @import { Route } from "../../router.js" */

const words = ["refusals"];

/** The screens that need no sign-in. @type {Route[]} */
export const routes = [
  { path: "/", load: () => import("./front.js") },
  // Whoever is signed in sees the student's screen of it.
  { path: "/app/courses/:courseId", load: () => import("./course.js"), style: "student" },
  { path: "/app/sign-in", load: () => import("./sign-in.js"), words },
  { path: "/app/register", load: () => import("./register.js"), words },
  { path: "/app/forgot-password", load: () => import("./forgot-password.js"), words },
  { path: "/app/reset-password", load: () => import("./reset-password.js"), words },
  { path: "/app/invitation", load: () => import("./invitation.js"), words },
  { path: "/app/unsubscribe", load: () => import("./unsubscribe.js"), words },
];
