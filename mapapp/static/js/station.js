// A station's page: its small map, and copying the address.

import { dressMap, gcj02TileLayer } from "./basemap.js";
import { latLng, stationIcon } from "./marker.js";
import { t } from "./words.js";

/* global L */

window.stationmap = {
  dressMap,
  gcj02TileLayer,
  stationMark(map, { lon, lat, kind, state }) {
    L.marker(latLng(lon, lat), { icon: stationIcon(kind, state), interactive: false, keyboard: false }).addTo(map);
  },
};

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("span").textContent = t("copied");
  });
}
