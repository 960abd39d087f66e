// The first page: reads the stations once, and joins form, list, map and address to one finder.

import { MODES, questionOf, queryOf, viewOf } from "./address.js";
import { el } from "./dom.js";
import { takeEarly } from "./early.js";
import { joinFilterSheet } from "./filter_sheet.js";
import { joinFilters } from "./filters.js";
import { Finder } from "./finder.js";
import { LazyMap } from "./lazy_map.js";
import { showList, showLoadingError } from "./list.js";
import { ListSheet } from "./list_sheet.js";
import { keepMode, keptMode } from "./modes.js";
import { showFreshness } from "./offline/freshness.js";
import { keepPlace, keptPlace } from "./place.js";
import { joinPlaceControls } from "./place_controls.js";
import { joinOutbox } from "./reports/outbox_line.js";
import { joinShortcuts } from "./shortcuts.js";
import { stationSource } from "./source.js";
import { Trail } from "./trail.js";
import { joinUnmet } from "./unmet.js";
import { page, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 900px)");
const [form, list, countLine] = ["finder", "list", "count"].map($);

const finder = new Finder({ ...askedAtFirst(), place: keptPlace() });
const map = new LazyMap(finder, page.urls.mapAssets, {
  onPlaceChosen: (place) => choosePlace(place), isShown: () => wide.matches || view === "map", viewBox,
});
const trail = new Trail(
  () => location.pathname + queryOf(finder.question, view),
  () => {
    finder.ask({ ...questionOf(location.search, page.codes), place: finder.question.place });
    show(viewOf(location.search));
  },
);
const listSheet = new ListSheet($("panel"), $("sheet-handle"), trail);
const filterSheet = joinFilterSheet($("filters"), $("filters-open"), trail);
let view = viewOf(location.search);

/** What the address asks; the way of travelling that was used last, unless the address names one. */
function askedAtFirst() {
  const asked = questionOf(location.search, page.codes);
  const kept = keptMode();
  return new URLSearchParams(location.search).has("mode") || !MODES.includes(kept) ? asked : { ...asked, mode: kept };
}

// --- question --------------------------------------------------------------------------------------

/** Ask a question changed by hand. */
function change(part, isTyping = false) {
  finder.ask(part);
  if (part.mode) keepMode(part.mode);
  trail.changed(isTyping);
}

function setPlace(place) {
  placeMeant = place;
  keepPlace(place);
  if (place && page.urls.cells && finder.data) askRound(place);
  else finder.ask({ place });
}

// --- a register too large for one file ---------------------------------------------------------------

let placeMeant = null;

/** Ask from a place once the stations round it are here. What cannot be fetched is missing, and the list says so. */
async function askRound(place) {
  list.setAttribute("aria-busy", "true");
  list.querySelector(":scope > .loading")?.remove();
  list.prepend(el("p", { class: "loading", role: "status" }, t("cells_loading")));
  const data = await stationSource.load(place).catch(() => finder.data);
  if (placeMeant === place) finder.update(data, { place });
}

async function farther() {
  finder.update(await stationSource.farther());
}

/** The map shows this box from near by: its stations are wanted. */
async function viewBox(box) {
  const data = finder.data && (await stationSource.inBox(box).catch(() => null));
  if (data) finder.update(data);
}

// --- view ------------------------------------------------------------------------------------------

function show(newView) {
  view = newView;
  document.body.dataset.view = view;
  listSheet.reset();
  filterSheet.hide();
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === view));
  }
  if (view === "map") showMap((layer) => layer.shown());
}

function changeView(newView) {
  trail.allClosed();
  show(newView);
  trail.changed();
}

/** Fetch the map if need be, then `use(layer)`. What does not arrive is said in the map's place. */
async function showMap(use) {
  const [message, failure] = [$("map-loading"), $("map-failed")];
  failure.hidden = true;
  message.hidden = map.layer !== null;
  try {
    use(await map.open());
  } catch {
    failure.hidden = false;
  } finally {
    message.hidden = true;
  }
}

function showOnMap(code) {
  if (view !== "map" && !wide.matches) changeView("map");
  else if (!wide.matches) listSheet.lower();
  showMap((layer) => layer.focus(code));
}

// --- start -----------------------------------------------------------------------------------------

async function start() {
  list.setAttribute("aria-busy", "true");
  try {
    let [place, data] = [null, null];
    do {
      ({ place } = finder.question);
      data = await stationSource.load(place);
    } while (page.urls.cells && finder.question.place !== place);
    await new Promise((resolve) => setTimeout(resolve)); // a tap or a scroll made meanwhile comes first
    finder.start(data);
  } catch {
    showLoadingError(list, countLine, start);
  }
}

/** Beside the list the map is fetched unasked, but only once the list stands and nothing else is to be done. */
function showMapBesideTheList() {
  if (!wide.matches || map.layer) return;
  const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 200));
  idle(() => showMap((layer) => layer.shown()));
}

showList({ list, countLine, orderLine: $("order-words") }, finder, { showOnMap, change, farther });
const { askForPlace, choosePlace } = joinPlaceControls(form, finder, setPlace, page.bounds);
joinFilters(form, finder, change);
joinUnmet($("unmet"), finder, { ...page.unmet, bounds: page.bounds });
joinShortcuts($("shortcuts"), finder, change, askForPlace);
showFreshness($("freshness"), finder);
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => changeView(button.dataset.show));
}
$("tile-note-read")?.addEventListener("click", () => $("tile-note").remove());
$("map-retry").addEventListener("click", () => showMap((layer) => layer.shown()));
show(view);
history.replaceState(history.state, "", location.pathname + queryOf(finder.question, view));
takeEarly(form);
start().then(showMapBesideTheList).then(joinOutbox);
wide.addEventListener?.("change", showMapBesideTheList);
