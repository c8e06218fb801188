import { tOf } from "../../i18n.js";

/** @import { Role } from "lms/api" */

/** @type {Role[]} */
export const ROLES = ["student", "teacher", "admin"];

/** The roles, to choose one. */
export const roleOptions = () => ROLES.map((value) => ({ value, label: tOf("role", value) }));
