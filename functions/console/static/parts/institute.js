import { signal } from "@preact/signals";
import { get } from "../api.js";

/** @import { InstituteView } from "lms/api" */

/** What everybody may know of the institute; empty until it is known.
 * @type {import("@preact/signals").Signal<Partial<InstituteView>>} */
export const institute = signal({});

/** Asks once a visit. */
export async function loadInstitute() {
  if (!institute.value.name) institute.value = await get("/institute");
}
