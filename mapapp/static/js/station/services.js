// A station's services by shelf, each with its state, its months, its fee and its note.

import { el, mark } from "../dom.js";
import { label, t } from "../words.js";

/** The sections' content; `facts` are the labels and icons the server gave the page. */
export function servicesParts(station, facts) {
  const shelves = facts.shelves
    .map(([name, codes]) => [name, codes.map((code) => offerOf(station, code)).filter(Boolean)])
    .filter(([, offers]) => offers.length > 0);
  if (shelves.length === 0) return [el("p", {}, t("services_unknown"))];
  return shelves.flatMap(([name, offers]) => [
    el("h3", {}, name),
    el("ul", { class: "offers" }, offers.map((offer) => offerRow(offer, facts))),
  ]);
}

function offerOf(station, code) {
  const season = station.seasonal.find(([seasonal]) => seasonal === code);
  const state = stateOf(station, code, season);
  if (state === null) return null;
  const details = [season && monthsText(season[1]), station.fees.get(code), station.serviceNotes.get(code)];
  return { code, state, details: details.filter(Boolean) };
}

function stateOf(station, code, season) {
  if (station.services.has(code)) return "available";
  if (station.broken.has(code)) return "broken";
  if (season) return "seasonal";
  return station.unknownServices.has(code) ? "unknown" : null;
}

function offerRow({ code, state, details }, facts) {
  return el("li", { class: `offer ${state}` },
    mark(facts.offerIcons[state]),
    el("span", { class: "offer-name" }, label("services", code)), " ",
    el("span", { class: "offer-state" }, facts.serviceStates[state]), " ",
    details.length > 0 && el("span", { class: "offer-details" }, details.join(t("fact_separator"))));
}

/** The months of a season, first to last; winter passes the year's end. Null where nobody said which they are. */
function monthsText(bits) {
  if (!bits) return null;
  const isIn = (month) => (bits & (1 << ((month + 11) % 12))) !== 0;
  const months = Array.from({ length: 12 }, (_, index) => index + 1);
  const first = months.find((month) => isIn(month) && !isIn(month - 1)) ?? 1;
  const last = months.find((month) => isIn(month) && !isIn(month + 1)) ?? 12;
  return t("service_months", { first, last });
}
