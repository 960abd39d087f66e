// The stations on Folium's map: clustered marks that follow the finder's answers.

import { el } from "./dom.js";
import { entryLine, stateLine, stationName, stationUrl } from "./list.js";
import { clusterIcon, latLng, placeIcon, stationIcon } from "./marker.js";
import { isOpen } from "./search.js";
import { label, t } from "./words.js";
import { arrivalSentence, distanceText } from "./wording.js";

/* global L */

const CLUSTER_RADIUS_PX = 56;
const SINGLES_FROM_ZOOM = 17;
const PLACE_ZOOM = 15;
const NEIGHBOURS_SHOWN = 6;

export class StationLayer {
  #map;
  #finder;
  #markers = new Map();
  #cluster;
  #place = null;
  #placeShown = null;
  #changed = [];

  constructor(map, finder, { onPlaceChosen }) {
    this.#map = map;
    this.#finder = finder;
    this.#cluster = L.markerClusterGroup({
      maxClusterRadius: CLUSTER_RADIUS_PX,
      disableClusteringAtZoom: SINGLES_FROM_ZOOM,
      showCoverageOnHover: false,
      spiderfyOnMaxZoom: false,
      animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      iconCreateFunction: (cluster) => this.#iconOfCluster(cluster),
    }).addTo(map);
    map.on("click", (event) => this.#offerPlace(event.latlng, onPlaceChosen));
    finder.onAnswer(() => this.#draw());
  }

  /** Bring one station into view and open its popup. */
  focus(code) {
    const marker = this.#markers.get(code)?.marker;
    if (marker && this.#cluster.hasLayer(marker)) this.#cluster.zoomToShowLayer(marker, () => marker.openPopup());
  }

  /** The container has been shown or resized. */
  resized() {
    this.#map.invalidateSize({ animate: false });
    this.#showPlace(true);
  }

  #draw() {
    const shown = new Set();
    const added = [];
    for (const found of this.#finder.answer.found) {
      if (found.station.lon === null) continue;
      shown.add(found.station.code);
      const marker = this.#markerOf(found);
      if (!this.#cluster.hasLayer(marker)) added.push(marker);
    }
    const gone = [...this.#markers].filter(([code, { marker }]) => !shown.has(code) && this.#cluster.hasLayer(marker));
    this.#cluster.removeLayers(gone.map(([, { marker }]) => marker));
    this.#cluster.addLayers(added);
    const repainted = this.#changed.filter((marker) => this.#cluster.hasLayer(marker));
    if (repainted.length) this.#cluster.refreshClusters(repainted);
    this.#changed = [];
    this.#showPlace(false);
  }

  /** The station's marker, its icon and words brought up to date. */
  #markerOf(found) {
    const { code, kind, lon, lat } = found.station;
    const { state } = found.arrival;
    let kept = this.#markers.get(code);
    if (!kept) {
      const marker = L.marker(latLng(lon, lat), { icon: stationIcon(kind, state), riseOnHover: true });
      kept = { marker, state, found };
      const content = kept;
      marker.bindPopup(() => this.#popup(content.found), { maxWidth: 300, minWidth: 220 });
      marker.on("add", () => marker.getElement()?.setAttribute("aria-label", this.#words(content.found)));
      this.#markers.set(code, kept);
    }
    kept.found = found;
    if (kept.state !== state) {
      kept.state = state;
      kept.marker.setIcon(stationIcon(kind, state));
      this.#changed.push(kept.marker);
    }
    kept.marker.options.isOpen = isOpen(found);
    kept.marker.getElement()?.setAttribute("aria-label", this.#words(found));
    return kept.marker;
  }

  #words(found) {
    const { data, nowMs, question } = this.#finder;
    const sentence = arrivalSentence(found, { window: data.window, nowMs, hasPlace: Boolean(question.place) });
    return [stationName(found.station), label("kinds", found.station.kind), sentence].join(t("fact_separator"));
  }

  #popup(found) {
    const { station, distanceM } = found;
    const facts = [distanceM !== null && distanceText(distanceM), label("kinds", station.kind)].filter(Boolean);
    return el("div", { class: "popup" },
      el("p", { class: "station-name" }, el("a", { href: stationUrl(station.code) }, stationName(station))),
      stateLine(found, this.#finder),
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

  /** A tap on the map offers the spot as the place to start from; a second tap takes it. */
  #offerPlace(at, onPlaceChosen) {
    const spot = at.wrap();
    const take = () => {
      this.#map.closePopup();
      onPlaceChosen({ lon: spot.lng, lat: spot.lat, source: "map", accuracyM: null });
    };
    L.popup({ closeButton: true, className: "place-popup" })
      .setLatLng(at)
      .setContent(el("button", { type: "button", class: "button primary", onclick: take }, t("start_here")))
      .openOn(this.#map);
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
