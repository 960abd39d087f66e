// Files whose names carry the hash of their content: the same for ever, so what is kept is always right.

import { FILES, keep, kept, keptValue, keptVersions, pagesOf } from "./stores.js";
import { NotUsable } from "./trust.js";

const HASH = /\.([0-9a-f]{8,64})\.\w+$/;
const LIST = "/offline/files";
const AT_A_TIME = 4;

export const isNamedByContent = (path) => HASH.test(path);

/** Where a release's pages keep the list of its files. */
export const FILES_LIST = LIST;

export async function answerFile(request) {
  return (await kept(FILES, request.url)) ?? fetch(request);
}

/** Bring every file here. Those that came stay, even if another fails: the next attempt goes on from there. */
export async function bringFiles(urls) {
  const waiting = [...urls];
  const worker = async () => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) await bringFile(url);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function bringFile(url) {
  if (await kept(FILES, url)) return;
  // The page has just fetched most of them: first as the browser kept them, then past its cache.
  const answer = (await genuine(url, "default")) ?? (await genuine(url, "reload"));
  if (!answer) throw new NotUsable(`${url} is not what its name says`);
  await keep(FILES, url, answer);
}

/** The file, if its content has the hash that its name carries: no stranger's page and no half of a file has. */
async function genuine(url, cache) {
  const answer = await fetch(url, { cache });
  if (!answer.ok) return null;
  const digest = await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer());
  const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return found.startsWith(url.match(HASH)[1]) ? answer : null;
}

/** Forget the files that no kept release lists. */
export async function forgetOtherFiles() {
  const lists = await Promise.all((await keptVersions()).map((version) => keptValue(pagesOf(version), LIST)));
  const needed = new Set(lists.flatMap((list) => list ?? []));
  const cache = await caches.open(FILES);
  const strangers = (await cache.keys()).filter((request) => !needed.has(new URL(request.url).pathname));
  await Promise.all(strangers.map((request) => cache.delete(request)));
}
