// The list: one row a station, built as DOM nodes. It always stands beside the map.

import { isCovered } from "./clock.js";
import { el, mark } from "./dom.js";
import { asksForOpen } from "./finder.js";
import { label, language, listed, t, urls } from "./words.js";
import { arrivalSentence, distanceText, travelText } from "./wording.js";

const ROWS_AT_A_TIME = 30;
const SERVICES_SHOWN = 6;

/** Draw every answer of the finder into the element; `showOnMap(code)` serves the rows' buttons. */
export function showList(root, countLine, finder, showOnMap) {
  let shownCount = ROWS_AT_A_TIME;
  let lastQuestion = null;
  const draw = () => {
    if (finder.question !== lastQuestion) shownCount = ROWS_AT_A_TIME;
    lastQuestion = finder.question;
    const { found } = finder.answer;
    const parts = found.length ? rows(finder, shownCount, showOnMap) : [emptyState(finder)];
    if (found.length > shownCount) parts.push(moreButton(found.length - shownCount, more));
    replaceWhatDiffers(countLine, countParts(finder));
    replaceWhatDiffers(root, parts);
    root.setAttribute("aria-busy", "false");
  };
  const more = () => {
    const firstNew = shownCount;
    shownCount += ROWS_AT_A_TIME;
    draw();
    root.querySelectorAll(".station-name a")[firstNew]?.focus();
  };
  finder.onAnswer(draw);
}

/** What stands in the list's place when the stations could not be read. */
export function showLoadingError(root, countLine, retry) {
  countLine.textContent = "";
  root.setAttribute("aria-busy", "false");
  root.replaceChildren(
    el("div", { class: "empty", role: "alert" },
      el("p", {}, t("loading_failed")),
      el("button", { type: "button", class: "button", onclick: retry }, t("try_again"))),
  );
}

/** Replace an element's content, unless it is the same: what is read, focused or pressed stays in place. */
function replaceWhatDiffers(element, parts) {
  const wanted = el("div", {}, parts);
  const isSame =
    wanted.childNodes.length === element.childNodes.length &&
    [...wanted.childNodes].every((node, index) => node.isEqualNode(element.childNodes[index]));
  if (!isSame) element.replaceChildren(...wanted.childNodes);
}

function countParts({ answer, question, data, nowMs }) {
  if (!isCovered(nowMs, data.window)) return [el("strong", { class: "problem" }, t("hours_expired"))];
  const parts = [t("station_count", { count: answer.found.length })];
  if (asksForOpen(question) && answer.unknownCount) parts.push(t("unknown_hidden", { count: answer.unknownCount }));
  if (!data.holidaysKnown) parts.push(t("holidays_missing"));
  return [parts.join(t("sentence_separator"))];
}

function rows(finder, shownCount, showOnMap) {
  const shown = finder.answer.found.slice(0, shownCount);
  const row = (found) => stationRow(found, finder, showOnMap);
  if (finder.question.place) return [el("ol", { class: "stations" }, shown.map(row))];
  return byDistrict(shown).map(([code, group]) =>
    el("section", { class: "district" },
      el("h3", {}, districtName(finder.data, code)),
      el("ul", { class: "stations" }, group.map(row))),
  );
}

function byDistrict(shown) {
  const groups = new Map();
  for (const found of shown) {
    const code = found.station.district;
    groups.set(code, [...(groups.get(code) ?? []), found]);
  }
  return [...groups];
}

function districtName(data, code) {
  const district = data.districts.find((each) => each.code === code);
  if (!district) return t("no_district");
  return language.startsWith("zh") ? district.zh : district.en || district.zh;
}

/** A station's name in the page's language. */
export function stationName(station) {
  return language.startsWith("zh") ? station.name : station.nameEn || station.name;
}

/** The address of a station's page. */
export function stationUrl(code) {
  return urls.station.replace("CODE", encodeURIComponent(code));
}

function stationRow(found, finder, showOnMap) {
  const { station, arrival } = found;
  const name = stationName(station);
  return el("li", { class: `station state-${arrival.state}`, "data-code": station.code },
    mark(`kind-${station.kind}`, `kind-${station.kind}`),
    el("div", { class: "station-body" },
      el("p", { class: "station-name" }, el("a", { href: stationUrl(station.code) }, name)),
      stateLine(found, finder),
      el("p", { class: "station-facts" }, factsText(found, finder)),
      alertLine(station, finder.nowMs),
      entryLine(station),
      servicesLine(station, finder.question.services)),
    station.lon !== null &&
      el("button",
        { type: "button", class: "on-map", "aria-label": t("show_on_map", { name }), onclick: () => showOnMap(station.code) },
        mark("icon-map")),
  );
}

/** The state in a word, a shape and a colour. */
export function stateLine(found, finder) {
  const { state } = found.arrival;
  const words = { window: finder.data.window, nowMs: finder.nowMs, hasPlace: Boolean(finder.question.place) };
  return el("p", { class: `state state-${state}` }, mark(`state-${state}`), arrivalSentence(found, words));
}

function factsText({ station, distanceM, travelS }, { question, data }) {
  const parts = [];
  if (distanceM !== null) parts.push(distanceText(distanceM), travelText(travelS, question.mode));
  parts.push(label("kinds", station.kind));
  if (question.place && station.district) parts.push(districtName(data, station.district));
  if (station.lon === null) parts.push(t("unplaced"));
  return parts.join(t("fact_separator"));
}

function alertLine(station, nowMs) {
  if (!station.alert || station.alert.expiresAtMs <= nowMs) return null;
  return el("p", { class: "station-alert" }, mark("icon-alert"), station.alert.text);
}

/** How to get in. */
export function entryLine(station) {
  if (station.entryMethods.size === 0) return null;
  const methods = listed([...station.entryMethods].map((method) => label("entry_methods", method)));
  return el("p", { class: "station-entry" }, t("entry", { methods }));
}

function servicesLine(station, asked) {
  const names = [...station.services].sort((a, b) => Number(asked.has(b)) - Number(asked.has(a)));
  if (names.length === 0) return null;
  const text = listed(names.slice(0, SERVICES_SHOWN).map((service) => label("services", service)));
  const restCount = names.length - SERVICES_SHOWN;
  return el("p", { class: "station-services" }, restCount > 0 ? t("list_and_more", { list: text, count: restCount }) : text);
}

function moreButton(restCount, more) {
  const count = Math.min(restCount, ROWS_AT_A_TIME);
  return el("button", { type: "button", class: "button more", onclick: more }, t("show_more", { count }));
}

/** Nothing found: say why, and offer the way out that would find something. */
function emptyState(finder) {
  const withoutOpen = finder.preview({ open: "any" }).found.length;
  const clear = { kinds: new Set(), services: new Set(), entryMethods: new Set(), districts: new Set(), text: "" };
  const offersClosed = asksForOpen(finder.question) && withoutOpen > 0;
  return el("div", { class: "empty" },
    el("p", {}, offersClosed ? t("nothing_open", { count: withoutOpen }) : t("nothing_found")),
    offersClosed
      ? el("button", { type: "button", class: "button", onclick: () => finder.ask({ open: "any" }) }, t("show_closed"))
      : el("button", { type: "button", class: "button", onclick: () => finder.ask({ ...clear, open: "any" }) }, t("clear_filters")));
}
