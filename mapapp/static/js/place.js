// The place the search starts from: asked of the device, tapped on the map, typed, pasted as a link, or a
// station. It stays in this tab (sessionStorage); no request and no address ever holds it.
//   {lon, lat, source: device | map | typed | link | station, accuracyM, atMs?, name?, vendor?, code?}

import { clockTime } from "./clock.js";
import { t } from "./words.js";

const KEPT_AS = "stationmap.place";
const OLD_AFTER_MS = 10 * 60_000;

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

/** Whether the place lies so far outside the city that distances say little. */
export function isFarAway(place, bounds) {
  return (
    place.lon < bounds.west - 0.5 || place.lon > bounds.east + 0.5 ||
    place.lat < bounds.south - 0.5 || place.lat > bounds.north + 0.5
  );
}

/** Whether the device told its position so long ago that it may be elsewhere by now. */
export function isOldPosition(place, nowMs = Date.now()) {
  return place?.source === "device" && Math.abs(nowMs - place.atMs) > OLD_AFTER_MS;
}

/** The place in words. */
export function placeText(place) {
  if (place.source === "map") return t("place_from_map");
  if (place.source === "typed") return t("place_typed");
  if (place.source === "station") return t("place_from_station", { name: place.name || place.code });
  if (place.source === "link") return linkText(place);
  if (isOldPosition(place)) return t("place_from_device_of", { time: clockTime(place.atMs) });
  if (!place.accuracyM) return t("place_from_device");
  return t("place_from_device_within", { metres: Math.max(5, Math.round(place.accuracyM / 5) * 5) });
}

function linkText({ vendor, name }) {
  const values = { vendor: t(`vendor_${vendor}`), name };
  return t(name ? "place_from_link_named" : "place_from_link", values);
}
