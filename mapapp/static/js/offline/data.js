// The stations: from the network if it answers in time, else the newest that were kept. Each answer says
// when the server last confirmed it, so that the page can say how old its stations are.
//
// A large register comes as a list of cells and a file for each cell. What the pages ask for is kept like that:
// the list, and the cells of last use.

import { inTimeLimit } from "../time_limit.js";
import { inTime } from "./patience.js";
import { DATA, keep, kept } from "./stores.js";
import { isOfType, NotUsable, programOf } from "./trust.js";

export const CONFIRMED_AT = "X-Confirmed-At";
const CELLS_KEPT = 24;
const GONE = 404;
const FORMAT_ASKED = /format=(\d+)/;
const FORMAT_GIVEN = /^\{"format":(\d+),/;

/** Whether a path is that of stations. */
export function isData(path) {
  return path === self.release.data.url || path === self.release.cells?.index || isCell(path);
}

const isCell = (path) => Boolean(self.release.cells) && new RegExp(self.release.cells.pattern).test(path);

/** What every phone keeps from the first visit on: all stations, or the list of cells. */
const firstUrl = () => self.release.cells?.index ?? self.release.data.url;

/** The answer to a page that asks for the stations. */
export async function answerData(event) {
  const format = formatAsked(event.request);
  const url = new URL(event.request.url).pathname;
  const network = bringData(format, event.request.cache, url);
  event.waitUntil(network.catch(() => {}));
  const before = await keptData(format, url);
  try {
    return await (before ? inTime(network) : network);
  } catch (error) {
    return before ?? error.answer ?? Response.error();
  }
}

/** Fetch the stations in a format, keep them, and resolve to an answer for the page. */
export async function bringData(format = self.release.data.format, cache = "no-cache", url = firstUrl()) {
  const askedAtMs = Date.now(); // what is confirmed is the moment we asked, at the latest
  const { body, headers } = await inTimeLimit(async (signal) => {
    const answer = await fetch(url, { cache: cache === "default" ? "no-cache" : cache, signal });
    if (isCell(url) && answer.status === GONE && programOf(answer) !== null) await forget(format, url);
    return checked(answer, format);
  });
  headers.set(CONFIRMED_AT, String(askedAtMs));
  const keptHeaders = new Headers(headers);
  keptHeaders.delete("X-Server-Time"); // true only now
  const toKeep = () => new Response(body, { headers: keptHeaders });
  await keepIfNewer(keptUnder(format, url), askedAtMs, toKeep).catch(() => {}); // a phone without room still shows them
  if (isCell(url)) await forgetOldCells().catch(() => {});
  return new Response(body, { headers });
}

export const keptData = (format, url = firstUrl()) => kept(DATA, keptUnder(format, url));

/** Whether the stations of the release's own format are here. */
export const hasData = async () => Boolean(await keptData(self.release.data.format));

/**
 * A page asks for the format that it reads: after an update, pages of two releases may be open at once.
 * Neither gets what it cannot read as long as something else is there.
 */
function formatAsked(request) {
  return Number(request.headers.get("Accept")?.match(FORMAT_ASKED)?.[1] ?? self.release.data.format);
}

async function checked(answer, format) {
  const copy = answer.clone();
  const body = await copy.text();
  const isOurs = programOf(answer) !== null && isOfType(answer, "application/json") && body.endsWith("}");
  if (!isOurs || Number(body.match(FORMAT_GIVEN)?.[1]) !== format) {
    throw new NotUsable("the stations are not ours, or of another format", answer);
  }
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding"); // the body is plain by now
  headers.delete("Content-Length");
  return { body, headers };
}

/** Two tabs may ask at once, and the older answer may come last. */
async function keepIfNewer(address, askedAtMs, makeAnswer) {
  const before = Number((await kept(DATA, address))?.headers.get(CONFIRMED_AT) ?? 0);
  // A time ahead of the clock was written under a wrong clock, and orders nothing.
  if (before < askedAtMs || before > Date.now()) await keep(DATA, address, makeAnswer());
}

const keptUnder = (format, url) => `${url}?format=${format}`;

/** A cell whose last station is gone. */
async function forget(format, url) {
  await (await caches.open(DATA)).delete(keptUnder(format, url));
}

/** Of the cells, those asked for last stay. */
async function forgetOldCells() {
  const cache = await caches.open(DATA);
  const cells = (await cache.keys()).filter((request) => isCell(new URL(request.url).pathname));
  if (cells.length <= CELLS_KEPT) return;
  const aged = await Promise.all(cells.map(async (request) => [await confirmedAt(cache, request), request]));
  aged.sort(([a], [b]) => b - a);
  await Promise.all(aged.slice(CELLS_KEPT).map(([, request]) => cache.delete(request)));
}

const confirmedAt = async (cache, request) => Number((await cache.match(request))?.headers.get(CONFIRMED_AT) ?? 0);
