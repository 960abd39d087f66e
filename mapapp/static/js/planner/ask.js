// The planner's question and answer: the map's layers, the week's picture, the time fields, the wait for a run.
// The tables are made on the server; without this script the page still asks and answers.

import { dressMap, gcj02TileLayer } from "../basemap.js";
import { page, t, urls } from "../words.js";
import { reviveHeats } from "./heat.js";
import { planningLayers } from "./layers.js";
import { found, lost } from "./network.js";
import { planPlaces } from "./places.js";

const LOOK_AGAIN_MS = 1000;

window.stationmap = { dressMap, gcj02TileLayer, planningLayers, planPlaces };

reviveHeats();
document.querySelectorAll("[data-when]").forEach(joinWhen);

/** Typing into the fields of one way to say a time chooses that way. */
function joinWhen(fields) {
  const radio = document.querySelector(`input[name="when"][value="${fields.dataset.when}"]`);
  fields.addEventListener("input", () => { radio.checked = true; });
}

const form = document.querySelector("[data-ask]");
form?.addEventListener("submit", () => {
  form.setAttribute("aria-busy", "true");
  // Fields left empty say nothing: the address stays short.
  for (const field of form.querySelectorAll("input:not([type=checkbox]):not([type=radio]), select")) {
    if (field.value === "") field.disabled = true;
  }
});
addEventListener("pageshow", () => {
  form?.removeAttribute("aria-busy");
  form?.querySelectorAll(":disabled").forEach((field) => { field.disabled = false; });
});

const waiting = document.querySelector("[data-progress]");
if (waiting && page.urls && urls.progress) lookAgain();

function lookAgain() {
  setTimeout(async () => {
    try {
      const answer = await fetch(urls.progress, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok && answer.status < 500) return location.reload();
      const progress = await answer.json();
      if (progress.ended || progress.parts !== Number(waiting.dataset.progress)) return location.reload();
      found();
      show(progress);
    } catch {
      lost(); // the next look may have a connection
    }
    return lookAgain();
  }, LOOK_AGAIN_MS);
}

function show({ phase, done, total, percent }) {
  const bar = waiting.querySelector("progress");
  if (percent === null) bar.removeAttribute("value");
  else bar.value = percent;
  const words = total ? t("percent", { phase, done, total }) : phase;
  const line = document.getElementById("progress-words");
  if (line.textContent !== words) line.textContent = words;
}
