// The map on which a pin is set: fetched when it is first opened, moved by pointer and by keyboard.

import { fetchMap } from "./map_files.js";

/** One map with one pin. */
export class PinMap {
  #box;
  #assets;
  #pin = null;

  constructor(box, assets) {
    this.#box = box;
    this.#assets = assets;
  }

  /** Draw the map; `onMoved({lon, lat})` is called with where the pin was put, in WGS-84. */
  async open(point, onMoved, takesFocus = true) {
    const { drawPinMap } = await fetchMap(this.#assets);
    this.#pin = await drawPinMap(this.#assets.fragment, point, onMoved);
    if (takesFocus) this.#box.querySelector(".leaflet-container").focus({ preventScroll: true });
  }

  /** Put the pin where the point is; null takes it away. */
  show(point) {
    this.#pin?.show(point);
  }

  /** Show other places beside the pin; one with `take` is a button. */
  offer(places) {
    this.#pin?.offer(places);
  }
}
