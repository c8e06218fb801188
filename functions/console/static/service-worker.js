// @ts-nocheck: a service worker has other globals than a page, and the server writes KEPT above this line.
/* The page and its files, kept in the browser: the next visit loads nothing, and a running exam goes on without a line.
   Answers of the API are never kept here. */

const CACHE = KEPT.join();
const PAGE = "/app";

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([new Request(PAGE, { cache: "reload" }), ...KEPT]);
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await clients.claim();
  })());
});

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") {
    if (pathname === "/" || pathname === PAGE || pathname.startsWith(`${PAGE}/`)) event.respondWith(kept(PAGE));
  } else if (pathname.startsWith("/static/")) {
    event.respondWith(kept(event.request));
  }
});

/* From here if it is here, else from the server, and kept. */
async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
