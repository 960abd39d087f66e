// Parts of a station that list and map both show, as DOM nodes.

import { el, mark } from "./dom.js";
import { label, language, listed, t, urls } from "./words.js";
import { arrivalSentence, doorSentence } from "./wording.js";

/** A station's name in the page's language. */
export function stationName(station) {
  return language.startsWith("zh") ? station.name : station.nameEn || station.name;
}

/** The address of a station's page. */
export function stationUrl(code) {
  return urls.station.replace("CODE", encodeURIComponent(code));
}

/** The state in a word, a shape and a colour. */
export function stateLine(found, finder) {
  const { state } = found.arrival;
  const words = { window: finder.data.window, nowMs: finder.nowMs, hasPlace: Boolean(finder.question.place) };
  return el("p", { class: `state state-${state}` }, mark(`state-${state}`), arrivalSentence(found, words));
}

/** That others found the door locked, while that still says something; else null. */
export function doorLine(station, finder) {
  if (!station.door || station.door.untilMs <= finder.nowMs) return null;
  return el("p", { class: "station-door" }, mark("icon-alert"), doorSentence(station.door, finder.nowMs, finder.data.window));
}

/** What staff have to say about it at present; else null. */
export function alertLine(station, nowMs) {
  if (!station.alert || station.alert.expiresAtMs <= nowMs) return null;
  return el("p", { class: "station-alert" }, mark("icon-alert"), station.alert.text);
}

/** How to get in; null where nobody has said. */
export function entryLine(station) {
  if (station.entryMethods.size === 0) return null;
  const methods = listed([...station.entryMethods].map((method) => label("entry_methods", method)));
  return el("p", { class: "station-entry" }, t("entry", { methods }));
}
