// The code of the pin's map, run after Leaflet: Folium's fragment draws the city, we the pin.

import { dressMap, gcj02TileLayer } from "../basemap.js";
import { latLng, placeIcon, signIcon } from "../marker.js";
import { t } from "../words.js";

/* global L */

const CLOSE_ZOOM = 16;
const CLOSE_ZOOM_WITHOUT_STREETS = 12; // closer there is nothing to see but the pin
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const STEP_PX = 2;

/** Run Folium's fragment; a tap on the map sets the pin. Resolves to an object that shows it. */
export async function drawPinMap(fragmentUrl, point, onMoved) {
  let pin = null;
  window.stationmap = {
    dressMap,
    gcj02TileLayer,
    pinLayer(map) {
      pin = new Pin(map, onMoved);
      new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
    },
  };
  await import(fragmentUrl);
  pin.show(point);
  return pin;
}

class Pin {
  #map;
  #onMoved;
  #marker = null;
  #isOurs = false;

  constructor(map, onMoved) {
    this.#map = map;
    this.#onMoved = onMoved;
    map.on("click", ({ latlng }) => this.#set(latlng));
  }

  /** Put the pin there and the map round it; null takes the pin away. */
  show(point) {
    if (this.#isOurs) return; // it was the pin that moved
    if (!point) {
      this.#marker?.remove();
      this.#marker = null;
      return;
    }
    const at = latLng(point.lon, point.lat);
    this.#stand(at);
    this.#map.setView(at, Math.max(this.#map.getZoom(), this.#closeZoom()), { animate: false });
  }

  /** Show places beside the pin, and the map round them all while there is no pin. */
  offer(places) {
    const marks = places.map(({ sign, name, lon, lat, take }) => {
      const options = { icon: signIcon(sign, Boolean(take)), title: name, alt: `${sign}: ${name}` };
      const mark = L.marker(latLng(lon, lat), { ...options, interactive: Boolean(take), keyboard: Boolean(take) });
      return take ? mark.on("click", take) : mark;
    });
    const group = L.featureGroup(marks).addTo(this.#map);
    for (const [number, mark] of marks.entries()) {
      const element = mark.getElement();
      element.setAttribute("role", places[number].take ? "button" : "img");
      element.setAttribute("aria-label", mark.options.alt);
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        places[number].take?.();
      });
    }
    const isAlone = !this.#marker && marks.length > 0;
    if (isAlone) this.#map.fitBounds(group.getBounds(), { maxZoom: this.#closeZoom(), padding: [48, 48], animate: false });
  }

  #closeZoom() {
    let hasStreets = false;
    this.#map.eachLayer((layer) => {
      hasStreets = hasStreets || layer instanceof L.TileLayer;
    });
    return hasStreets ? CLOSE_ZOOM : CLOSE_ZOOM_WITHOUT_STREETS;
  }

  #set(at) {
    this.#stand(at);
    this.#isOurs = true;
    this.#onMoved({ lon: at.lng, lat: at.lat });
    this.#isOurs = false;
  }

  #stand(at) {
    if (this.#marker) {
      this.#marker.setLatLng(at);
      return;
    }
    this.#marker = L.marker(at, { icon: placeIcon(), draggable: true, autoPan: true, keyboard: true, alt: t("pin") });
    this.#marker.on("dragend", () => this.#set(this.#marker.getLatLng()));
    this.#marker.addTo(this.#map);
    const element = this.#marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", t("pin"));
    element.addEventListener("keydown", (event) => this.#push(event));
  }

  /** The arrow keys move the pin by two pixels of the map, with the shift key by twenty. */
  #push(event) {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const far = STEP_PX * (event.shiftKey ? 10 : 1);
    const here = this.#map.latLngToContainerPoint(this.#marker.getLatLng());
    this.#set(this.#map.containerPointToLatLng(here.add([step[0] * far, step[1] * far])));
  }
}
