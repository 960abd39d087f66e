// The map's code, fetched when the map is first opened: Folium's fragment draws the city, we its stations.

import { dressMap, gcj02TileLayer } from "./basemap.js";
import { StationLayer } from "./layer.js";
import { joinMapBar } from "./map_bar.js";

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
      new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
    },
  };
  await import(fragmentUrl);
  return layer;
}
