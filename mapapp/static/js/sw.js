// The service worker: keeps one release of the pages whole on the phone, and answers from it where the
// network does not. `self.release` stands before this script, written by mapapp/public/offline_routes.py;
// docs/offline.md tells how a release comes and goes.

import { answerData, isData } from "./offline/data.js";
import { answerFile, isNamedByContent } from "./offline/files.js";
import { install, putThingsInOrder, takeOver } from "./offline/life.js";
import { answerManifest, answerNavigation } from "./offline/pages.js";
import { flushOutbox, SYNC_TAG } from "./reports/outbox.js";

self.addEventListener("install", (event) => {
  // Nothing of a page is ever mixed: its files are found by their content's hash, in whatever release. So a
  // complete release need not wait until every tab is closed, which on a phone may be never.
  event.waitUntil(install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const answer = answerOf(event, url);
  // Whatever breaks in here, the page gets what it would have got without us.
  if (answer) event.respondWith(answer.catch(() => fetch(request)));
});

// The browser wakes us when the network is back, with or without a page of ours open; again only if we fail.
self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(sendAll());
});

async function sendAll() {
  const { waiting } = await flushOutbox();
  if (waiting) throw new Error(`${waiting} reports still wait`);
}

/** A promise of an answer, or null for what is none of our business. */
function answerOf(event, url) {
  if (event.request.mode === "navigate") {
    event.waitUntil(putThingsInOrder());
    return answerNavigation(event, url);
  }
  if (isData(url.pathname)) return answerData(event);
  if (event.request.destination === "manifest") return answerManifest(event.request);
  return isNamedByContent(url.pathname) ? answerFile(event.request) : null;
}
