// The search, on the phone: filters, distances, states on arrival, order. The server's answer to the
// same question is the same, station by station (tests/browser/test_same_as_server.py).

import { arrivalAt, isAlwaysOpen, isOpenLate, lets, stateNow, STATES } from "./arrival.js";
import { localParts } from "./clock.js";
import { offersIn } from "./data.js";
import { greatCircleM } from "./geo.js";
import { textMatcher } from "./places/text_search.js";

/** Stations this close to the first of their group count as equally near; codes decide. */
export const SAME_DISTANCE_M = 0.1;

/**
 * Answer a question {place, text, kinds, services, entryMethods, districts, open, openLate, alwaysOpen,
 * mode, order} at an instant: {found, unknownCount}. Each found: {station, distanceM, travelS, arrivesAtMs,
 * arrival}. unknownCount: how many match everything but what is asked of the hours, and nobody knows theirs.
 */
export function search(data, question, nowMs) {
  const isMeant = question.text?.trim() ? textMatcher(question.text, data) : () => true;
  const candidates = [];
  for (const station of data.stations) {
    if (!matchesFacts(station, question) || !isMeant(station)) continue;
    const found = reach(station, question, nowMs, data);
    if (found !== null && offersAll(found, question.services, data.window)) candidates.push(found);
  }
  const found = candidates.filter((each) => keepsTheHours(each, question, data));
  const unknownCount = candidates.filter((each) => each.arrival.state === "unknown").length;
  return { found: ordered(found, question, data), unknownCount };
}

/** Whether a visitor gets in: open, if only for a while longer. */
export function isOpen(found) {
  return lets(found.arrival);
}

/** Whether a candidate is open when it is asked to be. Unknown hours keep none of it. */
function keepsTheHours({ station, arrivesAtMs, arrival }, question, data) {
  return (
    (question.open !== "arrival" || lets(arrival)) &&
    (!question.alwaysOpen || isAlwaysOpen(station)) &&
    (!question.openLate || isOpenLate(station, arrivesAtMs, data))
  );
}

function matchesFacts(station, question) {
  const isWanted = (wanted, value) => wanted.size === 0 || wanted.has(value);
  const entry = question.entryMethods;
  return (
    isWanted(question.kinds, station.kind) &&
    isWanted(question.districts, station.district) &&
    (entry.size === 0 || [...entry].some((method) => station.entryMethods.has(method)))
  );
}

/** How and when a station is reached; null for an unplaced one in a question of distance. */
function reach(station, question, nowMs, data) {
  if (!question.place) {
    return { station, distanceM: null, travelS: 0, arrivesAtMs: nowMs, arrival: stateNow(station, nowMs, data) };
  }
  if (station.lon === null) return null;
  const distanceM = greatCircleM(question.place.lon, question.place.lat, station.lon, station.lat);
  const travelS = travelTimeS(distanceM, question.mode, data.travel);
  const arrivesAtMs = nowMs + travelS * 1000;
  return { station, distanceM, travelS, arrivesAtMs, arrival: arrivalAt(station, arrivesAtMs, data) };
}

/** Straight line × detour ÷ speed, in seconds, not rounded. */
export function travelTimeS(distanceM, mode, travel) {
  return (distanceM * travel.detour_factor) / (travel[`${mode}_kmh`] / 3.6);
}

function offersAll(found, services, window) {
  if (services.size === 0) return true;
  const { month } = localParts(found.arrivesAtMs, window);
  return [...services].every((service) => offersIn(found.station, service, month));
}

function ordered(found, question, data) {
  if (!question.place) return byDistrictAndName(found, data.districts.map((district) => district.code));
  const near = byDistance(found);
  return question.order === "useful" ? byUse(near) : near;
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** By distance; within 0.1 m of the group's first member, by code. */
export function byDistance(found) {
  const sorted = [...found].sort(
    (a, b) => a.distanceM - b.distanceM || compare(a.station.code, b.station.code),
  );
  const answer = [];
  for (let first = 0; first < sorted.length; ) {
    let end = first + 1;
    while (end < sorted.length && sorted[end].distanceM - sorted[first].distanceM <= SAME_DISTANCE_M) end += 1;
    answer.push(...sorted.slice(first, end).sort((a, b) => compare(a.station.code, b.station.code)));
    first = end;
  }
  return answer;
}

/** Open first, then closing soon, unknown, closed by when it opens, temporarily closed; near before far. */
function byUse(near) {
  const rank = (each) => STATES.indexOf(each.arrival.state);
  const opening = (each) => (each.arrival.state === "closed" ? (each.arrival.opensAtMs ?? Infinity) : 0);
  return [...near].sort((a, b) => rank(a) - rank(b) || compare(opening(a), opening(b)));
}

function byDistrictAndName(found, districts) {
  const rank = (each) => {
    const index = districts.indexOf(each.station.district);
    return index < 0 ? districts.length : index;
  };
  return [...found].sort(
    (a, b) => rank(a) - rank(b) || collator.compare(a.station.name, b.station.name) || compare(a.station.code, b.station.code),
  );
}

const collator = new Intl.Collator("zh-CN", { numeric: true });
