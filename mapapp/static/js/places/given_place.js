// A place somebody gives in words: coordinates in a field, or whatever is typed or pasted into the search box.

import { convert } from "../geo.js";
import { language, t } from "../words.js";
import { readSharedPlace } from "./share_links.js";
import { readCoordinates } from "./typed_position.js";

const STATION_LINK = /\/(?:s|stations)\/([A-Za-z0-9-]+)\/?(?:[?#]\S*)?\s*$/u;

/** Coordinates of a system as a place. Throws a message for the field. */
export function typedPlace(text, crs, bounds) {
  const point = readCoordinates(text, bounds);
  if (!point) throw new Error(t("coordinates_unreadable"));
  const [lon, lat] = convert(...point, crs, "wgs84");
  return { lon, lat, source: "typed", accuracyM: null };
}

/**
 * The place a text is: {place}; or {problem}, a sentence, where it is a link that leads nowhere; or null where
 * it is a text to search for. With `stations` (by code), a link to one of our stations' pages is that station.
 */
export function takePlaceFromText(text, bounds, stations = new Map()) {
  const station = stationLinked(text, stations);
  if (station) return { place: station };
  const found = readSharedPlace(text, bounds);
  if (!found) return null;
  if (found.problem) return { problem: problemText(found) };
  const { lon, lat, source, name } = found;
  if (source === "typed") return { place: { lon, lat, source, accuracyM: null } };
  return { place: { lon, lat, source: "link", accuracyM: null, vendor: source, name } };
}

/** What a station's QR code says, where another app has read it. */
function stationLinked(text, stations) {
  const code = text.includes("://") ? STATION_LINK.exec(text)?.[1] : null;
  const station = stations.get(code);
  if (!station || station.lon === null) return null;
  const name = language.startsWith("zh") ? station.name : station.nameEn || station.name;
  return { lon: station.lon, lat: station.lat, source: "station", accuracyM: null, code, name };
}

function problemText({ problem, source }) {
  return t(`link_${problem}`, { vendor: source ? t(`vendor_${source}`) : "" });
}
