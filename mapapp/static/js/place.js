// The place the search starts from: asked of the device, tapped on the map, or typed.
// It stays in this tab (sessionStorage); no request and no address ever holds it.

import { convert, readCoordinates } from "./geo.js";
import { t } from "./words.js";

const KEPT_AS = "stationmap.place";
const WAIT_MS = 15_000;
const FRESH_MS = 60_000;
const ERRORS = { 1: "place_denied", 2: "place_unavailable", 3: "place_timeout" };

/** The place this tab has kept, or null. */
export function keptPlace() {
  try {
    const place = JSON.parse(sessionStorage.getItem(KEPT_AS));
    return Number.isFinite(place?.lon) && Number.isFinite(place?.lat) ? place : null;
  } catch {
    return null;
  }
}

/** Keep the place for this tab; null forgets it. Storage may be forbidden: then it is just not kept. */
export function keepPlace(place) {
  try {
    if (place) sessionStorage.setItem(KEPT_AS, JSON.stringify(place));
    else sessionStorage.removeItem(KEPT_AS);
  } catch {
    /* a page without storage still works until it is left */
  }
}

/** Ask the device once. Resolves to a place; rejects with a message that says what to do instead. */
export function askDevice() {
  return new Promise((resolve, reject) => {
    if (!window.isSecureContext) return reject(new Error(t("place_insecure")));
    if (!navigator.geolocation) return reject(new Error(t("place_unsupported")));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ lon: coords.longitude, lat: coords.latitude, source: "device", accuracyM: coords.accuracy ?? null }),
      (error) => reject(new Error(t(ERRORS[error.code] ?? "place_unavailable"))),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: FRESH_MS },
    );
  });
}

/** Typed coordinates as a place. Throws a message for the field. */
export function typedPlace(text, crs, bounds) {
  const point = readCoordinates(text, bounds);
  if (!point) throw new Error(t("coordinates_unreadable"));
  const [lon, lat] = convert(...point, crs, "wgs84");
  return { lon, lat, source: "typed", accuracyM: null };
}

/** Whether the place lies so far outside the city that distances say little. */
export function isFarAway(place, bounds) {
  return (
    place.lon < bounds.west - 0.5 || place.lon > bounds.east + 0.5 ||
    place.lat < bounds.south - 0.5 || place.lat > bounds.north + 0.5
  );
}

/** The place in words. */
export function placeText(place) {
  if (place.source === "map") return t("place_from_map");
  if (place.source === "typed") return t("place_typed");
  if (!place.accuracyM) return t("place_from_device");
  return t("place_from_device_within", { metres: Math.max(5, Math.round(place.accuracyM / 5) * 5) });
}
