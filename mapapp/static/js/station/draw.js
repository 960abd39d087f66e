// A station's page drawn on the phone from the compact file: the parts of templates/public/station.html, in the
// same order and of the same classes. What the file does not hold can be seen once there is a network.

import { stateNow } from "../arrival.js";
import { isCovered } from "../clock.js";
import { el, mark } from "../dom.js";
import { emptyQuestion } from "../finder.js";
import { search } from "../search.js";
import { alertLine, doorLine, stateLine, stationName, stationUrl } from "../station_parts.js";
import { label, language, listed, page, t, urls } from "../words.js";
import { distanceText, travelText } from "../wording.js";
import { hoursAhead } from "./hours.js";
import { navigationLinks, phoneUrl } from "./links.js";
import { servicesParts } from "./services.js";

const ALTERNATIVES = 3;
const ALL_DAY = "00:00–24:00";

/** Draw the station into `root`, as it is at an instant. */
export function drawStation(root, station, data, nowMs) {
  const facts = page.station;
  const arrival = stateNow(station, nowMs, data);
  const shown = { station, data, nowMs, facts, arrival, hours: hoursOf(station, data, nowMs) };
  const isInDoubt = arrival.state !== "open" || doorStands(station, nowMs);
  const nearby = nearbySection(shown);
  root.dataset.code = station.code;
  root.replaceChildren(
    el("div", { class: "station-main" }, [
      head(shown),
      answerSection(shown),
      actionBar(shown),
      reportButtons(),
      isInDoubt && nearby,
      hoursSection(shown),
      servicesSection(shown),
      !isInDoubt && nearby,
    ].filter(Boolean)),
    el("div", { class: "station-aside" }, whereSection(shown), aboutSection(shown)));
  root.setAttribute("aria-busy", "false");
}

function doorStands(station, nowMs) {
  return Boolean(station.door) && station.door.untilMs > nowMs;
}

function hoursOf(station, data, nowMs) {
  if (station.schedule === null || !isCovered(nowMs, station.schedule.window)) return null;
  return hoursAhead(station.schedule, data, nowMs);
}

// --- the answer ------------------------------------------------------------------------------------

function head({ station, data }) {
  const name = stationName(station);
  const others = [station.name, ...station.otherNames].filter((other) => other !== name);
  return el("header", { class: "station-head" },
    el("p", { class: "crumb" }, el("a", { href: urls.home }, mark("icon-back"), t("back_to_list"))),
    el("p", { class: "station-kind" },
      mark(`kind-${station.kind}`, `kind-${station.kind}`),
      label("kinds", station.kind),
      station.district && el("span", {}, districtName(data, station.district))),
    el("h1", {}, name),
    others.length > 0 && el("p", { class: "second-name" }, listed(others)));
}

function districtName(data, code) {
  const district = data.districts.find((each) => each.code === code);
  return language.startsWith("zh") ? district.zh : district.en || district.zh;
}

function answerSection(shown) {
  const { station, data, nowMs, arrival, hours, facts } = shown;
  const here = { data, nowMs, question: { place: null } };
  const { verified } = station;
  return el("section", { class: "answer", "aria-labelledby": "now-title" },
    el("h2", { id: "now-title", class: "visually-hidden" }, t("now_title")),
    stateLine({ station, arrival, arrivesAtMs: nowMs }, here),
    doorLine(station, here),
    alertLine(station, nowMs),
    el("dl", { class: "answers" },
      hours?.today && station.lifeCycle === "active" && answerRow(t("today"), "today-times", [
        times(hours.today), specialName(hours.today)]),
      answerRow(t("way_in"), "", wayIn(station)),
      answerRow(t("address"), "address", addressParts(station)),
      answerRow(t("verified"), "", [
        verified ? [verified.on, facts.verifiedHows[verified.how]].join(t("fact_separator")) : t("verified_never")])),
    el("p", { class: "copy-status", role: "status" }));
}

