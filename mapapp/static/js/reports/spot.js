// Where a report is about: chosen on the map, asked of the device, or typed. It goes with this report and
// nowhere else.

import { t } from "../words.js";

const CHOSEN_ON_MAP = "stationmap.suggestion";
const DECIMALS = 6;
const WAIT_MS = 15_000;

/** Joins the fields of a place; does nothing in a form without. */
export function joinSpot(form, isSuggestion) {
  const { lon, lat, crs } = form.elements;
  if (!lon) return;
  const [words, button] = ["words", "device"].map((part) => form.querySelector(`[data-spot-${part}]`));
  const typed = form.querySelector(".typed-spot");

  const fill = (point) => {
    lon.value = point.lon.toFixed(DECIMALS);
    lat.value = point.lat.toFixed(DECIMALS);
    crs.value = "wgs84";
    form.dispatchEvent(new Event("input"));
  };

  let typedCount = 0;
  typed.open = Boolean(lon.value || lat.value);
  const chosen = isSuggestion && !lon.value ? chosenOnMap() : null;
  if (chosen) {
    fill(chosen);
    words.textContent = t("spot_from_map");
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    words.textContent = t("spot_asking");
    const before = typedCount;
    try {
      const { coords } = await askDevice();
      if (typedCount !== before) return; // what was typed meanwhile is meant
      fill({ lon: coords.longitude, lat: coords.latitude });
      words.textContent = t("spot_from_device", { metres: Math.max(5, Math.round(coords.accuracy / 5) * 5) });
    } catch {
      if (typedCount !== before) return;
      words.textContent = t(window.isSecureContext ? "spot_failed" : "spot_opens");
      typed.open = true;
    } finally {
      button.disabled = false;
    }
  });

  for (const field of [lon, lat]) {
    field.addEventListener("input", () => {
      typedCount += 1;
      words.textContent = "";
    });
  }
}

/** Forget the spot that was chosen on the map: it has been used. */
export function forgetChosenSpot() {
  try {
    sessionStorage.removeItem(CHOSEN_ON_MAP);
  } catch {
    /* without storage nothing was kept */
  }
}

function chosenOnMap() {
  try {
    const point = JSON.parse(sessionStorage.getItem(CHOSEN_ON_MAP));
    return Number.isFinite(point?.lon) && Number.isFinite(point?.lat) ? point : null;
  } catch {
    return null;
  }
}

function askDevice() {
  return new Promise((resolve, reject) => {
    if (!window.isSecureContext || !navigator.geolocation) return reject(new Error("unsupported"));
    const options = { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 };
    navigator.geolocation.getCurrentPosition(resolve, reject, options);
  });
}
