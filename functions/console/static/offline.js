/** Whether the line is up, and the service worker that keeps these screens in the browser. */
import { signal } from "@preact/signals";

export const online = signal(navigator.onLine);

/** A newer version waits; it is shown when the person wants it, never in the middle of something. */
export const update = signal(/** @type {(() => void) | null} */ (null));

/** Starts to watch both. */
export async function startOffline() {
  addEventListener("online", () => online.value = true);
  addEventListener("offline", () => online.value = false);
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const hadOne = workers.controller !== null;
  let asked = false;
  workers.addEventListener("controllerchange", () => {
    if (asked) location.reload();
  });
  const registration = await workers.register("/service-worker.js");
  const offer = () => {
    const waiting = registration.waiting;
    if (!waiting || !hadOne) return;
    update.value = () => {
      asked = true;
      waiting.postMessage("take over");
    };
  };
  offer();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
}
