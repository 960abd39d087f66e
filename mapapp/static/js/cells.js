// A large register in parts: the cells of a fixed grid (H3, about 1,770 km²), each with the stations in it. A page
// fetches the cell it is in and those around it, and knows up to which distance nothing is missing.
//
// What is asked of the server follows from the cell alone, never from the place in it: `farther` goes by the cell's
// middle too.

import { commonWindow } from "./clock.js";
import { fetchStations, readStations } from "./data.js";
import { greatCircleM } from "./geo.js";

const KEPT_AS = "stationmap.cells";
const CELLS_AT_MOST = 40;
const CELLS_FARTHER = 12;
const FOUND_NOT = 404;

export class CellStations {
  #urls;
  #index = null;
  #cells = new Map();
  #held = new Map(); // by id, the first ones round the place
  #home = null;
  #turn = 0; // of the loads: an older one that ends later changes nothing

  /** `urls`: index, and cell with CELL in it. */
  constructor(urls) {
    this.#urls = urls;
  }

  /** The stations round the place; without one, those of last time. Rejects where nothing at all can be had. */
  async load(place) {
    const turn = ++this.#turn;
    if (!this.#index) await this.#readIndex();
    const ids = place ? await this.#round(place) : keptCells().filter((id) => this.#cells.has(id));
    if (turn === this.#turn) {
      this.#home = ids[0] ?? null;
      if (place) keepCells(ids);
    }
    await this.#hold(place ? ids.slice(1) : ids); // the first was fetched to know its neighbours
    this.#forgetFarOnes();
    return this.#data();
  }

  /** Everything that is held, asked for anew. */
  async reload() {
    const ids = [...this.#held.keys()];
    await this.#readIndex();
    const before = this.#held;
    this.#held = new Map();
    await this.#hold(ids.filter((id) => this.#cells.has(id)), before);
    return this.#data();
  }

  /** With the next cells round the one the place is in; `fartherFailed` where some of them could not be fetched. */
  async farther() {
    const home = this.#cells.get(this.#home);
    let failures = [];
    if (home) {
      const missing = this.#missing().map((cell) => [greatCircleM(home.lon, home.lat, cell.lon, cell.lat), cell.id]);
      failures = await this.#hold(missing.sort(([a], [b]) => a - b).slice(0, CELLS_FARTHER).map(([, id]) => id));
    }
    return { ...this.#data(), fartherFailed: failures.length > 0 };
  }

  /** With the cells that reach into a box {west, south, east, north}; null where all of them are held already. */
  async inBox(box) {
    const ids = this.#missing().filter((cell) => reachesInto(cell, box)).map((cell) => cell.id);
    if (ids.length === 0 || ids.length > CELLS_AT_MOST / 2) return null;
    await this.#hold(ids);
    this.#forgetFarOnes();
    return this.#data();
  }

  async #readIndex() {
    const { file, ...confirmation } = await fetchStations(this.#urls.index);
    this.#index = { ...readStations(file), ...confirmation, stationCount: file.station_count };
    const { id, lon_e2: lon, lat_e2: lat, reach_hm: reach } = file.cells;
    this.#cells = new Map(id.map((each, row) =>
      [each, { id: each, lon: lon[row] / 100, lat: lat[row] / 100, reachM: reach[row] * 100 }]));
  }

  /** The ids of the cell whose middle is nearest to the place, and of those around it. */
  async #round(place) {
    let home = null;
    let leastM = Infinity;
    for (const cell of this.#cells.values()) {
      const distanceM = greatCircleM(place.lon, place.lat, cell.lon, cell.lat);
      if (distanceM < leastM) [home, leastM] = [cell.id, distanceM];
    }
    if (home === null) return [];
    await this.#hold([home]);
    return [home, ...(this.#held.get(home)?.neighbours ?? [])];
  }

  /** Fetch those that are not held. One that fails is just not held, unless nothing is; resolves to the failures. */
  async #hold(ids, instead = new Map()) {
    const wanted = ids.filter((id) => !this.#held.has(id));
    const failures = [];
    const parts = await Promise.all(wanted.map((id) => this.#fetch(id).catch((error) => {
      failures.push(error);
      return instead.get(id);
    })));
    parts.forEach((part, row) => part && this.#held.set(wanted[row], part));
    if (failures.length && this.#held.size === 0) throw failures[0];
    return failures;
  }

  async #fetch(id) {
    const { file, ...confirmation } = await fetchStations(this.#urls.cell.replace("CELL", id)).catch((error) => {
      if (error.status === FOUND_NOT) return { file: null }; // its last station is gone since the index was read
      throw error;
    });
    if (file === null) return { neighbours: [], data: null };
    return { neighbours: file.neighbours, data: { ...readStations(file), ...confirmation } };
  }

  #missing() {
    return [...this.#cells.values()].filter((cell) => !this.#held.has(cell.id));
  }

  #forgetFarOnes() {
    const round = new Set([this.#home, ...(this.#held.get(this.#home)?.neighbours ?? [])]);
    for (const id of this.#held.keys()) {
      if (this.#held.size <= CELLS_AT_MOST) return;
      if (!round.has(id)) this.#held.delete(id);
    }
  }

  /** What is held as one set of stations, as `readStations` gives it, and which cells are missing. */
  #data() {
    const parts = [...this.#held.values()].flatMap(({ data }) => data ?? []);
    const all = [this.#index, ...parts];
    const stations = parts.flatMap((part) => part.stations);
    const districts = new Map(parts.flatMap((part) => part.districts.map((district) => [district.code, district])));
    return {
      ...this.#index,
      stations,
      byCode: new Map(stations.map((station) => [station.code, station])),
      districts: [...districts.values()].sort((a, b) => (a.code < b.code ? -1 : 1)),
      readings: united(parts.map((part) => part.readings)),
      window: commonWindow(all.map((part) => part.window)), // a part may come from the phone's older copy
      confirmedAtMs: Math.min(...all.map((part) => part.confirmedAtMs)),
      missing: this.#missing(),
    };
  }
}

/** Up to which distance from the place no station is missing; without end where all stations are here. */
export function knownWithinM(data, place) {
  if (!data.missing) return Infinity;
  return data.missing.reduce(
    (least, cell) => Math.min(least, Math.max(0, greatCircleM(place.lon, place.lat, cell.lon, cell.lat) - cell.reachM)),
    Infinity,
  );
}

const METRES_A_DEGREE = 111_195;

function reachesInto(cell, { west, south, east, north }) {
  const highDeg = cell.reachM / METRES_A_DEGREE;
  const wideDeg = highDeg / Math.max(Math.cos((cell.lat * Math.PI) / 180), 0.01);
  return cell.lon > west - wideDeg && cell.lon < east + wideDeg && cell.lat > south - highDeg && cell.lat < north + highDeg;
}

/** How characters sound, of several files. */
function united(readings) {
  const all = new Map();
  for (const each of readings) {
    for (const [character, syllables] of each) {
      all.set(character, [...new Set([...(all.get(character) ?? []), ...syllables])]);
    }
  }
  return all;
}

/** The cells of last time. They say in which area somebody was, on their own device only. */
function keptCells() {
  try {
    const ids = JSON.parse(localStorage.getItem(KEPT_AS));
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function keepCells(ids) {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(ids));
  } catch {
    /* without storage the next visit begins anew */
  }
}
