// The links each map makes and takes, as its own documentation writes them, and what real shares look like.
//   高德    lbs.amap.com/api/uri-api (position=lon,lat; coordinate=gaode|wgs84), amap-mobile (lat, lon, dev)
//   百度    lbsyun.baidu.com/index.php?title=uri (location=lat,lng; coord_type; latlng:lat,lng|name:…)
//   腾讯    lbs.qq.com/webApi/uriV1 (marker=coord:lat,lng;title:…; coord_type 1 is GPS, 2 腾讯)
//   Apple   developer.apple.com Map Links (ll, q, daddr, address=lat,lng; coordinate)
//   Google  developers.google.com/maps/documentation/urls (query, destination; @lat,lng,zoom; !3d!4d)
//   OSM     mlat, mlon; #map=zoom/lat/lon · geo: is RFC 5870
// A reader returns {lon, lat, crs?, name?} or null; crs only where the link itself names another one.

const ADDRESS = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/iu;
const PAIR = /^\s*(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)(?=$|[^\d.])/u;

/** A link in its parts: {scheme, host, path, query, hash, address}; null for what is none. */
export function readLink(address) {
  const parts = ADDRESS.exec(address);
  if (!parts) return null;
  const [, scheme, host = "", path, query = "", hash = ""] = parts;
  return {
    scheme: scheme.toLowerCase(),
    host: /^https?$/iu.test(scheme) ? host.toLowerCase().replace(/:\d+$/u, "") : "", // apps have a scheme of their own
    path: decoded(path),
    query: new URLSearchParams(query),
    hash: decoded(hash),
    address: decoded(address),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// --- pieces of links -------------------------------------------------------------------------------

/** The first parameter of these that holds something `read` can read. */
function firstOf(query, names, read) {
  for (const name of names) {
    const found = query.has(name) ? read(query.get(name)) : null;
    if (found) return found;
  }
  return null;
}

function lonLat(text) {
  const pair = PAIR.exec(text);
  return pair && { lon: Number(pair[1]), lat: Number(pair[2]) };
}

function latLon(text) {
  const pair = PAIR.exec(text);
  return pair && { lon: Number(pair[2]), lat: Number(pair[1]) };
}

/** Two parameters of their own, each under the first name that is there. */
function separate(query, lonNames, latNames) {
  const value = (names) => names.map((name) => query.get(name)).find((text) => /^-?\d+(\.\d+)?$/u.test(text ?? ""));
  const [lon, lat] = [value(lonNames), value(latNames)];
  return lon && lat ? { lon: Number(lon), lat: Number(lat) } : null;
}

const firstText = (query, names) => names.map((name) => query.get(name)).find(Boolean) ?? "";

const isOrIsBelow = (host, domain) => host === domain || host.endsWith(`.${domain}`);

// --- 高德 --------------------------------------------------------------------------------------------

function readAmap({ query, address }) {
  const isGps = query.get("coordinate") === "wgs84" || query.get("dev") === "1";
  const name = firstText(query, ["name", "poiname", "destName", "dname", "toname"]);
  const point =
    firstOf(query, ["position", "dest", "to", "to[lnglat]", "markers", "locations", "location", "lnglat", "center"], lonLat) ??
    separate(query, ["lng", "lon", "longitude", "dlon"], ["lat", "latitude", "dlat"]) ??
    firstOf(query, ["q"], latLon) ??
    firstOf(query, ["p"], sharedPoi) ??
    lonLat(/lnglat=([^&/]+)/u.exec(address)?.[1] ?? "");
  return point && { name: name || thirdPart(query), ...point, ...(isGps && { crs: "wgs84" }) };
}

/** p=id,lat,lon,name,address */
function sharedPoi(text) {
  const [, lat, lon, name] = text.split(",");
  const point = latLon(`${lat},${lon}`);
  return point && { ...point, name };
}

/** The name behind the two numbers of a marker, a destination or a q. */
function thirdPart(query) {
  return firstText(query, ["to", "markers", "q"]).split("|")[0].split(",")[2] ?? "";
}

// --- 百度 --------------------------------------------------------------------------------------------

const BAIDU_SYSTEMS = { wgs84: "wgs84", gcj02: "gcj02", gcj02ll: "gcj02", bd09ll: "bd09", bd09mc: "bd09mc" };
const LONGEST_DEGREES = 360;

function readBaidu({ query, path }) {
  const labelled = (text) => latLon(/latlng:([^|]+)/u.exec(text)?.[1] ?? text);
  const point =
    firstOf(query, ["location", "latlng", "destination", "coord", "center"], labelled) ??
    separate(query, ["lng", "lon"], ["lat"]) ??
    lonLat(/@(-?[\d.]+,-?[\d.]+)/u.exec(path)?.[1] ?? "");
  if (!point) return null;
  const named = /name:([^|]+)/u.exec(query.get("destination") ?? "")?.[1];
  const name = named ?? (firstText(query, ["title", "name", "query"]) || (/\/poi\/([^/@]+)/u.exec(path)?.[1] ?? ""));
  return { name, ...inMetresOrDegrees(point), ...systemOf(query, point) };
}

/** 百度's own metres are larger than any degree; in China the easting is larger than the northing. */
function inMetresOrDegrees({ lon, lat }) {
  const isMetres = Math.max(Math.abs(lon), Math.abs(lat)) > LONGEST_DEGREES;
  return isMetres ? { lon: Math.max(lon, lat), lat: Math.min(lon, lat) } : { lon, lat };
}

function systemOf(query, { lon, lat }) {
  if (Math.max(Math.abs(lon), Math.abs(lat)) > LONGEST_DEGREES) return { crs: "bd09mc" };
  const named = BAIDU_SYSTEMS[firstText(query, ["coord_type", "coordtype"]).toLowerCase()];
  return named && named !== "bd09mc" ? { crs: named } : {};
}

// --- 腾讯 --------------------------------------------------------------------------------------------

function readTencent({ query, address }) {
  const marked = (text) => latLon(/coord:([^;|]+)/u.exec(text)?.[1] ?? "");
  const titled = /title:([^;|]+)/u.exec(query.get("marker") ?? query.get("markers") ?? "")?.[1];
  const inPath = (name) => new RegExp(`${name}=(-?[\\d.]+)`, "u").exec(address)?.[1];
  const point =
    firstOf(query, ["marker", "markers"], marked) ??
    firstOf(query, ["coord", "tocoord", "latlng", "location", "center", "c"], latLon) ??
    separate(query, ["pointx", "epointx", "lng"], ["pointy", "epointy", "lat"]) ??
    lonLat(`${inPath("e?pointx")},${inPath("e?pointy")}`);
  const name = titled ?? (firstText(query, ["name", "to", "title"]) || (/eword=([^&]+)/u.exec(address)?.[1] ?? ""));
  return point && { name, ...point, ...(query.get("coord_type") === "1" && { crs: "wgs84" }) };
}

// --- Apple, Google, OpenStreetMap, geo: --------------------------------------------------------------

function readApple({ query }) {
  const point = firstOf(query, ["coordinate", "ll", "daddr", "destination", "q", "address", "sll", "center"], latLon);
  return point && { name: firstText(query, ["name", "q", "address"]), ...point };
}

function readGoogle({ query, path, address }) {
  const pins = [...address.matchAll(/!3d(-?\d+\.\d+)!4d(-?\d+\.\d+)/gu)];
  const pin = pins[pins.length - 1];
  const point =
    (pin && { lon: Number(pin[2]), lat: Number(pin[1]) }) ??
    firstOf(query, ["q", "query", "destination", "daddr", "ll", "center", "cbll"], (text) => latLon(text.replace(/^loc:/u, ""))) ??
    latLon(/\/(?:search|place|dir\/[^/]*)\/(-?\d[\d.]*,\s*\+?-?\d[\d.]*)/u.exec(path)?.[1].replace("+", "") ?? "") ??
    latLon(/@(-?[\d.]+,-?[\d.]+)/u.exec(address)?.[1] ?? "");
  return point && { name: (/\/place\/([^/@]+)/u.exec(path)?.[1] ?? "").replace(/\+/gu, " "), ...point };
}

function readOsm({ query, hash }) {
  const shown = /map=[\d.]+\/(-?[\d.]+)\/(-?[\d.]+)/u.exec(hash);
  return (
    separate(query, ["mlon", "lon"], ["mlat", "lat"]) ??
    (shown && { lon: Number(shown[2]), lat: Number(shown[1]) })
  );
}

/** geo:lat,lon;crs=wgs84;u=30?q=lat,lon(name); 0,0 means: look at q. */
function readGeo({ path, query }) {
  if (/;crs=(?!wgs84(?:;|$))/iu.test(path)) return null;
  const asked = query.get("q") ?? "";
  const [at, meant] = [latLon(path), latLon(asked)];
  const point = at && (at.lon !== 0 || at.lat !== 0) ? at : meant;
  return point && { name: /\(([^)]+)\)/u.exec(asked)?.[1] ?? (meant ? "" : asked), ...point };
}

/** The maps: whose links are theirs, which of those are short, in which system they write, how to read them. */
export const VENDORS = [
  {
    source: "amap",
    crs: "gcj02",
    owns: ({ scheme, host }) =>
      ["amap.com", "gaode.com", "autonavi.com"].some((domain) => isOrIsBelow(host, domain)) ||
      ["androidamap", "iosamap", "amapuri"].includes(scheme),
    isShort: ({ host }) => host === "surl.amap.com",
    read: readAmap,
  },
  {
    source: "baidu",
    crs: "bd09",
    owns: ({ scheme, host }) =>
      ["map.baidu.com", "maps.baidu.com"].some((domain) => isOrIsBelow(host, domain)) ||
      ["baidumap", "bdapp"].includes(scheme),
    isShort: ({ host }) => host === "j.map.baidu.com",
    read: readBaidu,
  },
  {
    source: "tencent",
    crs: "gcj02",
    owns: ({ scheme, host }) => isOrIsBelow(host, "map.qq.com") || host === "url.cn" || host === "w.url.cn" || scheme === "qqmap",
    isShort: ({ host }) => host === "url.cn" || host === "w.url.cn",
    read: readTencent,
  },
  {
    source: "apple",
    crs: "gcj02",
    owns: ({ scheme, host }) => isOrIsBelow(host, "maps.apple.com") || host === "maps.apple" || ["maps", "map"].includes(scheme),
    isShort: ({ host, path }) => host === "maps.apple" || path.startsWith("/p/"),
    read: readApple,
  },
  {
    source: "google",
    crs: "gcj02",
    owns: ({ scheme, host, path }) =>
      /^maps\.google\.[a-z.]+$/u.test(host) ||
      (/^(?:www\.|ditu\.)?google\.[a-z.]+$/u.test(host) && (path.startsWith("/maps") || host.startsWith("ditu."))) ||
      host === "maps.app.goo.gl" ||
      (host === "goo.gl" && path.startsWith("/maps")) ||
      scheme === "comgooglemaps",
    isShort: ({ host }) => host === "maps.app.goo.gl" || host === "goo.gl",
    read: readGoogle,
  },
  {
    source: "osm",
    crs: "wgs84",
    owns: ({ host }) => isOrIsBelow(host, "openstreetmap.org") || host === "osm.org" || host === "www.osm.org",
    isShort: ({ path }) => path.startsWith("/go/"),
    read: readOsm,
  },
  { source: "geo", crs: "wgs84", owns: ({ scheme }) => scheme === "geo", read: readGeo },
];
