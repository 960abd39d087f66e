// The queue of reports: each is sent once, in the order they were made, as soon as there is a way.
// It runs in pages and in the service worker; the server knows a report again by its key, so that even one whose
// answer was lost on the way arrives once.

import { inTimeLimit } from "../time_limit.js";
import { addWaiting, allWaiting, changeWaiting, countWaiting, settle, settledOf } from "./database.js";

/** The tag of the browser's background synchronisation: the service worker calls `flushOutbox()` on it. */
export const SYNC_TAG = "reports";

const LOCK = "stationmap.reports";
const CHANNEL = "stationmap.reports";
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
const KEPT_FOR_MS = 30 * 24 * 3_600_000;
const CLOCK_WAS_WRONG_MS = 365 * 24 * 3_600_000; // nothing waits that long: the clock was wrong when it was made
const LATE_AFTER_MS = 60_000;
const JSON_TYPES = ["application/json", "application/problem+json"];

/**
 * Keep a report until it is sent: { key, url, fields: [[name, text], …], photo: {bytes, type} | null,
 * about: {kind, station, name, page?}, madeAtMs }. Putting the same key in again changes nothing.
 */
export async function putInOutbox(report) {
  await addWaiting({ attempts: 0, retryAtMs: 0, ...report });
  announce();
}

/** How many reports wait. */
export const waitingCount = countWaiting;

/**
 * Send what waits, oldest first, until all is sent or something is in the way. Safe to call at any time and
 * from several pages at once. `isUrgent`: somebody asks for it, or the network is back; then only a pause that
 * the server asked for holds. Resolves to { sent, refused, waiting, retryAtMs }; never rejects because of the network.
 */
export function flushOutbox({ now = Date.now, isUrgent = false } = {}) {
  return alone(async () => {
    const result = { sent: 0, refused: 0, waiting: 0, retryAtMs: null };
    for (const report of await allWaiting()) {
      const dueAtMs = isUrgent ? (report.notBeforeMs ?? 0) : report.retryAtMs;
      if (dueAtMs > now() && dueAtMs <= now() + LONGEST_PAUSE_MS) { // a later one was written under a wrong clock
        result.retryAtMs = dueAtMs;
        break;
      }
      const outcome = await deliver(report, now);
      if (!outcome.settled) {
        result.retryAtMs = outcome.retryAtMs;
        break;
      }
      result[outcome.settled] += 1;
    }
    result.waiting = await countWaiting();
    if (result.sent || result.refused) announce();
    return result;
  });
}

/**
 * Load the page anew, but not in the middle of a delivery: its answer would be lost, and the report sent twice.
 * No other delivery begins until the page is gone.
 */
export function reloadBetweenDeliveries() {
  alone(() => {
    location.reload();
    return new Promise(() => {});
  });
}

/** What has become of a report: {outcome: "sent" | "refused", …}, {outcome: "waiting", …} or null. */
export async function outcomeOf(key) {
  const settled = await settledOf(key);
  if (settled) return settled;
  const waiting = (await allWaiting()).find((report) => report.key === key);
  return waiting ? { outcome: "waiting", retryAtMs: waiting.retryAtMs } : null;
}

/** Call `onChange` whenever the queue changes, in whichever page or worker. */
export function onOutboxChange(onChange) {
  channel()?.addEventListener("message", onChange);
}

async function deliver(report, now) {
  const ageMs = now() - report.madeAtMs;
  if (ageMs > KEPT_FOR_MS && ageMs < CLOCK_WAS_WRONG_MS) return settleAs("refused", report, { isExpired: true }, now);
  let answer;
  try {
    answer = await send(report, now);
  } catch {
    return { settled: null, retryAtMs: null }; // no network: whoever notices that it is back calls again
  }
  if (answer.status === 200 || answer.status === 201) {
    const { tracking, url } = answer.body ?? {};
    if (tracking) return settleAs("sent", report, { tracking, url }, now);
  }
  const isOurs = answer.body !== null || answer.status === 413;
  const isFinal = answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status);
  if (isOurs && isFinal) {
    const { detail, problems } = answer.body ?? {};
    return settleAs("refused", report, { status: answer.status, detail, problems }, now);
  }
  return pause(report, answer, now);
}

/** Post it. A page of somebody else's, as of a hotel's network, has no JSON body: then `body` is null. */
async function send(report, now) {
  const form = new FormData();
  for (const [name, text] of report.fields) form.append(name, text);
  const ageMs = now() - report.madeAtMs;
  if (ageMs > LATE_AFTER_MS && ageMs < CLOCK_WAS_WRONG_MS) form.append("made_at", new Date(report.madeAtMs).toISOString());
  if (report.photo) form.append("photo", new Blob([report.photo.bytes], { type: report.photo.type }), "photo");
  return inTimeLimit(async (signal) => {
    const headers = { Accept: "application/json" };
    const answer = await fetch(report.url, { method: "POST", body: form, headers, credentials: "same-origin", signal });
    const type = (answer.headers.get("Content-Type") ?? "").split(";")[0];
    const body = JSON_TYPES.includes(type) ? await answer.json() : null;
    return { status: answer.status, body, retryAfterS: Number(answer.headers.get("Retry-After")) || 0 };
  });
}

/** What was typed into a refused report is kept with it until it is dismissed, or opened again. */
async function settleAs(outcome, report, details, now) {
  const { key, about, fields, photo } = report;
  const typed = outcome === "refused" ? { fields, photo } : {};
  await settle(report, { key, about, outcome, settledAtMs: now(), ...typed, ...details });
  return { settled: outcome };
}

/** The server cannot take it now: longer and longer pauses, or as long as it says; never longer than an hour. */
async function pause(report, answer, now) {
  const attempts = report.attempts + 1;
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  const askedForMs = Math.min(answer.retryAfterS * 1000, LONGEST_PAUSE_MS);
  const retryAtMs = now() + Math.max(pauseMs, askedForMs);
  await changeWaiting({ ...report, attempts, retryAtMs, notBeforeMs: askedForMs ? now() + askedForMs : 0 });
  return { settled: null, retryAtMs };
}

// --- one at a time, and telling the others -----------------------------------------------------------

let last = Promise.resolve();

/** One delivery at a time, over all pages and the worker where the browser can do that, else in this page. */
function alone(work) {
  if (globalThis.navigator?.locks) return navigator.locks.request(LOCK, work);
  const next = last.then(work, work);
  last = next.catch(() => {});
  return next;
}

let opened = null;

function channel() {
  if (!opened && "BroadcastChannel" in globalThis) opened = new BroadcastChannel(CHANNEL);
  return opened;
}

/** A channel does not hear itself, so this page's own listeners are told by a second one. */
function announce() {
  if (!("BroadcastChannel" in globalThis)) return;
  const speaker = new BroadcastChannel(CHANNEL);
  speaker.postMessage("changed");
  speaker.close();
}
