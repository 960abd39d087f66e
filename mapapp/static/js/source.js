// Where a page's stations come from: one file with all of them, or the cells round the place.

import { CellStations } from "./cells.js";
import { loadStations } from "./data.js";
import { urls } from "./words.js";

/** All stations in one file: whatever the place, nothing is missing. */
class AllStations {
  load() {
    return loadStations(urls.data);
  }

  reload() {
    return loadStations(urls.data);
  }
}

/** The stations of this page: `load(place)`, `reload()`; those in cells also `farther()` and `inBox(box)`. */
export const stationSource = urls.cells ? new CellStations(urls.cells) : new AllStations();