function answerRow(term, className, parts) {
  return el("div", {}, el("dt", {}, term), el("dd", className ? { class: className } : {}, parts));
}

function wayIn(station) {
  const methods = [...station.entryMethods];
  const isUnknown = methods.length === 0 && !station.entryNote;
  return [
    methods.length > 0 && el("ul", { class: "ways-in" }, methods.map((method) =>
      el("li", {}, mark(`entry-${method}`), label("entry_methods", method)))),
    isUnknown && t("way_in_unknown"),
    station.entryNote && el("p", { class: "entry-note" }, station.entryNote),
  ].filter(Boolean);
}

function addressParts({ address, isApproximate }) {
  return [
    ...(address ? [el("span", {}, address), copyButton(address)] : [t("address_unknown")]),
    isApproximate && el("p", { class: "hint" }, t("position_approximate")),
  ];
}

function copyButton(text) {
  return el("button",
    { type: "button", class: "icon-button", "data-copy": text, "aria-label": t("copy_address") },
    mark("icon-copy"));
}

// --- what can be done ------------------------------------------------------------------------------

function actionBar({ station, data, facts }) {
  const links = data.isSample ? [] : navigationLinks(station, facts.links); // a sample leads to no door
  const phone = phoneUrl(station.phone);
  return el("nav", { class: "action-bar", "aria-label": t("actions") },
    links.length > 0 && el("details", { class: "navigate" },
      el("summary", { class: "button primary" }, mark("icon-navigate"), el("span", {}, t("navigate"))),
      el("ul", { class: "vendors", "aria-label": t("navigate_with") }, links.map(vendorLink))),
    phone && el("a", { class: "button", href: phone }, mark("icon-phone"), el("span", {}, t("call"))),
    el("button", { type: "button", class: "button", "data-share": true }, mark("icon-share"), el("span", {}, t("share"))));
}

function vendorLink({ vendor, url }) {
  const attributes = { class: "button", href: url, "data-vendor": vendor, rel: "noopener noreferrer" };
  return el("li", {}, el("a", attributes, t(`map_${vendor}`)));
}

/** The buttons of reports wait in the page for a station to belong to. */
function reportButtons() {
  return document.getElementById("report-slot")?.content.cloneNode(true) ?? null;
}

// --- elsewhere -------------------------------------------------------------------------------------

function nearbySection({ station, data, nowMs }) {
  if (station.lon === null) return null;
  const question = { ...emptyQuestion(), place: station, open: "arrival", order: "distance" };
  const others = search(data, question, nowMs).found
    .filter((each) => each.station !== station && !doorStands(each.station, nowMs))
    .slice(0, ALTERNATIVES);
  return el("section", { class: "nearby", "aria-labelledby": "nearby-title" },
    el("h2", { id: "nearby-title" }, t("open_nearby")),
    others.length === 0
      ? el("p", {}, t("open_nearby_none"))
      : [el("p", { class: "hint" }, t("open_nearby_now")),
         el("ul", { class: "stations" }, others.map((each) => nearbyRow(each, { data, nowMs, question })))]);
}

function nearbyRow(found, finder) {
  const { station, distanceM, travelS, arrival } = found;
  const facts = [distanceText(distanceM), travelText(travelS, finder.question.mode)].join(t("fact_separator"));
  return el("li", { class: `station state-${arrival.state}` },
    mark(`kind-${station.kind}`, `kind-${station.kind}`),
    el("div", { class: "station-body" },
      el("p", { class: "station-name" }, el("a", { href: stationUrl(station.code) }, stationName(station))),
      stateLine(found, finder),
      el("p", { class: "station-facts" }, facts)));
}

// --- hours, services, the rest ---------------------------------------------------------------------

