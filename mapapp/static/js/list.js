// The list: one row a station, built as DOM nodes. It always stands beside the map.

import { beyondPart, hasStations } from "./beyond.js";
import { localParts } from "./clock.js";
import { offersIn } from "./data.js";
import { el, mark, replaceWhatDiffers } from "./dom.js";
import { asksForOpen } from "./finder.js";
import { emptyState } from "./nearest_without.js";
import { alertLine, doorLine, entryLine, stateLine, stationName, stationUrl } from "./station_parts.js";
import { label, language, listed, t } from "./words.js";
import { distanceText, travelText } from "./wording.js";

const ROWS_AT_A_TIME = 30;
const SERVICES_SHOWN = 3;

/** Draw every answer of the finder into the page's parts; `showOnMap(code)`, `change(part)` and `farther()` serve its buttons. */
export function showList({ list: root, countLine, orderLine }, finder, { showOnMap, change, farther }) {
  let shownCount = ROWS_AT_A_TIME;
  let lastQuestion = null;
  countLine.tabIndex = -1;
  const draw = () => {
    if (finder.question !== lastQuestion) shownCount = ROWS_AT_A_TIME;
    lastQuestion = finder.question;
    const { found } = finder.answer;
    const parts = found.length ? rows(finder, shownCount, showOnMap) : hasStations(finder) ? [emptyState(finder, change)] : [];
    if (found.length > shownCount) parts.push(moreButton(found.length - shownCount, more));
    const beyond = beyondPart(finder, farther);
    if (beyond) parts.push(beyond);
    replaceWhatDiffers(countLine, hasStations(finder) ? [t("station_count", { count: found.length })] : []);
    replaceWhatDiffers(orderLine, [aboutTheList(finder)]);
    const hadFocus = root.contains(document.activeElement);
    replaceWhatDiffers(root, parts);
    if (hadFocus && !root.contains(document.activeElement)) countLine.focus({ preventScroll: true }); // its button is gone
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

/** In which order the list is, and what it leaves out. */
function aboutTheList({ answer, question, data }) {
  const parts = answer.found.length ? [t(orderKey(question))] : [];
  const asksForHours = asksForOpen(question) || question.openLate || question.alwaysOpen;
  if (asksForHours && answer.unknownCount) parts.push(t("unknown_hidden", { count: answer.unknownCount }));
  if (!data.holidaysKnown) parts.push(t("holidays_missing"));
  return parts.join(t("sentence_separator"));
}

function orderKey(question) {
  if (!question.place) return "ordered_by_district";
  if (question.order === "distance") return "ordered_by_distance";
  return asksForOpen(question) ? "ordered_by_use_open" : "ordered_by_use";
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

function stationRow(found, finder, showOnMap) {
  const { station, arrival } = found;
  const { question } = finder;
  const name = stationName(station);
  return el("li", { class: `station state-${arrival.state}`, "data-code": station.code },
    mark(`kind-${station.kind}`, `kind-${station.kind}`),
    el("div", { class: "station-body" },
      el("div", { class: "station-top" },
        el("p", { class: "station-name" }, el("a", { href: stationUrl(station.code) }, name)),
        found.distanceM !== null && el("p", { class: "station-distance" }, distanceText(found.distanceM))),
      stateLine(found, finder),
      doorLine(station, finder),
      alertLine(station, finder.nowMs),
      station.lon !== null && mapButton(name, () => showOnMap(station.code)),
      askedLine(station, question.services),
      el("p", { class: "station-facts" }, factsText(found, question)),
      entryLine(station),
      otherServicesLine(found, finder)));
}

function mapButton(name, show) {
  return el("button", { type: "button", class: "on-map", "aria-label": t("show_on_map", { name }), onclick: show },
    mark("icon-map"));
}

function factsText({ station, distanceM, travelS }, question) {
  const parts = [label("kinds", station.kind)];
  if (distanceM !== null) parts.unshift(travelText(travelS, question.mode));
  if (station.lon === null) parts.push(t("unplaced"));
  return parts.join(t("fact_separator"));
}

/** The services asked for, each with its tick and, where it costs something, its fee. */
function askedLine(station, asked) {
  if (asked.size === 0) return null;
  return el("ul", { class: "station-asked" }, [...asked].map((service) => {
    const fee = station.fees.get(service);
    const name = label("services", service);
    return el("li", {}, mark("icon-tick"), fee ? t("service_with_fee", { service: name, fee }) : name);
  }));
}

/** What can be counted on in the month of the arrival beside what is asked for, in the order of the codes. */
function otherServicesLine({ station, arrivesAtMs }, { data, question: { services: asked } }) {
  const { month } = localParts(arrivesAtMs, data.window);
  const names = data.codes.services.filter((service) => !asked.has(service) && offersIn(station, service, month));
  if (names.length === 0) return null;
  const list = listed(names.slice(0, SERVICES_SHOWN).map((service) => label("services", service)));
  const count = names.length - SERVICES_SHOWN;
  const text = count > 0 ? t("list_and_more", { list, count }) : list;
  return el("p", { class: "station-services" }, asked.size ? t("also_offers", { services: text }) : text);
}

function moreButton(restCount, more) {
  const count = Math.min(restCount, ROWS_AT_A_TIME);
  return el("button", { type: "button", class: "button more", onclick: more }, t("show_more", { count }));
}
