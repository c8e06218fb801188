import { signal } from "@preact/signals";
import { get } from "../api.js";
import { person } from "../session.js";

/** How many notifications the person has not read; null until it is known. @type {import("@preact/signals").Signal<number | null>} */
export const unread = signal(null);

/** Asks the API. */
export async function loadUnread() {
  if (!person.value) return;
  unread.value = (await get("/notifications/{recipientId}/unread", { params: { recipientId: person.value.id } })).count;
}
