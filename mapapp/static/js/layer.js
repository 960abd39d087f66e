// The stations on Folium's map: clustered marks that follow the finder's answers.

import { wantsStillness } from "./basemap.js";
import { el } from "./dom.js";
import { clusterIcon, latLng, placeIcon, stationIcon } from "./marker.js";
import { isOpen } from "./search.js";
import { inSlices } from "./slices.js";
import { doorLine, entryLine, stateLine, stationName, stationUrl } from "./station_parts.js";
import { keepSuggestedSpot } from "./suggestion.js";
import { label, t, urls } from "./words.js";
import { arrivalSentence, distanceText, travelText } from "./wording.js";

/* global L */

/** A cluster stands where its members are on average: over the whole city this far apart no two marks cover each other. */
const CLUSTER_RADIUS_PX = 80;
/** Round a place single stations say more than numbers. */
const NEAR_RADIUS_PX = 52;
const NEAR_FROM_ZOOM = 13;
const PLACE_ZOOM = 15;
const NEIGHBOURS_SHOWN = 6;
const REBUILT_FROM = 400; // taking that many marks off one by one costs more than setting all others anew
const CHUNK_MS = 30;
const POPUP_MAX_PX = 300;
const POPUP_EDGES_PX = 84; // what Leaflet draws round a popup's content, and some air

export class StationLayer {
  #map;
  #finder;
  #actions;
  #markers = new Map();
  #cluster;
  #place = null;
  #placeShown = null;
  #changed = [];
  #isDrawing = false;
  #isStale = false;
  #settled = Promise.resolve();
  #onAdded = null;
  #isVisible = true;