function hoursSection({ station, data, nowMs, hours }) {
  const isExpired = station.schedule !== null && !isCovered(nowMs, station.schedule.window);
  return section("hours", t("hours_title"), [
    hours && weekTable(hours.week),
    hours && hours.exceptions.length > 0 && el("h3", {}, t("hours_differ")),
    hours && hours.exceptions.length > 0 && exceptionsTable(hours.exceptions),
    hours && !data.holidaysKnown && el("p", { class: "hint" }, t("hours_on_holidays")),
    isExpired && el("p", { class: "problem" }, t("hours_expired")),
    station.schedule === null && el("p", {}, t("hours_ask")),
    station.hoursText && el("p", { class: "hint" }, t("hours_as_given", { text: station.hoursText })),
  ]);
}

function weekTable(week) {
  const head = el("thead", { class: "visually-hidden" },
    el("tr", {}, el("th", { scope: "col" }, t("hours_day")), el("th", { scope: "col" }, t("hours_times"))));
  const rows = week.map((day, index) => el("tr", index === 0 ? { class: "today" } : {},
    el("th", { scope: "row" }, t(`weekday_${day.weekday}`),
      index === 0 && [" ", el("span", { class: "today-note" }, t("hours_today"))]),
    el("td", {}, times(day))));
  return el("table", { class: "week" }, head, el("tbody", {}, rows));
}

function exceptionsTable(days) {
  const rows = days.map((day) => el("tr", {},
    el("th", { scope: "row" }, t("weekday_at", { day: day.date, time: t(`weekday_${day.weekday}`) }), specialName(day)),
    el("td", {}, times(day))));
  return el("table", { class: "week" }, el("tbody", {}, rows));
}

function times(day) {
  const texts = day.times.length > 0 ? day.times : [t("closed")];
  return texts.flatMap((text) => [el("span", { class: "time" }, text === ALL_DAY ? t("all_day") : text), " "]);
}

function specialName({ special }) {
  if (special === null) return null;
  const [zh, en] = special;
  return [" ", el("span", { class: "reason" }, language.startsWith("zh") ? zh || en : en || zh)];
}

function servicesSection({ station, facts }) {
  return section("services", t("services_title"), servicesParts(station, facts));
}

function whereSection({ station, data }) {
  const isPlaced = station.lon !== null;
  return section("where", t("where_title"), [
    isPlaced && el("div", { class: "where" },
      mapPane(),
      el("button", { type: "button", class: "button", "data-open-map": true }, mark("icon-map"), el("span", {}, t("where_map"))),
      el("p", { class: "map-status", role: "status" })),
    data.isSample && isPlaced && el("p", { class: "hint" }, t("no_links_to_sample")),
    !isPlaced && el("p", { class: "hint" }, t("position_unknown")),
    isPlaced && el("p", {},
      el("button", { type: "button", class: "button", "data-start-here": true },
        mark("icon-locate"), el("span", {}, t("start_at_station")))),
  ]);
}

/** The element the map's fragment draws into waits in the page too. */
function mapPane() {
  return document.getElementById("map-slot")?.content.cloneNode(true) ?? null;
}

function aboutSection({ station, facts }) {
  const rows = [
    [t("fact_code"), station.code],
    [t("fact_phone"), station.phone],
    [t("fact_status"), station.lifeCycle === "active" ? "" : facts.lifeCycles[station.lifeCycle]],
    [t("fact_always_open"), station.schedule?.isAlwaysOpen ? t("fact_always_open_yes") : ""],
    [t("fact_town"), station.town],
  ].filter(([, text]) => text);
  return section("more", t("about_station"), [
    el("dl", { class: "facts" }, rows.map(([term, text]) => el("div", {}, el("dt", {}, term), el("dd", {}, text)))),
    el("p", { class: "hint" }, t("when_online")),
  ]);
}

function section(name, title, parts) {
  return el("section", { "aria-labelledby": `${name}-title` }, el("h2", { id: `${name}-title` }, title), parts.filter(Boolean));
}
