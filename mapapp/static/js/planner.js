// The coverage page: draws the answer's demand, gaps and stations on Folium's map, and finds a gap of the
// list on it. The tables are made on the server; without this script only the map is missing.

import { dressMap, gcj02TileLayer } from "./basemap.js";
import { el } from "./dom.js";
import { latLng } from "./marker.js";
import { language, t } from "./words.js";

/* global L */

const NUMBERED_GAPS = 20; // more numbers would hide the city
const NUMBER_HIT_AREA_PX = 48;
const STATION_RADIUS_PX = { open: 6, unknown: 5, closed: 3.5 };
const GAP_MAX_ZOOM = 13;

const position = ([lon, lat]) => latLng(lon, lat);
const nameOf = (thing) => (language.startsWith("zh") ? thing.name_zh : thing.name_en);

window.stationmap = { dressMap, gcj02TileLayer, coverageLayer };

/** Fetch what `url` answers and draw it, demand below, stations above. */
async function coverageLayer(map, { url }) {
  const container = map.getContainer();
  container.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status}`);
    draw(map, await response.json());
  } catch {
    document.getElementById("map-message").textContent = t("map_failed");
  } finally {
    container.setAttribute("aria-busy", "false");
  }
}

function draw(map, { demand, density_limits: limits, gaps, stations }) {
  for (const { state, density, geometry } of demand) {
    areaOf(geometry, `coverage-demand ${state} density-${density}`, { interactive: false }).addTo(map);
  }
  const areas = new Map(gaps.map((gap) => [gap.rank, gapArea(gap).addTo(map)]));
  stations.forEach((station) => stationDot(station).addTo(map));
  // The largest is drawn last, so that its number lies on top.
  gaps.slice(0, NUMBERED_GAPS).reverse().forEach((gap) => gapNumber(gap, areas.get(gap.rank)).addTo(map));
  fillLegend(limits);
  joinList(map, areas);
}

/** A GeoJSON geometry as an area whose look is a class of our stylesheet. */
function areaOf(geometry, className, options = {}) {
  return L.geoJSON(geometry, {
    ...options,
    coordsToLatLng: position,
    style: () => ({ className, fillOpacity: 1, smoothFactor: 0.5 }),
  });
}

function gapArea(gap) {
  return areaOf(gap.geometry, "coverage-gap").bindPopup(() => gapWords(gap));
}

function gapWords(gap) {
  return el("div", { class: "popup" },
    el("p", { class: "gap-name" }, t("gap", { rank: gap.rank, name: nameOf(gap) })),
    el("p", {}, t("gap_workers", { count: Math.round(gap.workers_count).toLocaleString(language) })));
}

function gapNumber(gap, area) {
  const html = el("span", {}, String(gap.rank));
  const size = [NUMBER_HIT_AREA_PX, NUMBER_HIT_AREA_PX];
  const marker = L.marker(position(gap.label_at), { icon: L.divIcon({ className: "gap-number", iconSize: size, html }) });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", t("gap", { rank: gap.rank, name: nameOf(gap) })));
  return marker.on("click", () => area.openPopup(marker.getLatLng()));
}

function stationDot({ code, at, state, ...station }) {
  const dot = L.circleMarker(position(at), { radius: STATION_RADIUS_PX[state], className: `coverage-station ${state}` });
  return dot.bindPopup(() => el("div", { class: "popup" },
    el("p", { class: "station-name" }, el("a", { href: stationUrl(code) }, nameOf(station))),
    el("p", {}, t(`state_${state}`))));
}

function stationUrl(code) {
  return document.getElementById("coverage-map").dataset.station.replace("CODE", encodeURIComponent(code));
}

function fillLegend(limits) {
  const [some, many] = limits.map((limit) => Number(limit.toPrecision(2)));
  const legend = document.getElementById("density-legend");
  const words = [t("few_to", { limit: some }), t("some_to", { from: some, to: many }), t("many_from", { limit: many })];
  legend.querySelectorAll("[data-density]").forEach((item, level) => { item.textContent = words[level]; });
  legend.hidden = many === 0;
}

/** The list's buttons show their gap. */
function joinList(map, areas) {
  for (const button of document.querySelectorAll("[data-gap]")) {
    const area = areas.get(Number(button.dataset.gap));
    if (!area) continue;
    button.addEventListener("click", () => {
      map.getContainer().scrollIntoView({ block: "center" });
      map.fitBounds(area.getBounds(), { maxZoom: GAP_MAX_ZOOM, padding: [32, 32], animate: false });
      area.openPopup(area.getBounds().getCenter());
    });
  }
}
