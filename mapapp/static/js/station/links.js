// Links that leave the page: to the door in a map app, to a phone. The templates of the map apps come from
// the server (mapapp/services/navigation_links.py), which fills them in the same way.

import { convert } from "../geo.js";

const DECIMALS = 6;
const STRUCTURE = /[,;:|]/g;
const PHONE_NUMBER = /\+?\d[\d\s()-]{3,}\d/;

/** [{vendor, url}] for a placed station, each in the coordinate system its map reads. */
export function navigationLinks(station, templates) {
  if (station.lon === null) return [];
  const words = { name: written(station.name), address: written(station.address || station.name) };
  return templates.map(({ vendor, crs, template }) => {
    const [lon, lat] = convert(station.lon, station.lat, "wgs84", crs);
    const blanks = { lon: lon.toFixed(DECIMALS), lat: lat.toFixed(DECIMALS), ...words };
    return { vendor, url: template.replace(/\{(\w+)\}/g, (_, name) => blanks[name]) };
  });
}

/** A text as part of an address, without the marks that would end it there. */
function written(text) {
  const plain = text.replace(STRUCTURE, " ").trim();
  return encodeURIComponent(plain).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Whether that map can be opened on such a device: no iPhone knows `geo:`, and no other phone Apple's map. */
export function opensOn(vendor, userAgent) {
  if (/iPhone|iPad|iPod/.test(userAgent)) return vendor !== "system";
  if (/Android|HarmonyOS/.test(userAgent)) return vendor !== "apple";
  return true;
}

/** The `tel:` address of the first number in a text, or "". */
export function phoneUrl(text) {
  const found = PHONE_NUMBER.exec(text);
  return found ? `tel:${found[0].replace(/[^+\d]/g, "")}` : "";
}
