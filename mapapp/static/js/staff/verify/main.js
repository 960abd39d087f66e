// At the station: how far the pin is from where one stands. The position is asked for once, and never sent.

import { greatCircleM } from "../../geo.js";
import { askDevice } from "../../places/device.js";

const FAR_M = 1000;

/** What to say about a pin that far away; a template has its numbers in braces. */
export function distanceWords(distanceM, accuracyM, { near, far }) {
  if (distanceM >= FAR_M) return far.replace("{km}", (distanceM / 1000).toFixed(1));
  return near.replace("{metres}", String(Math.round(distanceM))).replace("{accuracy}", String(Math.round(accuracyM ?? 0)));
}

function joinDistance(place) {
  const button = place.querySelector("button");
  const answer = place.querySelector("[role=status]");
  const { lon, lat, asking, failed } = place.dataset;
  button.hidden = false;
  place.querySelector("[data-privacy]").hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    answer.textContent = asking;
    try {
      const here = await askDevice();
      const distanceM = greatCircleM(here.lon, here.lat, Number(lon), Number(lat));
      answer.textContent = distanceWords(distanceM, here.accuracyM, place.dataset);
    } catch {
      answer.textContent = failed;
    }
    button.disabled = false;
  });
}

document.querySelector("[autofocus]")?.focus();
for (const place of document.querySelectorAll("[data-pin-distance]")) joinDistance(place);
