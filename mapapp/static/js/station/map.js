// The map of a station's page: nothing of it is fetched before it is asked for. It is the city's map, the same
// files as on the first page, moved to this station.

import { emptyQuestion, Finder } from "../finder.js";
import { LazyMap } from "../lazy_map.js";
import { stationSource } from "../source.js";
import { page, t, urls } from "../words.js";
import { startFrom } from "./actions.js";

/** Opens the map in the place of the picture; a second call does nothing while the first runs. */
export class StationMap {
  #root;
  #finder;
  #map = null;

  /** `finder` where the page has read the stations already, else null. */
  constructor(root, finder = null) {
    this.#root = root;
    this.#finder = finder;
  }

  async open(button) {
    if (button.disabled) return;
    const status = this.#root.querySelector(".map-status");
    button.disabled = true;
    status.textContent = t("where_map_opening");
    try {
      await this.#draw();
      status.textContent = "";
      button.hidden = true; // whoever pressed it by keyboard goes on in the map
      this.#root.querySelector(".small-map .leaflet-container").focus({ preventScroll: true });
    } catch (error) {
      console.warn(error);
      status.textContent = t("where_map_failed");
      this.#show(false);
    } finally {
      button.disabled = false;
    }
  }

  async #draw() {
    this.#finder ??= await allStations();
    this.#show(true);
    const isShown = () => !this.#root.querySelector(".small-map").hidden;
    this.#map ??= new LazyMap(this.#finder, urls.mapAssets, { onPlaceChosen: startFrom, isShown });
    const layer = await this.#map.open();
    layer.shown();
    await layer.focus(this.#root.dataset.code);
  }

  #show(isMap) {
    this.#root.querySelector(".small-map").hidden = !isMap;
    const picture = this.#root.querySelector(".where .static-map");
    if (picture) picture.toggleAttribute("hidden", isMap);
  }
}

async function allStations() {
  const data = await stationSource.load(page.place ?? null);
  const finder = new Finder({ ...emptyQuestion(), open: "any" });
  finder.start(data);
  return finder;
}