  /** `actions`: onPlaceChosen(place) takes a spot as the place; isShown() says whether anybody sees the map. */
  constructor(map, finder, actions) {
    this.#map = map;
    this.#finder = finder;
    this.#actions = actions;
    this.#cluster = L.markerClusterGroup({
      maxClusterRadius: (zoom) => (zoom < NEAR_FROM_ZOOM ? CLUSTER_RADIUS_PX : NEAR_RADIUS_PX),
      showCoverageOnHover: false,
      spiderfyOnMaxZoom: true,
      animate: !wantsStillness(),
      chunkedLoading: true,
      chunkInterval: CHUNK_MS,
      chunkDelay: 10,
      chunkProgress: (done, total) => done === total && this.#onAdded?.(),
      iconCreateFunction: (cluster) => this.#iconOfCluster(cluster),
    }).addTo(map);
    map.on("click", (event) => this.#offerSpot(event.latlng));
    finder.onAnswer(() => this.#drawSoon());
  }

  /** Whether single stations are drawn: from afar a map of a country shows numbers instead. */
  async setVisible(isVisible) {
    this.#isVisible = isVisible;
    await this.#settled; // nothing may be taken off while marks are being added
    if (this.#isVisible) this.#cluster.addTo(this.#map);
    else this.#cluster.remove();
  }

  /** Bring one station into view and open its popup. */
  async focus(code) {
    await this.#settled;
    const marker = this.#markers.get(code)?.marker;
    if (marker && !this.#map.hasLayer(this.#cluster)) this.#map.setView(marker.getLatLng(), PLACE_ZOOM, { animate: false });
    if (marker && this.#cluster.hasLayer(marker)) this.#cluster.zoomToShowLayer(marker, () => marker.openPopup());
  }

  /** The map has come into view. */
  shown() {
    this.#map.invalidateSize({ animate: false });
    this.#drawSoon();
    this.#showPlace(true);
  }

  /** Draw after the list is painted; an answer that arrives while drawing is drawn next. */
  #drawSoon() {
    this.#isStale = true;
    if (this.#isDrawing || !this.#finder.answer || !this.#actions.isShown()) return;
    this.#isDrawing = true;
    this.#settled = this.#drawUntilFresh();
  }

  async #drawUntilFresh() {
    while (this.#isStale) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#isStale = false;
      await this.#draw();
    }
    this.#isDrawing = false;
  }

  async #draw() {
    const shown = new Set();
    const added = [];
    const placed = this.#finder.answer.found.filter(({ station }) => station.lon !== null);
    const isFinished = await inSlices(placed, (found) => {
      shown.add(found.station.code);
      const marker = this.#markerOf(found);
      if (!this.#cluster.hasLayer(marker)) added.push(marker);
    }, () => this.#isStale);
    if (!isFinished) return;
    const gone = [...this.#markers.values()].filter(
      ({ found, marker }) => !shown.has(found.station.code) && this.#cluster.hasLayer(marker),
    );
    await this.#exchange(gone.map(({ marker }) => marker), added, shown);
    const repainted = this.#changed.filter((marker) => this.#cluster.hasLayer(marker));
    if (repainted.length) this.#cluster.refreshClusters(repainted);
    this.#changed = [];
    this.#showPlace(false);
  }

  async #exchange(gone, added, shown) {
    if (gone.length >= REBUILT_FROM) {
      this.#cluster.clearLayers();
      await this.#add([...shown].map((code) => this.#markers.get(code).marker));
    } else {
      this.#cluster.removeLayers(gone);
      await this.#add(added);
    }
  }

  /** Resolves when the cluster's chunks are through: nothing may be taken off in between. */
  #add(markers) {
    if (markers.length === 0) return null;
    if (!this.#map.hasLayer(this.#cluster)) {
      this.#cluster.addLayers(markers); // kept until the layer is drawn; nobody is told of chunks
      return null;
    }
    return new Promise((resolve) => {
      this.#onAdded = resolve;
      this.#cluster.addLayers(markers, true);
    });
  }

  /** The station's marker, its place, icon and words brought up to date: newer data may have moved or remade it. */
  #markerOf(found) {
    const { code, kind, lon, lat } = found.station;
    const { state } = found.arrival;
    let kept = this.#markers.get(code);
    if (!kept) {
      const marker = L.marker(latLng(lon, lat), { icon: stationIcon(kind, state), riseOnHover: true });
      kept = { marker, state, kind, found };
      const content = kept;
      marker.bindPopup(() => this.#popup(content.found), { maxWidth: this.#popupWidth(), minWidth: 200 });
      marker.on("add", () => marker.getElement()?.setAttribute("aria-label", this.#words(content.found)));
      this.#markers.set(code, kept);
    }
    kept.found = found;
    if (!kept.marker.getLatLng().equals(latLng(lon, lat))) kept.marker.setLatLng(latLng(lon, lat)); // and its cluster follows
    if (kept.state !== state || kept.kind !== kind) {
      Object.assign(kept, { state, kind });
      kept.marker.setIcon(stationIcon(kind, state));
      this.#changed.push(kept.marker);
    }
    kept.marker.options.isOpen = isOpen(found);
    kept.marker.getElement()?.setAttribute("aria-label", this.#words(found));
    return kept.marker;
  }

  #popupWidth() {
    return Math.min(POPUP_MAX_PX, this.#map.getSize().x - POPUP_EDGES_PX);
  }

  #words(found) {
    const { data, nowMs, question } = this.#finder;
    const sentence = arrivalSentence(found, { window: data.window, nowMs, hasPlace: Boolean(question.place) });
    return [stationName(found.station), label("kinds", found.station.kind), sentence].join(t("fact_separator"));
  }

  #popup(found) {
    const { station, distanceM, travelS } = found;
    const facts = [label("kinds", station.kind)];
    if (distanceM !== null) facts.unshift(distanceText(distanceM), travelText(travelS, this.#finder.question.mode));
    return el("div", { class: "popup" },
      el("p", { class: "station-name" }, el("a", { href: stationUrl(station.code) }, stationName(station))),
      stateLine(found, this.#finder),
      doorLine(station, this.#finder),
      el("p", { class: "station-facts" }, facts.join(t("fact_separator"))),
      entryLine(station));
  }

  #iconOfCluster(cluster) {
    const members = cluster.getAllChildMarkers();
    const count = members.length;
    const open = members.filter((marker) => marker.options.isOpen).length;
    cluster.off("add").on("add", () => cluster.getElement()?.setAttribute("aria-label", t("cluster", { count, open })));
    return clusterIcon(count, open);
  }

  /** A tap on the map offers the spot: to start from, or as a site where a station is missing. */
  #offerSpot(at) {
    const spot = at.wrap();
    const place = { lon: spot.lng, lat: spot.lat, source: "map", accuracyM: null };
    const start = () => {
      this.#map.closePopup();
      this.#actions.onPlaceChosen(place);
    };
    const content = el("div", { class: "spot" },
      el("button", { type: "button", class: "button primary", onclick: start }, t("start_here")),
      el("a", { class: "button quiet", href: urls.suggest, onclick: () => keepSuggestedSpot(place) }, t("suggest_here")));
    L.popup({ closeButton: true, className: "place-popup", maxWidth: this.#popupWidth() }).setLatLng(at).setContent(content).openOn(this.#map);
  }

  /** Show the place; move there when it is new or when asked to. */
  #showPlace(always) {
    const { place } = this.#finder.question;
    if (place === this.#placeShown && !always) return;
    this.#place?.remove();
    this.#place = null;
    this.#placeShown = place;
    if (!place) return;
    const at = latLng(place.lon, place.lat);
    const dot = L.marker(at, { icon: placeIcon(), keyboard: false, interactive: false, zIndexOffset: 1000 });
    const parts = place.accuracyM ? [L.circle(at, { radius: place.accuracyM, className: "map-accuracy", interactive: false }), dot] : [dot];
    this.#place = L.layerGroup(parts).addTo(this.#map);
    this.#map.fitBounds(this.#neighbourhood(at), { maxZoom: PLACE_ZOOM, padding: [48, 48], animate: false });
  }

  /** A box round the place that holds the nearest answers. */
  #neighbourhood(at) {
    const near = [...this.#finder.answer.found].sort((a, b) => a.distanceM - b.distanceM).slice(0, NEIGHBOURS_SHOWN);
    return L.latLngBounds([at, ...near.map(({ station }) => latLng(station.lon, station.lat))]);
  }
}
