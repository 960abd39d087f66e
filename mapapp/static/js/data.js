// Reads the compact station file (docs/compact-file.md, format 1) into plain objects.

export const FORMAT = 1;

/** Fetch and read the file. Throws when it cannot be had or is of another format. */
export async function loadStations(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return readStations(await answer.json());
}

/** The file's content as {stations, rules, travel, window, …}; spans become absolute minutes. */
export function readStations(file) {
  if (file.format !== FORMAT) throw new Error(`station file format ${file.format}, not ${FORMAT}`);
  const schedules = file.schedules.map((schedule) => readSchedule(schedule, file.window));
  return {
    revision: file.revision,
    isSample: file.is_sample,
    holidaysKnown: file.holidays_known,
    rules: file.rules,
    travel: file.travel,
    window: file.window,
    codes: file.codes,
    districts: file.districts.map(([code, zh, en]) => ({ code, zh, en })),
    stations: file.stations.code.map((_, row) => readStation(file, row, schedules)),
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
  return { spans, reopensMin: schedule.reopens_min ?? null, lengthMin: window.days * 1440 };
}

function readStation(file, row, schedules) {
  const { stations: columns, codes } = file;
  const lonE6 = columns.lon_e6[row];
  const alert = columns.alert[row];
  const schedule = columns.schedule[row];
  return {
    row,
    code: columns.code[row],
    name: columns.name[row],
    nameEn: columns.name_en[row] ?? "",
    otherNames: columns.other_names[row] ?? [],
    kind: codes.kinds[columns.kind[row]],
    district: file.districts[columns.district[row]]?.[0] ?? null,
    districtNames: file.districts[columns.district[row]]?.slice(1) ?? [],
    town: columns.town[row],
    address: columns.address[row],
    lon: lonE6 === null ? null : lonE6 / 1e6,
    lat: lonE6 === null ? null : columns.lat_e6[row] / 1e6,
    schedule: schedule < 0 ? null : schedules[schedule],
    lifeCycle: codes.life_cycles[columns.life_cycle[row]],
    services: codesOfBits(columns.services[row], codes.services),
    seasonal: (columns.seasonal[row] ?? []).map(([index, months]) => [codes.services[index], months]),
    entryMethods: codesOfBits(columns.entry[row], codes.entry_methods),
    alert: alert ? { text: alert[0], expiresAtMs: alert[1] * 1000 } : null,
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
