// Positions as people write them: two decimal numbers in either order, degrees, minutes and seconds, with or
// without words and letters for the directions, in half or full width.

const LON = ["东经", "西经", "经度", "longitude", "long", "lng", "lon", "e", "w"];
const LAT = ["北纬", "南纬", "纬度", "latitude", "lat", "n", "s"];
const NEGATIVE = ["西经", "南纬", "w", "s"];
const LETTER = /[a-z]/iu;

const NAME = [...LON, ...LAT].sort((a, b) => b.length - a.length).join("|");
const MINUTES = String.raw`(\d{1,2}(?:\.\d+)?)\s*['′’分]`;
const SECONDS = String.raw`(\d{1,2}(?:\.\d+)?)\s*(?:["”秒]|''|′′|’’)`;
const DEGREES = String.raw`([-+]?\d+(?:\.\d+)?)(?:\s*([°度])\s*(?:${MINUTES}\s*(?:${SECONDS})?)?)?`;
const SIDE = String.raw`(?:([ensw])(?![a-z])|\s+([ensw])(?![a-z\d]))?`;
/** A name and its number, or a number and its letter. */
const ANGLE = new RegExp(String.raw`(${NAME})["']?\s*[:=]?\s*${DEGREES}|${DEGREES}${SIDE}`, "giu");
const SYSTEMS = [
  ["gcj02", /gcj-?0?2|火星|高德|腾讯|amap/iu],
  ["bd09", /bd-?0?9|百度|baidu/iu],
  ["wgs84", /wgs-?84|gps/iu],
];
const NOTHING_BUT_NUMBERS = /^[-+\d\s.,;]*$/u;

/** What may stand around two numbers that are nothing but a position. */
const TRIMMINGS = /gcj-?0?2|bd-?0?9(?:ll)?|wgs-?84|gps|火星|高德|腾讯|百度|地图|坐标系?|位置|定位|经纬度|经度|纬度|是|为|[\s,;:/|()[\]{}"'【】「」<>。、]/giu;
const SURE_DECIMALS = 3;

/** The text in plain characters: half width, one kind of degree sign. */
function plain(text) {
  return text.replace(/[º˚]/gu, "°").normalize("NFKC").replace(/[−–—]/gu, "-");
}

/** All angles of the text: {degrees, axis, isMarked, decimals}; axis is lon, lat or null. */
function anglesIn(text) {
  return [...text.matchAll(ANGLE)].map((match) => {
    const [named, alone] = [match.slice(1, 6), [match[10] ?? match[11], ...match.slice(6, 10)]];
    const [name, whole, degreeSign, minutes, seconds] = named[1] === undefined ? alone : named;
    // The e of “Line 5” names nothing.
    const isWord = name !== undefined && LETTER.test(match[0][0]) && LETTER.test(text[match.index - 1] ?? "");
    return angle(isWord ? "" : (name ?? "").toLowerCase(), whole, degreeSign, Number(minutes ?? 0), Number(seconds ?? 0));
  });
}

function angle(name, whole, degreeSign, minutes, seconds) {
  const size = Math.abs(Number(whole)) + minutes / 60 + seconds / 3600;
  const isNegative = whole.startsWith("-") !== NEGATIVE.includes(name);
  return {
    degrees: isNegative ? -size : size,
    axis: LON.includes(name) ? "lon" : LAT.includes(name) ? "lat" : null,
    isMarked: Boolean(name || degreeSign),
    decimals: whole.split(".")[1]?.length ?? 0,
  };
}

/**
 * Two numbers as [lon, lat], or null. Names decide the order; a number above 90 is the longitude; where both
 * could be either, the box of the place decides, else longitude comes first.
 */
export function inOrder(first, second, bounds, firstAxis = null) {
  const isPoint = (lon, lat) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  const isNear = (lon, lat) =>
    lon >= bounds.west - 1 && lon <= bounds.east + 1 && lat >= bounds.south - 1 && lat <= bounds.north + 1;
  if (firstAxis === "lon") return isPoint(first, second) ? [first, second] : null;
  if (firstAxis === "lat") return isPoint(second, first) ? [second, first] : null;
  if (isPoint(second, first) && (!isPoint(first, second) || (isNear(second, first) && !isNear(first, second)))) {
    return [second, first];
  }
  return isPoint(first, second) ? [first, second] : null;
}

function pairOf([first, second], bounds) {
  const axis = first.axis ?? (second.axis === "lon" ? "lat" : second.axis === "lat" ? "lon" : null);
  if (first.axis && first.axis === second.axis) return null;
  return inOrder(first.degrees, second.degrees, bounds, axis);
}

/** The coordinate system a text names, or null. */
export function systemNamed(text) {
  return SYSTEMS.find(([, words]) => words.test(text))?.[0] ?? null;
}

/** What is typed where coordinates are asked for: exactly two numbers, as [lon, lat]; or null. */
export function readCoordinates(text, bounds) {
  const angles = anglesIn(plain(text));
  return angles.length === 2 ? pairOf(angles, bounds) : null;
}

/**
 * A position somewhere in any text, as {lon, lat, crs}; crs is null where the text does not name one. Two
 * numbers count when they are marked as degrees, or carry three decimals, or stand alone with two.
 */
export function findPosition(text, bounds) {
  const clean = plain(text);
  const isAlone = clean.replace(ANGLE, "").replace(TRIMMINGS, "") === "";
  const angles = anglesIn(clean).filter(({ isMarked, decimals }) => isMarked || decimals >= (isAlone ? 2 : SURE_DECIMALS));
  const point = angles.length === 2 ? pairOf(angles, bounds) : null;
  return point && { lon: point[0], lat: point[1], crs: systemNamed(clean) };
}

/** Whether a text is, or may become with the next key, a position or a link to one: nothing for the address. */
export const mayBecomePosition = (text) => looksLikePosition(text) || NOTHING_BUT_NUMBERS.test(plain(text));

/** Whether a text is a position or a link to one, be it unfinished: never a name. */
export function looksLikePosition(text) {
  const clean = plain(text);
  return (
    /:\/\/|%3a%2f%2f|^\s*geo:/iu.test(clean) ||
    /\d{1,3}\.\d{3,}/u.test(clean) ||
    /-?\d{1,3}\.\d{2,}\D+-?\d{1,3}\.\d{2,}/u.test(clean) ||
    /\d{1,3}\s*[°度]\s*\d{1,2}/u.test(clean)
  );
}
