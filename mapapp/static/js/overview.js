// The map of a large register from afar: how many stations stand where, by tiles of the server's. Nearer by, the
// cells in view are fetched and their stations drawn like any others.
//
// The smallest tile is larger than a cell: what is asked for says no more than which cells one looks at.

import { countIcon, latLng } from "./marker.js";
import { t } from "./words.js";

/* global L */

/** From here on single stations are drawn. */
export const STATIONS_FROM_ZOOM = 11;
/** From here on the names of units have room. */
const NAMES_FROM_ZOOM = 7;
const LARGEST_TILE_ZOOM = 9;
const CLOSER_BY = 2;

export class Overview {
  #map;
  #tileUrl;
  #onView;
  #counts = L.layerGroup();
  #tiles = new Map();
  #drawing = 0;

  /** `onView(isNear, box)` hears whether single stations are to be drawn, and in which box. */
  constructor(map, tileUrl, onView) {
    this.#map = map;
    this.#tileUrl = tileUrl;
    this.#onView = onView;
    this.#counts.addTo(map);
    map.on("moveend", () => this.look());
  }

  /** Draw what is in view. */
  async look() {
    const isNear = this.#map.getZoom() >= STATIONS_FROM_ZOOM;
    const bounds = this.#map.getBounds();
    const box = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    this.#map.getContainer().classList.toggle("from-afar", this.#map.getZoom() < NAMES_FROM_ZOOM);
    this.#onView(isNear, box);
    const turn = (this.#drawing += 1);
    if (isNear) {
      this.#counts.clearLayers();
      return;
    }
    const parts = await Promise.all(tilesOf(this.#map).map((address) => this.#tile(address)));
    if (turn !== this.#drawing) return; // the visitor has moved on
    this.#counts.clearLayers();
    parts.flat().forEach((cluster) => this.#add(cluster));
  }

  /** A tile's clusters; none where it cannot be had: it is asked for again with the next move. */
  #tile([zoom, x, y]) {
    const url = this.#tileUrl.replace("ZOOM", zoom).replace("COLUMN", x).replace("ROW", y);
    if (!this.#tiles.has(url)) {
      const clusters = fetch(url).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(url))))
        .then((tile) => tile.clusters)
        .catch(() => {
          this.#tiles.delete(url);
          return [];
        });
      this.#tiles.set(url, clusters);
    }
    return this.#tiles.get(url);
  }

  #add([lon, lat, count]) {
    const words = t("cluster_of_all", { count });
    const marker = L.marker(latLng(lon, lat), { icon: countIcon(count), alt: words });
    marker.on("click", () => this.#map.setView(latLng(lon, lat), this.#map.getZoom() + CLOSER_BY));
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", words));
    marker.addTo(this.#counts);
  }
}

/** The tiles in view, of one zoom less than the map's: each has 8 × 8 squares, one a finger's breadth. */
function tilesOf(map) {
  const zoom = Math.max(0, Math.min(Math.floor(map.getZoom()) - 1, LARGEST_TILE_ZOOM));
  const side = 2 ** zoom;
  const bounds = map.getBounds();
  const [first, last] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => {
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(corner, zoom).divideBy(256).floor();
    return { x: within(x, side), y: within(y, side) };
  });
  const tiles = [];
  for (let x = first.x; x <= last.x; x += 1) for (let y = first.y; y <= last.y; y += 1) tiles.push([zoom, x, y]);
  return tiles;
}

const within = (number, side) => Math.min(Math.max(number, 0), side - 1);
