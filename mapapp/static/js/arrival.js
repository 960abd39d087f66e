// What will be true at a station at some instant. Status beats hours. The same rules as
// geodata/stations/arrival.py: open means open then and for the shortest useful stay after.

import { instantOf, isCovered, lengthMin, windowMinute } from "./clock.js";

/** The states in the order of the `useful` list. */
export const STATES = ["open", "closing_soon", "unknown", "closed", "temporarily_closed"];

const LATE_MIN = 22 * 60;
const NIGHT_ENDS_MIN = 4 * 60;
const DAY_MIN = 24 * 60;

/** Whether an arrival gets in: open, if only for a while longer. */
export function lets(arrival) {
  return arrival.state === "open" || arrival.state === "closing_soon";
}

/** Whether by its hours, never by a label, it is open around the clock, and in use. */
export function isAlwaysOpen(station) {
  return station.lifeCycle === "active" && station.schedule !== null && station.schedule.isAlwaysOpen;
}

/** Whether it lets in whoever arrives at 22:00 of the day of that instant; until 04:00 that is the day before. */
export function isOpenLate(station, instantMs, data) {
  const day = Math.floor((windowMinute(instantMs, data.window) - NIGHT_ENDS_MIN) / DAY_MIN);
  return lets(arrivalAt(station, instantOf(day * DAY_MIN + LATE_MIN, data.window), data));
}

/** {state, closesAtMs, opensAtMs} on arriving at an instant. */
export function arrivalAt(station, instantMs, { rules }) {
  return stateFor(station, instantMs, rules.min_stay_min, rules.closing_soon_min);
}

/** {state, closesAtMs, opensAtMs} at an instant, without asking for any stay. */
export function stateNow(station, instantMs, { rules }) {
  return stateFor(station, instantMs, 0, rules.closing_soon_min);
}

function stateFor(station, instantMs, minStayMin, closingSoonMin) {
  const window = station.schedule?.window;
  const answer = (state, closesMin = null, opensMin = null) => ({
    state,
    closesAtMs: closesMin === null ? null : instantOf(closesMin, window),
    opensAtMs: opensMin === null ? null : instantOf(opensMin, window),
  });
  if (station.lifeCycle !== "active") return answer("temporarily_closed");
  if (station.schedule === null || !isCovered(instantMs, window)) return answer("unknown");
  const { spans, reopensMin } = station.schedule;
  const minute = windowMinute(instantMs, window);
  const next = firstEndingAfter(spans, minute);
  const openingFrom = (index) => (index < spans.length ? spans[index][0] : reopensMin);
  if (next === spans.length || spans[next][0] > minute) return answer("closed", null, openingFrom(next));
  const closesMin = spans[next][1];
  if (closesMin >= lengthMin(window)) return answer("open"); // runs past the window: no closing known
  const staysMin = closesMin - minute;
  if (staysMin < minStayMin) return answer("closed", null, openingFrom(next + 1));
  return answer(staysMin <= closingSoonMin ? "closing_soon" : "open", closesMin);
}

/** The index of the first span that ends after the minute; spans are sorted and disjoint. */
function firstEndingAfter(spans, minute) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][1] > minute) high = middle;
    else low = middle + 1;
  }
  return low;
}
