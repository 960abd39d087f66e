// The map of a large register from afar: how many stations stand where, by tiles of the server's. Nearer by, the
// cells in view are fetched and their stations drawn like any others.
//
// The server counts the stations that pass the filters, at this minute: from afar nobody arrives. Typed words and the
// place stay here; a line over the map says so.
//
// The smallest tile is larger than a cell: what is asked for says no more than which cells one looks at.

import { asksForOpen } from "./finder.js";
import { countIcon, latLng } from "./marker.js";
import { language, t } from "./words.js";

/* global L */

/** From here on single stations are drawn. */
export const STATIONS_FROM_ZOOM = 11;
/** From here on the names of units have room. */
const NAMES_FROM_ZOOM = 7;
const LARGEST_TILE_ZOOM = 9;
const CLOSER_BY = 2;
const MINUTE_MS = 60_000;

export class Overview {
  #map;
  #tileUrl;
  #onView;
  #finder;
  #wordsLine;
  #counts = L.layerGroup();
  #tiles = new Map();
  #counted = "";
  #drawing = 0;

  /**
   * `onView(isNear, box)` hears whether single stations are to be drawn, and in which box. `wordsLine` is where
   * it stands what the numbers count.
   */
  constructor(map, tileUrl, finder, wordsLine, onView) {
    this.#map = map;
    this.#tileUrl = tileUrl;
    this.#finder = finder;
    this.#wordsLine = wordsLine;
    this.#onView = onView;
    this.#counts.addTo(map);
    map.on("moveend", () => this.look());
    finder.onAnswer(() => this.#answered());
  }

  /** Draw what is in view. */
  async look() {
    const isNear = this.#map.getZoom() >= STATIONS_FROM_ZOOM;
    const bounds = this.#map.getBounds();
    const box = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    this.#map.getContainer().classList.toggle("from-afar", this.#map.getZoom() < NAMES_FROM_ZOOM);
    this.#onView(isNear, box);
    await this.#draw(isNear);
  }

  /** Another question, or another minute: other numbers. */
  #answered() {
    const counted = countedOf(this.#finder);
    this.#say();
    if (counted.key === this.#counted) return;
    this.#tiles.clear();
    this.#counted = counted.key;
    if (this.#map.getZoom() < STATIONS_FROM_ZOOM) this.#draw(false);
  }

  async #draw(isNear) {
    const turn = (this.#drawing += 1);
    this.#say();
    if (isNear) {
      this.#counts.clearLayers();
      return;
    }
    const { query } = countedOf(this.#finder);
    const parts = await Promise.all(tilesOf(this.#map).map((address) => this.#tile(address, query)));
    if (turn !== this.#drawing) return; // the visitor has moved on
    this.#counts.clearLayers();
    parts.flat().forEach((cluster) => this.#add(cluster, query !== ""));
  }

  /** What the numbers count, where that is not simply every station, or not all that is asked. */
  #say() {
    const { question } = this.#finder;
    const words = [];
    if (this.#map.getZoom() < STATIONS_FROM_ZOOM) {
      if (asksForOpen(question)) words.push(t("afar_open_now"));
      else if (countedOf(this.#finder).query) words.push(t("afar_filtered"));
      if (question.text.trim()) words.push(t("afar_not_by_words"));
    }
    this.#wordsLine.textContent = words.join(language === "zh" ? "" : " ");
    this.#wordsLine.hidden = words.length === 0;
  }

  /** A tile's clusters; none where it cannot be had: it is asked for again with the next move. */
  #tile([zoom, x, y], query) {
    const url = this.#tileUrl.replace("ZOOM", zoom).replace("COLUMN", x).replace("ROW", y) + query;
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

  #add([lon, lat, count], isFiltered) {
    const words = t(isFiltered ? "cluster_of_matching" : "cluster_of_all", { count });
    const marker = L.marker(latLng(lon, lat), { icon: countIcon(count), alt: words });
    marker.on("click", () => this.#map.setView(latLng(lon, lat), this.#map.getZoom() + CLOSER_BY));
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", words));
    marker.addTo(this.#counts);
  }
}

/** What the numbers count: the query of a tile's address, and a key that changes with it and, where hours are asked, by the minute. */
function countedOf({ question, nowMs }) {
  const asked = new URLSearchParams();
  if (question.kinds.size) asked.set("kind", [...question.kinds].sort().join(","));
  if (question.services.size) asked.set("services", [...question.services].sort().join(","));
  if (asksForOpen(question)) asked.set("open", "now");
  if (question.openLate) asked.set("open_late", "true");
  if (question.alwaysOpen) asked.set("always_open", "true");
  const text = asked.toString().replaceAll("%2C", ",");
  const minute = asksForOpen(question) || question.openLate ? Math.floor(nowMs / MINUTE_MS) : "";
  return { query: text && `?${text}`, key: `${text} ${minute}` };
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
