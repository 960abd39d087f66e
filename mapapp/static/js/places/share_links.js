// Where a pasted link, or the whole text that a map shares, leads: read on the phone, nothing is requested.
// Each map writes its own coordinate system: 高德 and 腾讯 GCJ-02, 百度 BD-09 (or what its coord_type says),
// Apple and Google GCJ-02 for places in China, OpenStreetMap and geo: WGS-84.

import { convert } from "../geo.js";
import { inOrder, findPosition } from "./typed_position.js";
import { readLink, VENDORS } from "./link_vendors.js";

const LINK = /(?:[a-z][a-z0-9+.-]*:\/\/|geo:)[^\s"'<>，。；、！【】「」《》（）]+/giu;
const BARE = /(?:[a-z0-9-]+\.)+(?:com|cn|hk|org|gl|goo\.gl)\/[^\s"'<>，。；、！【】「」《》（）]*/giu;
const TRAILING = /[.,;:!?\]}]+$/u;
const GLUED = /^[a-z0-9+.-]+(?=https?:\/\/)/iu; // a word that ran into the link when line breaks were lost
const LONGEST_NAME = 40;
const LONGEST_TEXT = 8_000;

/**
 * The place a text leads to: {lon, lat, source, name} in WGS-84; or {problem, source} where there is a link
 * but no position to be had from it (short_link, no_position, unknown_link); or null: the text is no place.
 * `bounds` is the city's box; it decides between longitude and latitude where nothing else does.
 */
export function readSharedPlace(text, bounds) {
  const whole = text.slice(0, LONGEST_TEXT);
  let problem = null;
  for (const link of linksIn(whole)) {
    const found = placeOfLink(link, bounds);
    if (found && !found.problem) return found;
    problem ??= found;
  }
  const words = problem ? whole.replace(LINK, " ").replace(BARE, " ") : whole;
  const typed = findPosition(words, bounds);
  if (!typed) return problem;
  const vendor = VENDORS.find(({ source }) => source === problem?.source);
  return placeAt([typed.lon, typed.lat], typed.crs ?? vendor?.crs ?? "wgs84", vendor?.source ?? "typed", "");
}

/** The links of a text, as they stand and as they would stand in half width. */
function linksIn(text) {
  const unpacked = /%3a%2f%2f/iu.test(text) && !text.includes("://") ? decoded(text) : text;
  const found = [unpacked, unpacked.normalize("NFKC")].flatMap((each) => [...(each.match(LINK) ?? []), ...bareLinks(each)]);
  return [...new Set(found.map((link) => link.replace(GLUED, "").replace(TRAILING, "")))];
}

function bareLinks(text) {
  return (text.replace(LINK, " ").match(BARE) ?? []).map((link) => `https://${link}`);
}

function placeOfLink(address, bounds) {
  const link = readLink(address);
  if (!link) return null;
  const vendor = VENDORS.find((each) => each.owns(link));
  if (!vendor) return packedPlace(link, bounds) ?? { problem: "unknown_link", source: null };
  const { source } = vendor;
  if (vendor.isShort?.(link)) return { problem: "short_link", source };
  const read = vendor.read(link);
  const point = read && settled(read, bounds);
  if (!point) return { problem: "no_position", source };
  return placeAt(point, read.crs ?? vendor.crs, source, nameOf(read.name));
}

/** A link to a map inside another one, as messengers make them. */
function packedPlace({ query }, bounds) {
  for (const value of query.values()) {
    const found = /^(?:[a-z]+:\/\/|geo:)/iu.test(value) ? placeOfLink(value, bounds) : null;
    if (found && found.problem !== "unknown_link") return found;
  }
  return null;
}

/** [lon, lat] in the order the map documents; the other order where only that one lies near the city. */
function settled({ lon, lat, crs }, bounds) {
  if (!Number.isFinite(lon) || !Number.isFinite(lat) || (lon === 0 && lat === 0)) return null;
  if (crs === "bd09mc") return [lon, lat];
  const isNear = (x, y) =>
    x > bounds.west - 1 && x < bounds.east + 1 && y > bounds.south - 1 && y < bounds.north + 1;
  return isNear(lat, lon) && !isNear(lon, lat) ? [lat, lon] : inOrder(lon, lat, bounds, "lon") ?? inOrder(lat, lon, bounds, "lon");
}

function placeAt(point, crs, source, name) {
  const [lon, lat] = convert(...point, crs, "wgs84");
  if (!Number.isFinite(lon) || Math.abs(lon) > 180 || Math.abs(lat) > 90) return { problem: "no_position", source };
  return { lon, lat, source, name };
}

/** A name fit to be shown; one in another encoding is left out. */
function nameOf(name) {
  const clean = (name ?? "").replace(/\s+/gu, " ").trim();
  return clean.includes("\uFFFD") || /^[-\d.,\s]*$/u.test(clean) ? "" : clean.slice(0, LONGEST_NAME);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
