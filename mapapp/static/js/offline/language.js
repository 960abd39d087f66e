// Which language the kept pages speak. The server decides by cookie and by what the browser asks for; the
// worker sees neither, so it remembers the language of the last page that came from the server. A choice
// made without a network is told to the server as soon as there is one.

import { DATA, keepValue, keptValue } from "./stores.js";
import { programOf } from "./trust.js";

const ADDRESS = "/offline/language";

/** The language to answer in: the remembered one, else the browser's first that we speak, else ours. */
export async function currentLanguage() {
  return (await remembered()).language ?? browserLanguage(navigator.languages ?? [], Object.keys(self.release.languages));
}

/** As the server reads Accept-Language. */
export function browserLanguage(wanted, spoken) {
  const asked = wanted.map((tag) => tag.split("-")[0].toLowerCase());
  return asked.find((language) => spoken.includes(language)) ?? spoken[0];
}

/** The language in which a page of ours came. */
export async function noteLanguage(answer) {
  if (programOf(answer) === null) return;
  const tag = answer.headers.get("Content-Language");
  const [language] = Object.entries(self.release.languages).find(([, published]) => published === tag) ?? [];
  const before = await remembered();
  if (language && language !== before.language && !before.isUntold) await keepValue(DATA, ADDRESS, { language });
}

/** Take a choice made while the server cannot hear it. */
export async function chooseLanguage(choice) {
  const language = choice.split("-")[0].toLowerCase();
  if (language in self.release.languages) await keepValue(DATA, ADDRESS, { language, isUntold: true });
}

/** Tell the server of a choice made without it, so that its next page speaks that language. */
export async function tellLanguage() {
  const { language, isUntold } = await remembered();
  if (!isUntold) return;
  const answer = await fetch(`${self.release.home}?lang=${language}`, { redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect") await keepValue(DATA, ADDRESS, { language });
}

async function remembered() {
  return (await keptValue(DATA, ADDRESS)) ?? {};
}
