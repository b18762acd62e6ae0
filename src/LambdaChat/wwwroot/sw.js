// A service worker that keeps the page's files, so that the page opens without a network and shows the stored chats. With a network, each
// file comes from the network, unless the function cannot answer. Requests of the API are not touched.

// The hash of these files, which a test computes: 0a0d0ed89f83e913. With another one, browsers install the worker again.
const cacheName = "lambdachat";

// A test compares this list with the files. Libraries are kept when they are first used.
const files = [
  "./",
  "assets/api.js", "assets/attachments.js", "assets/base.css", "assets/changes.js", "assets/characters.js", "assets/chat.css",
  "assets/cmaps.js", "assets/composer.js", "assets/dialogs.js", "assets/documents.js", "assets/dom.js",
  "assets/draw.js", "assets/faults.js", "assets/highlight.js", "assets/icon.svg",
  "assets/library.js", "assets/main.js", "assets/manifest.webmanifest", "assets/markdown-formula-marks.js",
  "assets/markdown-formulas.js", "assets/markdown.js", "assets/math.js",
  "assets/message-parts.js", "assets/message.js", "assets/models.js", "assets/preferences.js", "assets/render.js",
  "assets/reply.js", "assets/runs.js", "assets/session.js", "assets/settings.js", "assets/sidebar.js",
  "assets/sse.js", "assets/store.js", "assets/texts.js", "assets/thread.js",
];

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { method, destination, url } = event.request;
  // Requests of `fetch`, such as those of the API, have no destination.
  if (method === "GET" && destination !== "" && new URL(url).origin === location.origin) {
    event.respondWith(answer(event));
  }
});

async function install() {
  const cache = await caches.open(cacheName);
  const others = (await cache.keys()).filter(({ url }) => /\/vendor\/|\?/.test(url));
  await cache.addAll(files);
  await Promise.all(others.map((request) => cache.add(request).catch(() => cache.delete(request))));
  await skipWaiting();
}

async function answer(event) {
  const { request } = event;
  const response = await fetch(request).catch(() => Response.error());
  if (response.ok) {
    event.waitUntil(keep(request, response.clone()));
  }
  const isMissing = response.type === "error" || response.status === 429 || response.status >= 500; // Lambda throttles with 429.
  return (isMissing && (await caches.match(request, { cacheName, ignoreSearch: true }))) || response;
}

async function keep(request, response) {
  try {
    const cache = await caches.open(cacheName);
    await cache.put(request, response);
  } catch {
    // There is no space for it.
  }
}
