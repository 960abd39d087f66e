// Positions: distance, and the three coordinate systems used in China. Longitude first.
// The same formulas, radius and tolerances as geodata/coordinates.py, so phone and server agree.

export const EARTH_RADIUS_M = 6371008.8;

const KRASOVSKY_A_M = 6378245.0;
const KRASOVSKY_E2 = 0.00669342162296594323;
const BD_ANGLE = (Math.PI * 3000.0) / 180.0;
const INVERSE_TOLERANCE_DEG = 1e-12;
const INVERSE_MAX_ROUNDS = 30;
const CHAIN = ["wgs84", "gcj02", "bd09"];

const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

/** Great-circle distance in metres (haversine). */
export function greatCircleM(lon1, lat1, lon2, lat2) {
  const phi1 = radians(lat1);
  const phi2 = radians(lat2);
  const halfPhi = (phi2 - phi1) / 2;
  const halfLambda = (radians(lon2) - radians(lon1)) / 2;
  const h = Math.sin(halfPhi) ** 2 + Math.cos(phi1) * Math.cos(phi2) * Math.sin(halfLambda) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(h, 1)));
}

/** Whether the GCJ-02 offset applies there; elsewhere points pass unchanged. */
function isInOffsetRegion(lon, lat) {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

function gcjOffsetDeg(lon, lat) {
  const { sin, cos, sqrt, abs, PI } = Math;
  const x = lon - 105;
  const y = lat - 35;
  const root = sqrt(abs(x));
  const waves = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  let northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves;
  northM += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
  northM += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  let eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves;
  eastM += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
  eastM += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const phi = radians(lat);
  const magic = 1 - KRASOVSKY_E2 * sin(phi) ** 2;
  const meridianM = (KRASOVSKY_A_M * (1 - KRASOVSKY_E2)) / (magic * sqrt(magic));
  const parallelM = (KRASOVSKY_A_M / sqrt(magic)) * cos(phi);
  return [degrees(eastM / parallelM), degrees(northM / meridianM)];
}

function wgs84ToGcj02(lon, lat) {
  if (!isInOffsetRegion(lon, lat)) return [lon, lat];
  const [dlon, dlat] = gcjOffsetDeg(lon, lat);
  return [lon + dlon, lat + dlat];
}

function gcj02ToBd09(lon, lat) {
  if (!isInOffsetRegion(lon, lat)) return [lon, lat];
  const radius = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BD_ANGLE);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BD_ANGLE);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
}

/** Solve shift(x) = (lon, lat) by x ← x + (target − shift(x)); a contraction for both offsets. */
function inverse(shift, lon, lat) {
  if (!isInOffsetRegion(lon, lat)) return [lon, lat];
  let [guessLon, guessLat] = [lon, lat];
  for (let round = 0; round < INVERSE_MAX_ROUNDS; round += 1) {
    const [thereLon, thereLat] = shift(guessLon, guessLat);
    guessLon += lon - thereLon;
    guessLat += lat - thereLat;
    if (Math.max(Math.abs(lon - thereLon), Math.abs(lat - thereLat)) < INVERSE_TOLERANCE_DEG) break;
  }
  return [guessLon, guessLat];
}

/** A position from one system ("wgs84", "gcj02", "bd09"; from "bd09mc" too: metres) to another. */
export function convert(lon, lat, source, target) {
  if (source === "bd09mc") return convert(...bd09OfMetres(lon, lat), "bd09", target);
  const steps = [wgs84ToGcj02, gcj02ToBd09];
  const here = CHAIN.indexOf(source);
  const there = CHAIN.indexOf(target);
  let point = [lon, lat];
  for (const step of steps.slice(here, Math.max(here, there))) point = step(...point);
  for (const step of steps.slice(there, Math.max(here, there)).reverse()) point = inverse(step, ...point);
  return point;
}

// --- 百度's metres -----------------------------------------------------------------------------------

const CLARKE_A_M = 6378206.4;
const CLARKE_B_M = 6356583.8;
const CLARKE_E = Math.sqrt(1 - (CLARKE_B_M / CLARKE_A_M) ** 2);

/**
 * 百度's map metres (BD-09MC) as BD-09 degrees: the ellipsoidal Mercator projection on Clarke 1866, which
 * agrees with 百度's own numbers within 5 mm below 55° north.
 */
function bd09OfMetres(x, y) {
  const isometric = y / CLARKE_A_M;
  let phi = Math.atan(Math.sinh(isometric));
  for (let round = 0; round < INVERSE_MAX_ROUNDS; round += 1) {
    const better = Math.atan(Math.sinh(isometric + CLARKE_E * Math.atanh(CLARKE_E * Math.sin(phi))));
    const isSettled = Math.abs(better - phi) < INVERSE_TOLERANCE_DEG;
    phi = better;
    if (isSettled) break;
  }
  return [degrees(x / CLARKE_A_M), degrees(phi)];
}

export { looksLikePosition as looksLikeCoordinates, readCoordinates } from "./places/typed_position.js";
