// How a release comes onto a phone and takes over from the one before it. All or nothing: until the last
// piece is here, and after any failure, the phone goes on with what it had.

import { bringData, hasData, keptData } from "./data.js";
import { bringFiles, FILES_LIST, forgetOtherFiles } from "./files.js";
import { keptUnder } from "./pages.js";
import { DATA, keep, keepValue, keptValue, keptVersions, pagesOf } from "./stores.js";
import { isOfType, NotUsable, programOf } from "./trust.js";

/** Written last: a release without it was cut off in the middle. */
const COMPLETE = "/offline/complete";

/** Bring everything here. Rejects, with nothing of the release left but files for the next attempt. */
export async function install() {
  const cacheName = pagesOf(self.release.version);
  try {
    await keepValue(cacheName, FILES_LIST, self.release.files);
    await bringFiles(self.release.files);
    for (const language of Object.keys(self.release.languages)) {
      for (const { url } of self.release.pages) await bringPage(url, language);
    }
    await bringFirstData();
    await keepValue(cacheName, COMPLETE, true);
  } catch (error) {
    await caches.delete(cacheName);
    if (error.name === "QuotaExceededError") await forgetOtherFiles(); // make room for the visitor's own things
    throw error;
  }
}

/** Become the only release. Files of the one before stay while pages of it may be open: until the next time. */
export async function takeOver() {
  await forgetOtherFiles();
  const others = (await keptVersions()).filter((version) => version !== self.release.version);
  await Promise.all(others.map((version) => caches.delete(pagesOf(version))));
  await forgetOtherFormats();
}

let isBusy = false;

/** Bring back what the browser has thrown away: it may do so when the phone is full. */
export async function putThingsInOrder() {
  if (isBusy) return;
  isBusy = true;
  try {
    if (!(await keptValue(pagesOf(self.release.version), COMPLETE))) await install();
    else if (!(await hasData())) await bringData();
  } catch {
    // without a network or without room: another time
  } finally {
    isBusy = false;
  }
}

async function bringPage(url, language) {
  const tag = self.release.languages[language];
  // Without cookies the server follows Accept-Language; the page is everybody's, and nobody's in particular.
  const answer = await fetch(url, {
    headers: { "Accept-Language": tag },
    credentials: "omit",
    cache: "no-store",
  });
  const type = url.endsWith(".webmanifest") ? "application/manifest+json" : "text/html";
  const isOurs = isOfType(answer, type) && answer.headers.get("Content-Language") === tag;
  if (!isOurs || programOf(answer) !== self.release.program) throw new NotUsable(`${url} is not of this release`);
  await keep(pagesOf(self.release.version), keptUnder(url, language), answer);
}

async function bringFirstData() {
  try {
    await bringData();
  } catch (error) {
    if (!(await hasData())) throw error;
  }
  if (!(await keptData(self.release.data.format))) throw new NotUsable("there was no room for the stations");
}

/** Stations in a format that no page still open is likely to read. */
async function forgetOtherFormats() {
  const cache = await caches.open(DATA);
  const others = (await cache.keys()).filter((request) => {
    const format = new URL(request.url).searchParams.get("format");
    return format !== null && Number(format) < self.release.data.format - 1;
  });
  await Promise.all(others.map((request) => cache.delete(request)));
}
