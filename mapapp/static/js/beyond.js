// What the list leaves out because this phone holds a part of the register only, and the way to more of it.

import { knownWithinM } from "./cells.js";
import { el } from "./dom.js";
import { t, urls } from "./words.js";
import { distanceText } from "./wording.js";

const KM_M = 1000;

/** A paragraph under the list; null where all stations are here. `farther()` fetches the next cells. */
export function beyondPart(finder, farther) {
  const { data, question } = finder;
  if (!data.missing?.length) return null;
  const hasCells = data.districts.length > 0 || data.stations.length > 0;
  return el("div", { class: "beyond" },
    el("p", { class: "hint" }, question.place ? sentenceRound(finder) : sentenceWithoutPlace(data)),
    data.fartherFailed && el("p", { class: "problem", role: "alert" }, t("cells_farther_failed")),
    question.place && hasCells && el("button", { type: "button", class: "button", onclick: farther }, t("cells_farther")),
    question.text.trim() !== "" && el("p", {}, el("a", { href: `${urls.cells.all}?q=${encodeURIComponent(question.text.trim())}` }, t("cells_search_all"))));
}

/** Whether the list has something to say beside what is missing: stations, or filters that leave none. */
export const hasStations = (finder) => !finder.data.missing || finder.data.stations.length > 0;

function sentenceWithoutPlace({ stations, stationCount }) {
  return t(stations.length ? "cells_of_last_time" : "cells_need_place", { count: stationCount });
}

function sentenceRound({ data, question, answer }) {
  const knownM = knownWithinM(data, question.place);
  const distance = distanceText(knownM < KM_M ? knownM : Math.floor(knownM / KM_M) * KM_M);
  if (knownM < 10) return t("cells_not_here");
  const nearestM = answer.found.reduce((least, each) => Math.min(least, each.distanceM), Infinity);
  return t(nearestM <= knownM ? "cells_complete_within" : "cells_nearer_beyond", { distance });
}
