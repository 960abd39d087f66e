// The map page: reads the stations once, and joins form, list, map and address to one finder.

import { questionOf, queryOf } from "./address.js";
import { dressMap, gcj02TileLayer } from "./basemap.js";
import { loadStations } from "./data.js";
import { joinFilters } from "./filters.js";
import { Finder } from "./finder.js";
import { StationLayer } from "./layer.js";
import { showList, showLoadingError } from "./list.js";
import { keepPlace, keptPlace } from "./place.js";
import { joinPlaceControls } from "./place_controls.js";
import { page } from "./words.js";

const $ = (id) => document.getElementById(id);

const finder = new Finder({ ...questionOf(location.search, page.codes), place: keptPlace() });
let layer = null;
let view = new URLSearchParams(location.search).get("view") === "map" ? "map" : "list";

// --- view and address ------------------------------------------------------------------------------

function show(newView) {
  view = newView;
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === view));
  }
  if (view === "map") layer?.resized();
}

function writeAddress(isTyping = false) {
  const address = location.pathname + queryOf(finder.question, view);
  if (address === location.pathname + location.search) return;
  history[isTyping ? "replaceState" : "pushState"](null, "", address);
}

function changeView(newView) {
  show(newView);
  writeAddress();
}

window.addEventListener("popstate", () => {
  const { place } = finder.question;
  finder.ask({ ...questionOf(location.search, page.codes), place });
  show(new URLSearchParams(location.search).get("view") === "map" ? "map" : "list");
});

// --- place -----------------------------------------------------------------------------------------

function setPlace(place) {
  keepPlace(place);
  finder.ask({ place });
}

// --- start -----------------------------------------------------------------------------------------

const list = $("list");
const countLine = $("count");

async function start() {
  list.setAttribute("aria-busy", "true");
  try {
    finder.start(await loadStations(page.urls.data));
  } catch {
    showLoadingError(list, countLine, start);
  }
}

showList(list, countLine, finder, (code) => {
  changeView("map");
  layer?.focus(code);
});
joinFilters($("finder"), $("order"), finder, writeAddress);
joinPlaceControls($("finder"), finder, setPlace, page.bounds);
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => changeView(button.dataset.show));
}
show(view);
start();

// Folium's script runs after this one and hands its map over here.
window.stationmap = {
  dressMap,
  gcj02TileLayer,
  stationLayer(map) {
    layer = new StationLayer(map, finder, { onPlaceChosen: setPlace });
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  },
};
