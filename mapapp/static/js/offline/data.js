// The stations: from the network if it answers in time, else the newest that were kept. Each answer says
// when the server last confirmed it, so that the page can say how old its stations are.

import { inTime } from "./patience.js";
import { DATA, keep, kept } from "./stores.js";
import { isOfType, NotUsable, programOf } from "./trust.js";

export const CONFIRMED_AT = "X-Confirmed-At";
const FORMAT_ASKED = /format=(\d+)/;
const FORMAT_GIVEN = /^\{"format":(\d+),/;

/** The answer to a page that asks for the stations. */
export async function answerData(event) {
  const format = formatAsked(event.request);
  const network = bringData(format, event.request.cache);
  event.waitUntil(network.catch(() => {}));
  const before = await keptData(format);
  try {
    return await (before ? inTime(network) : network);
  } catch (error) {
    return before ?? error.answer ?? Response.error();
  }
}

/** Fetch the stations in a format, keep them, and resolve to an answer for the page. */
export async function bringData(format = self.release.data.format, cache = "no-cache") {
  const askedAtMs = Date.now(); // what is confirmed is the moment we asked, at the latest
  const answer = await fetch(self.release.data.url, { cache: cache === "default" ? "no-cache" : cache });
  const { body, headers } = await checked(answer, format);
  headers.set(CONFIRMED_AT, String(askedAtMs));
  const keptHeaders = new Headers(headers);
  keptHeaders.delete("X-Server-Time"); // true only now
  const toKeep = () => new Response(body, { headers: keptHeaders });
  await keepIfNewer(format, askedAtMs, toKeep).catch(() => {}); // a phone without room still shows them
  return new Response(body, { headers });
}

export const keptData = (format) => kept(DATA, keptUnder(format));

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
async function keepIfNewer(format, askedAtMs, makeAnswer) {
  const before = Number((await keptData(format))?.headers.get(CONFIRMED_AT) ?? 0);
  // A time ahead of the clock was written under a wrong clock, and orders nothing.
  if (before < askedAtMs || before > Date.now()) await keep(DATA, keptUnder(format), makeAnswer());
}

const keptUnder = (format) => `${self.release.data.url}?format=${format}`;
