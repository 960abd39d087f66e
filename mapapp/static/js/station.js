// A station's page: as the server wrote it, or drawn here from the phone's own file.

import { keepPlace } from "./place.js";
import { joinReportButtons } from "./reports/one_tap.js";
import { reloadBetweenDeliveries } from "./reports/outbox.js";
import { joinOutbox } from "./reports/outbox_line.js";
import { joinActions, joinNavigation, startFrom } from "./station/actions.js";
import { StationMap } from "./station/map.js";
import { drawShell, isScanned } from "./station/shell.js";
import { page } from "./words.js";

const STALE_AFTER_MS = 5 * 60_000;

const root = document.getElementById("station");

async function start() {
  const finder = root.dataset.code ? null : await drawShell(root, location.pathname);
  if (!root.dataset.code) return;
  const map = new StationMap(root, finder);
  const place = asPlace(finder ? finder.data.byCode.get(root.dataset.code) : page.place);
  joinActions(root, { openMap: (button) => map.open(button), startHere: () => startFrom(place) });
  joinNavigation(root);
  joinReportButtons(root, { code: root.dataset.code, name: root.querySelector("h1").textContent });
  if (place && (page.origin || (finder && isScanned(location.pathname)))) keepPlace(place);
  document.addEventListener("visibilitychange", renewWhenStale);
}

/** A station, or what the server says of it, as a place to start from; null where nobody knows its position. */
function asPlace(station) {
  if (!station || station.lon === null) return null;
  const { lon, lat, code, name } = station;
  return { lon, lat, code, name, source: "station", accuracyM: null };
}

/** "Open now" was true when the page was made; who comes back to it later must not be told so still. */
const madeAtMs = Date.now();

function renewWhenStale() {
  const isStale = Date.now() - madeAtMs > STALE_AFTER_MS;
  if (!document.hidden && isStale && navigator.onLine) reloadBetweenDeliveries();
}

start().then(joinOutbox);
