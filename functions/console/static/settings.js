/** What the page says of this stack. `demo` is null wherever people are real. */

/**
 * @type {{
 *   static: string,
 *   demo: { people: Record<"student" | "teacher" | "admin", string>, password: string, mailPage: string } | null
 * }}
 */
export const settings = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("settings")).textContent ?? "");
