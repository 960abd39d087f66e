// Pages: from the network if it answers in time and in good health, else the kept page that stands in for them.

import { chooseLanguage, currentLanguage, noteLanguage, tellLanguage } from "./language.js";
import { inTime } from "./patience.js";
import { kept, pagesOf } from "./stores.js";
import { isGood, NotUsable } from "./trust.js";

/** Where a page lies in its release's cache. */
export const keptUnder = (url, language) => `${url}?kept-in=${language}`;

/** The answer to opening an address. */
export async function answerNavigation(event, url) {
  const substitute = await substituteFor(url.pathname);
  const network = fromNetwork(event.request);
  event.waitUntil(network.then(noteLanguage).catch(() => {}));
  try {
    return await (substitute ? inTime(network) : network);
  } catch (error) {
    const choice = url.searchParams.get("lang");
    if (choice !== null) return afterChoice(choice, url);
    // A page that is not kept: what the server says of its trouble is better than our notice.
    return substitute ?? error.answer ?? (await keptPage(self.release.notice)) ?? Response.error();
  }
}

/** The web app manifest: the browser looks at it now and then, with or without a network. */
export async function answerManifest(request) {
  const substitute = await substituteFor(new URL(request.url).pathname);
  return fetch(request).catch((error) => substitute ?? Promise.reject(error));
}

async function fromNetwork(request) {
  await tellLanguage();
  const answer = await fetch(request);
  if (!isGood(answer)) throw new NotUsable(`${request.url} was answered by something else`, answer);
  return answer;
}

async function substituteFor(path) {
  const page = self.release.pages.find(({ answers }) => answers.some((pattern) => new RegExp(pattern).test(path)));
  return page && keptPage(page.url);
}

async function keptPage(url) {
  return kept(pagesOf(self.release.version), keptUnder(url, await currentLanguage()));
}

/** Keep a choice of language as the server would: remember it, and lead to the address without it. */
async function afterChoice(choice, url) {
  await chooseLanguage(choice);
  const clean = new URL(url);
  clean.searchParams.delete("lang");
  return Response.redirect(clean.href, 303);
}
