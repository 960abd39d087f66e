// An empty list's place: which filter leaves nothing, and what is nearest without it.

import { el } from "./dom.js";
import { asksForOpen } from "./finder.js";
import { stationName, stationUrl } from "./station_parts.js";
import { label, t } from "./words.js";
import { distanceText } from "./wording.js";

const NOTHING_ASKED = {
  kinds: new Set(), services: new Set(), entryMethods: new Set(), districts: new Set(),
  text: "", open: "any", openLate: false, alwaysOpen: false,
};

/** Every filter in use: its name in words, and what to ask to be without it. */
export function filtersInUse(question) {
  const without = (values, value) => new Set([...values].filter((each) => each !== value));
  const filters = [];
  const add = (name, changes) => filters.push({ name, changes });
  if (asksForOpen(question)) add(t(question.place ? "open_filter_arrival" : "open_filter_now"), { open: "any" });
  if (question.openLate) add(t("open_late_filter"), { openLate: false });
  if (question.alwaysOpen) add(t("always_open_filter"), { alwaysOpen: false });
  for (const service of question.services) {
    add(label("services", service), { services: without(question.services, service) });
  }
  if (question.kinds.size) add(kindsName(question.kinds), { kinds: new Set() });
  if (question.text.trim()) add(question.text.trim(), { text: "" });
  return filters;
}

const kindsName = (kinds) => [...kinds].map((kind) => label("kinds", kind)).join(t("list_separator"));

/** Say that nothing matches; for each filter that alone stands in the way, offer to `change` to the list without. */
export function emptyState(finder, change) {
  const offers = filtersInUse(finder.question)
    .map((filter) => ({ ...filter, found: finder.preview(filter.changes).found }))
    .filter(({ found }) => found.length > 0);
  return el("div", { class: "empty" },
    el("p", {}, t("nothing_found")),
    ...(offers.length ? offerParts(offers, change) : [nearestOfAll(finder)]),
    el("button", { type: "button", class: "button", onclick: () => change(NOTHING_ASKED) }, t("clear_filters")));
}

function offerParts(offers, change) {
  return [
    el("p", { class: "hint" }, t(offers.length > 1 ? "nothing_found_why_any" : "nothing_found_why")),
    el("ul", { class: "without" }, offers.map((offer) => offerRow(offer, change))),
  ];
}

/** Where no filter stands in the way alone: the nearest station of any kind. */
function nearestOfAll(finder) {
  const { found } = finder.preview(NOTHING_ASKED);
  const nearest = found.length ? nearestOf(found) : null;
  return nearest && el("p", { class: "hint" }, t("without_any_filter"), " ", ...nearestWords(nearest));
}

function offerRow({ name, changes, found }, change) {
  const nearest = nearestOf(found);
  return el("li", {},
    el("p", {}, el("strong", {}, t("without_filter", { filter: name })), " ",
      ...(nearest === null ? [t("station_count", { count: found.length })] : nearestWords(nearest))),
    el("button", { type: "button", class: "button", onclick: () => change(changes) },
      t("show_without", { filter: name })));
}

/** The nearest of an answer in any order; null without a place. */
function nearestOf(found) {
  if (found[0].distanceM === null) return null;
  return found.reduce((best, each) => (each.distanceM < best.distanceM ? each : best));
}

function nearestWords({ station, distanceM }) {
  return [
    t("nearest_is"),
    el("a", { href: stationUrl(station.code) }, stationName(station)),
    t("fact_separator"),
    distanceText(distanceM),
  ];
}
