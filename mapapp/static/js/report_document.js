// The map of a report that somebody took home: everything it draws is in the file. It asks nobody for anything;
// without this script the file shows the same layers as a still picture.

import { dressMap } from "./basemap.js";
import { el } from "./dom.js";
import { latLng } from "./marker.js";
import { page } from "./words.js";

/* global L */

const FIRST_PANE_LEVEL = 410; // above the outlines, below Leaflet's own marks
const STATION_RADIUS_PX = [3.5, 11];
const SITE_RADIUS_PX = 11;
const LABEL_PX = 34;
const GAP_MAX_ZOOM = 13;

const position = ([lon, lat]) => latLng(lon, lat);

document.documentElement.classList.add("with-script");
window.stationmap = { dressMap, reportLayers };

/** Draw the report's layers, and let the switches beside the map show and hide them. */
function reportLayers(map) {
  const layers = new Map(page.layers.map((layer, number) => [layer.key, drawn(map, layer, number)]));
  for (const input of document.querySelectorAll("input[data-layer]")) {
    const layer = layers.get(input.dataset.layer);
    const show = () => (input.checked ? layer.addTo(map) : layer.remove());
    input.addEventListener("change", show);
    show();
  }
  joinGaps(map, layers);
  addEventListener("resize", () => map.invalidateSize({ animate: false }));
}

/** A layer in a pane of its own, so that it keeps its height when it is hidden and shown again. */
function drawn(map, { key, look, features }, number) {
  const pane = `report-${key}`;
  map.createPane(pane).style.zIndex = FIRST_PANE_LEVEL + number;
  const renderer = L.svg({ pane, padding: 0.5 });
  const group = L.featureGroup();
  for (const feature of features) {
    const made = feature.geometry.type === "Point" ? dot(feature, look, renderer, pane) : areaOf(feature, look, renderer, pane);
    if (feature.words.length > 0) made.bindPopup(() => words(feature.words));
    group.addLayer(made);
    if (feature.label && look === "gap") group.addLayer(gapNumber(feature, made));
    feature.drawn = made;
  }
  return group;
}

function areaOf({ geometry, look, words: said }, layerLook, renderer, pane) {
  return L.geoJSON(geometry, {
    coordsToLatLng: position,
    interactive: said.length > 0,
    pane,
    style: () => ({ className: `report-area ${look ?? layerLook}`, renderer, pane, fillOpacity: 1, smoothFactor: 0.5 }),
  });
}

function dot({ geometry, size }, look, renderer, pane) {
  const [least, most] = STATION_RADIUS_PX;
  const radius = look === "site" ? SITE_RADIUS_PX : least + (most - least) * size;
  return L.circleMarker(position(geometry.coordinates), { radius, renderer, pane, className: `report-dot ${look}` });
}

function gapNumber({ label, words: [name] }, area) {
  const icon = L.divIcon({ className: "gap-number", iconSize: [LABEL_PX, LABEL_PX], html: el("span", {}, label) });
  const marker = L.marker(area.getBounds().getCenter(), { icon, alt: name });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", name));
  return marker.on("click", () => area.openPopup(area.getBounds().getCenter()));
}

function words(lines) {
  return el("div", { class: "popup" }, lines.map((line, number) => el("p", number === 0 ? { class: "popup-name" } : {}, line)));
}

/** The buttons of the table of gaps show theirs on the map. */
function joinGaps(map, layers) {
  const gaps = page.layers.find(({ key }) => key === "gaps");
  for (const button of document.querySelectorAll("button[data-gap]")) {
    const area = gaps?.features[Number(button.dataset.gap)]?.drawn;
    if (!area) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      layers.get("gaps").addTo(map);
      map.getContainer().scrollIntoView({ block: "center" });
      map.fitBounds(area.getBounds(), { maxZoom: GAP_MAX_ZOOM, padding: [32, 32], animate: false });
      area.openPopup(area.getBounds().getCenter());
    });
  }
}
