// What lies under the stations: names of the districts, and tiles drawn in GCJ-02.

import { el } from "./dom.js";
import { convert } from "./geo.js";
import { latLng } from "./marker.js";
import { t } from "./words.js";

/* global L */

/** Make Folium's map ours: words in the page's language, a metric scale, the districts' names. */
export function dressMap(map, { units }) {
  if (wantsStillness()) keepStill(map);
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", t("map"));
  map.attributionControl.setPrefix("Leaflet");
  L.control.scale({ imperial: false }).addTo(map);
  nameButton(container, ".leaflet-control-zoom-in", t("zoom_in"));
  nameButton(container, ".leaflet-control-zoom-out", t("zoom_out"));
  map.on("popupopen", () => nameButton(container, ".leaflet-popup-close-button", t("close_popup")));
  units.forEach((unit) => unitLabel(unit).addTo(map));
}

/** Whether the visitor has asked the device that nothing move by itself. */
export const wantsStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Leaflet does not ask that: where it would slide or zoom little by little, the map jumps. */
function keepStill(map) {
  const { panBy, setView } = L.Map.prototype;
  map.panBy = (offset, options) => panBy.call(map, offset, { ...options, animate: false });
  map.setView = (centre, zoom, options) => setView.call(map, centre, zoom, { ...options, animate: false });
  map.options.inertia = false;
}

function nameButton(container, selector, name) {
  const button = container.querySelector(selector);
  button?.setAttribute("aria-label", name);
  button?.setAttribute("title", name);
}

/** A district's name; it never takes a tap away from the map. */
function unitLabel({ name, lon, lat }) {
  const icon = L.divIcon({ className: "unit-label", iconSize: null, html: el("span", {}, name) });
  return L.marker(latLng(lon, lat), { icon, interactive: false, keyboard: false, zIndexOffset: -1000 });
}

/**
 * A tile layer whose tiles are drawn in GCJ-02, on our WGS-84 map: wherever Leaflet asks which
 * tiles lie round a centre, or moves them there, it is told the centre's GCJ-02 position.
 */
export function gcj02TileLayer(url, options) {
  const shifted = (center) => {
    const [lon, lat] = convert(center.lng, center.lat, "wgs84", "gcj02");
    return latLng(lon, lat);
  };
  const plain = L.TileLayer.prototype;
  const Shifted = L.TileLayer.extend({
    _getTiledPixelBounds(center) {
      return plain._getTiledPixelBounds.call(this, shifted(center));
    },
    _setZoomTransform(level, center, zoom) {
      plain._setZoomTransform.call(this, level, shifted(center), zoom);
    },
    _onMoveEnd() {
      plain._onMoveEnd.call(this);
      if (this._map && !this._map._animatingZoom) this._setZoomTransforms(this._map.getCenter(), this._map.getZoom());
    },
  });
  return new Shifted(url, options);
}
