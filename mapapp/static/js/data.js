// Reads the compact station file (docs/compact-file.md, format 2) into plain objects.

import { firstDayNumber } from "./clock.js";
import { inTimeLimit } from "./time_limit.js";

export const FORMAT = 2;

const DAY_MS = 86_400_000;

/** A file of another format: its reader is not this one. */
export class OtherFormat extends Error {
  constructor(format) {
    super(`station file format ${format}, not ${FORMAT}`);
    this.name = "OtherFormat";
    this.format = format;
  }
}

/**
 * Fetch and read the file; `confirmedAtMs` says when the server last confirmed it. A file of another format
 * may be an old copy some cache kept, so it is asked for once more, past all caches. Throws when it cannot
 * be had, or is of another format even then.
 */
export async function loadStations(url) {
  const { file, ...confirmation } = await fetchStations(url);
  return { ...readStations(file), ...confirmation };
}

/** The same, the file as it came. */
export async function fetchStations(url) {
  const first = await fetchFile(url, "default");
  return first.file.format === FORMAT ? first : fetchFile(url, "reload");
}

/** The file as it stands. The service worker, if there is one, is told our format, and tells the file's age. */
function fetchFile(url, cache) {
  return inTimeLimit((signal) => fetchFileWhole(url, cache, signal));
}

async function fetchFileWhole(url, cache, signal) {
  const askedAtMs = Date.now();
  const headers = { Accept: `application/json;format=${FORMAT}` };
  const answer = await fetch(url, { credentials: "same-origin", cache, headers, signal });
  if (!answer.ok) throw Object.assign(new Error(`${url}: ${answer.status}`), { status: answer.status });
  return {
    file: await answer.json(),
    confirmedAtMs: Number(answer.headers.get("X-Confirmed-At") ?? askedAtMs),
    serverNowMs: Number(answer.headers.get("X-Server-Time") ?? 0) * 1000,
    loadedAtMs: Date.now(),
  };
}

/** The file's content as {stations, byCode, rules, travel, window, …}; each schedule has the window its spans count from. */
export function readStations(file) {
  if (file.format !== FORMAT) throw new OtherFormat(file.format);
  const schedules = file.schedules.map((schedule) => readSchedule(schedule, file.window));
  const reader = new StationReader(file, schedules);
  const stations = file.stations.code.map((_, row) => reader.read(row));
  return {
    format: file.format,
    revision: file.revision,
    place: file.place,
    isSample: file.is_sample,
    holidaysKnown: file.holidays_known,
    specialDays: new Map(file.special_days.map(([day, zh, en]) => [firstDayNumber(file.window) + day, [zh, en]])),
    rules: file.rules,
    travel: file.travel,
    window: file.window,
    codes: file.codes,
    districts: file.districts.map(([code, zh, en]) => ({ code, zh, en })),
    readings: readReadings(file.readings),
    stations,
    byCode: new Map(stations.map((station) => [station.code, station])),
  };
}

/** Spans come as gap, length, gap, length … minutes from the window's start. */
function readSchedule(schedule, window) {
  const spans = [];
  let minute = 0;
  for (let i = 0; i < schedule.spans.length; i += 2) {
    const start = minute + schedule.spans[i];
    minute = start + schedule.spans[i + 1];
    spans.push([start, minute]);
  }
  return {
    spans,
    reopensMin: schedule.reopens_min ?? null,
    window,
    isAlwaysOpen: schedule.is_24h ?? false,
  };
}

/** The syllables of each character, from the characters of each syllable. */
function readReadings(charactersBySyllable) {
  const readings = new Map();
  for (const [syllable, characters] of Object.entries(charactersBySyllable)) {
    for (const character of characters) {
      const known = readings.get(character);
      if (known) known.push(syllable);
      else readings.set(character, [syllable]);
    }
  }
  return readings;
}

/** Reads the columns row by row. Equal sets are one object, for speed: nothing read may be changed. */
class StationReader {
  constructor(file, schedules) {
    const { codes, districts } = file;
    this.file = file;
    this.columns = file.stations;
    this.schedules = schedules;
    this.districtNames = districts.map((district) => district.slice(1));
    this.servicesOf = remembered((bits) => codesOfBits(bits, codes.services));
    this.entryMethodsOf = remembered((bits) => codesOfBits(bits, codes.entry_methods));
    this.dateOf = remembered((day) => new Date(day * DAY_MS).toISOString().slice(0, 10));
  }

  read(row) {
    const { columns, file, file: { codes } } = this;
    const district = columns.district[row];
    const isPlaced = columns.lon_e6[row] !== null;
    return {
      row,
      code: columns.code[row],
      name: columns.name[row],
      nameEn: columns.name_en[row] ?? "",
      otherNames: columns.other_names[row] ?? NOTHING,
      kind: codes.kinds[columns.kind[row]],
      district: file.districts[district]?.[0] ?? null,
      districtNames: this.districtNames[district] ?? NOTHING,
      town: columns.town[row],
      address: columns.address[row],
      lon: isPlaced ? columns.lon_e6[row] / 1e6 : null,
      lat: isPlaced ? columns.lat_e6[row] / 1e6 : null,
      isApproximate: columns.is_approximate[row] === 1,
      schedule: this.schedules[columns.schedule[row]] ?? null,
      hoursText: file.hours_texts[columns.hours_text[row]] ?? "",
      lifeCycle: codes.life_cycles[columns.life_cycle[row]],
      services: this.servicesOf(columns.services[row]),
      seasonal: columns.seasonal[row]?.map(([index, months]) => [codes.services[index], months]) ?? NOTHING,
      broken: this.servicesOf(columns.broken[row] ?? 0),
      unknownServices: this.servicesOf(columns.unknown_services[row] ?? 0),
      fees: this.said(columns.fees[row]),
      serviceNotes: this.said(columns.service_notes[row]),
      entryMethods: this.entryMethodsOf(columns.entry[row]),
      entryNote: columns.entry_note[row] ?? "",
      phone: columns.phone[row] ?? "",
      alert: alertOf(columns.alert[row]),
      door: doorOf(columns.door[row]),
      verified: this.verified(columns.verified_day[row], columns.verified_how[row]),
      photo: row in columns.has_photo, // that there is one; a picture is seen with a connection only
    };
  }

  verified(day, how) {
    return day === null ? null : { on: this.dateOf(day), how: this.file.codes.verified_hows[how] };
  }

  /** Words about services, by service. */
  said(pairs) {
    return pairs ? new Map(pairs.map(([index, words]) => [this.file.codes.services[index], words])) : NOTHING_SAID;
  }
}

const NOTHING = Object.freeze([]);
const NOTHING_SAID = new Map();

const alertOf = (alert) => (alert ? { text: alert[0], expiresAtMs: alert[1] * 1000 } : null);

const doorOf = (door) => (door ? { count: door[0], firstMs: door[1] * 1000, untilMs: door[2] * 1000 } : null);

/** A function of one number, worked out once for each. */
function remembered(workOut) {
  const known = new Map();
  return (number) => {
    if (!known.has(number)) known.set(number, workOut(number));
    return known.get(number);
  };
}

/** Bits of a whole number below 2^53; JavaScript's own bit operations stop at 32. */
function codesOfBits(bits, codes) {
  const found = new Set();
  for (let index = 0, rest = bits; rest > 0; index += 1, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) found.add(codes[index]);
  }
  return found;
}

/** Whether a visitor in that month (1-12) can count on the service. */
export function offersIn(station, service, month) {
  return (
    station.services.has(service) ||
    station.seasonal.some(([code, months]) => code === service && (months & (1 << (month - 1))) !== 0)
  );
}
