// The app's service worker: keeps the app's own files and nothing else, so that it opens without a network. Answers that
// hold anything of a person or a household never pass through a cache: they are asked with no-store and kept by the app,
// encrypted. The three lists above come from the server (survey/volunteer/shell.py): address and digest of each file.
//
// One cache for all versions, with the digest in each key: a new version fetches only what changed. It waits until the
// app is next started (begin.js says "now"), so that nobody's form is taken from under the fingers.
"use strict";

const CACHE = "survey-app";
const DIGESTS = new Map([...AT_ONCE, ...LATER]);
const key = (path) => `${path}?digest=${DIGESTS.get(path)}`;

async function keep(cache, path) {
  if (await cache.match(key(path))) return;
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
  await cache.put(key(path), answer);
}

async function keepAll(list) {
  const cache = await caches.open(CACHE);
  for (const [path] of list) await keep(cache, path); // one by one: kinder to a slow network than twenty at once
}

async function dropOld() {
  const cache = await caches.open(CACHE);
  const wanted = new Set([...DIGESTS.keys()].map((path) => new URL(key(path), location.origin).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

async function fromCache(path, request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(key(path));
  if (found) return found;
  const answer = await fetch(request, { cache: "no-cache" });
  if (answer.ok && !answer.redirected) await cache.put(key(path), answer.clone()).catch(() => {});
  return answer;
}

self.addEventListener("install", (event) => event.waitUntil(keepAll(AT_ONCE)));
self.addEventListener("activate", (event) => event.waitUntil(dropOld().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (DIGESTS.has(url.pathname)) event.respondWith(fromCache(url.pathname, request));
});

self.addEventListener("message", (event) => {
  if (event.data === "now") self.skipWaiting();
  if (event.data === "later") event.waitUntil(keepAll(LATER).catch(() => {}));
  if (event.data === "version") event.source.postMessage({ version: VERSION });
});

// Background Sync, where there is: the queue is encrypted under the PIN, so only an open and unlocked app can send it.
self.addEventListener("sync", (event) => {
  if (event.tag === "send") {
    event.waitUntil(self.clients.matchAll({ type: "window" }).then((all) => all.forEach((each) => each.postMessage("send"))));
  }
});
