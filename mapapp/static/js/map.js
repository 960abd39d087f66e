// The map's code, fetched when the map is first opened: Folium's fragment draws the city, we its stations.

import { dressMap, gcj02TileLayer } from "./basemap.js";
import { StationLayer } from "./layer.js";
import { joinMapBar } from "./map_bar.js";
import { Overview } from "./overview.js";
import { urls } from "./words.js";

/** Run Folium's fragment and join its map to the finder; Leaflet is loaded. Resolves to the layer. */
export async function drawMap(finder, fragmentUrl, actions) {
  let layer = null;
  window.stationmap = {
    dressMap,
    gcj02TileLayer,
    stationLayer(map) {
      layer = new StationLayer(map, finder, actions);
      const bar = document.getElementById("map-bar"); // a station's page has none
      if (bar) joinMapBar(map, bar);
      if (urls.cells && actions.viewBox) joinOverview(map, layer, finder, actions.viewBox);
      new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
    },
  };
  await import(fragmentUrl);
  return layer;
}

/** From afar numbers of stations, from near by the stations themselves. */
function joinOverview(map, layer, finder, viewBox) {
  const wordsLine = document.getElementById("afar-words");
  const overview = new Overview(map, urls.cells.tile, finder, wordsLine, (isNear, box) => {
    layer.setVisible(isNear);
    if (isNear) viewBox(box);
  });
  map.whenReady(() => overview.look());
}
