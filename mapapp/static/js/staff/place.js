// Where a station stands: typed, pasted as a link that a map shared, or set with a pin. The three agree at any time,
// and the server says which district it is, what is odd about it, and the point in the other systems.

import { el } from "../dom.js";
import { convert } from "../geo.js";
import { readSharedPlace } from "../places/share_links.js";
import { page, t, urls } from "../words.js";
import { PinMap } from "./pin_map.js";

const DECIMALS = 6;
const PAUSE_MS = 350;

/** Join the inputs of the position, the shared link and the map; returns what sets them from elsewhere. */
export function joinPlace(form) {
  return new PlaceFields(form);
}

class PlaceFields {
  #form;
  #fields;
  #parts;
  #button;
  #box;
  #map = null;
  #timer = null;
  #asked = 0;

  constructor(form) {
    this.#form = form;
    const { lon, lat, crs, name } = form.elements;
    this.#fields = { lon, lat, crs, name };
    const part = (data) => form.querySelector(`[data-${data}]`);
    this.#parts = {
      others: part("other-systems"),
      district: part("found-district"),
      warnings: part("where-warnings"),
      link: part("shared-link"),
      words: part("where-words"),
    };
    for (const field of [lon, lat, crs]) field.addEventListener("input", () => this.#typed());
    name?.addEventListener("change", () => this.#check());
    form.addEventListener("draft-restored", () => this.#typed());
    this.#parts.link.addEventListener("input", () => this.#readLink());
    this.#button = part("open-map");
    this.#box = part("pin-map");
    this.#button.addEventListener("click", () => this.openMap());
    if (this.#point()) this.#check();
  }

  /** The typed point in WGS-84, or null. */
  #point() {
    const [lon, lat] = [this.#fields.lon, this.#fields.lat].map(({ value }) => asNumber(value));
    if (lon === null || lat === null || Math.abs(lon) > 180 || Math.abs(lat) > 90) return null;
    const [x, y] = convert(lon, lat, this.#fields.crs.value, "wgs84");
    return { lon: x, lat: y };
  }

  #typed() {
    const point = this.#point();
    this.#map?.show(point);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), PAUSE_MS);
  }

  /** Put a WGS-84 point into the form, in the system chosen there. */
  put({ lon, lat }) {
    const [x, y] = convert(lon, lat, "wgs84", this.#fields.crs.value);
    this.#fields.lon.value = x.toFixed(DECIMALS);
    this.#fields.lat.value = y.toFixed(DECIMALS);
    this.#form.dispatchEvent(new Event("input"));
    this.#typed();
  }

  #readLink() {
    const text = this.#parts.link.value.trim();
    if (!text) return;
    const found = readSharedPlace(text, page.bounds);
    if (found && !found.problem) this.put(found);
    const words = { short_link: "shared_short" }[found?.problem] ?? "shared_none";
    this.#say(t(found && !found.problem ? "shared_read" : words));
  }

  #say(words) {
    this.#parts.district.textContent = words;
  }

  /** Ask the server about the typed point; only the last answer counts. */
  async #check() {
    const { lon, lat, crs, name } = this.#fields;
    const number = (this.#asked += 1);
    if (!this.#point()) {
      this.#parts.others.replaceChildren();
      this.#parts.warnings.replaceChildren();
      if (!lon.value && !lat.value) this.#say("");
      return;
    }
    const query = { lon: asNumber(lon.value), lat: asNumber(lat.value), crs: crs.value, name: name?.value ?? "" };
    const station = page.draft.station === "new" ? "" : page.draft.station;
    try {
      const answer = await fetch(`${urls.where}?${new URLSearchParams({ ...query, code: station })}`, {
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (number === this.#asked) this.#tell(found);
    } catch {
      if (number === this.#asked) this.#say(t("where_failed"));
    }
  }

  #tell({ others, district, is_outside: isOutside, like_named: likeNamed }) {
    const names = new Map([...this.#fields.crs.options].map(({ value, textContent }) => [value, textContent]));
    this.#parts.others.replaceChildren(
      ...Object.entries(others)
        .filter(([crs]) => crs !== this.#fields.crs.value)
        .map(([crs, point]) => el("div", {}, el("dt", {}, names.get(crs)), el("dd", {}, point.join(", ")))),
    );
    this.#say(isOutside ? "" : t("district_found", { district }));
    const warnings = likeNamed.map(({ code, name, metres }) => t("like_named", { code, name, metres }));
    if (isOutside) warnings.unshift(t("outside_city"));
    this.#parts.warnings.replaceChildren(...warnings.map((words) => el("li", {}, words)));
  }

  /** Open the map, with the pin where the form says. Resolves when it is there, or could not be opened. */
  async openMap({ takesFocus = true } = {}) {
    if (this.#map) return;
    this.#button.disabled = true;
    this.#say(t("map_opening"));
    this.#box.hidden = false;
    try {
      this.#map = new PinMap(this.#box, urls.mapAssets);
      await this.#map.open(this.#point(), (point) => this.put(point), takesFocus);
      this.#say("");
      this.#button.hidden = true;
      if (this.#point()) this.#check();
    } catch (error) {
      console.warn(error);
      this.#map = null;
      this.#box.hidden = true;
      this.#say(t("map_failed"));
    } finally {
      this.#button.disabled = false;
    }
  }

  /** Show other places on the open map: `{sign, name, lon, lat}` in WGS-84, and `take` for those that can be taken. */
  offer(places) {
    this.#map?.offer(places);
  }
}

/** The number somebody typed, also in full-width digits; null where it is none. */
function asNumber(text) {
  const plain = text.normalize("NFKC").trim();
  return /^-?\d{1,3}(\.\d+)?$/u.test(plain) ? Number(plain) : null;
}
