// Marks on the map. A kind is a shape and a colour; a state is a fill, a sign and a word.
// The only place where longitude and latitude are turned round for Leaflet.

import { el, mark } from "./dom.js";
import { language } from "./words.js";

/* global L */

const HIT_AREA_PX = 48;
const SHORT_FROM = 10_000;
const shortNumber = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });

/** Leaflet's order: latitude first. */
export function latLng(lon, lat) {
  return L.latLng(lat, lon);
}

/** A station's icon; its DOM is built only when the map shows it. */
export function stationIcon(kind, state) {
  return iconOf(`map-mark kind-${kind} state-${state}`, () => [
    mark(`kind-${kind}`, "kind"),
    mark(`state-${state}`, "badge"),
  ]);
}

/** A cluster's icon: how many, in a plate whose ring is closed as far as they are open. */
export function clusterIcon(count, openCount) {
  return iconOf("map-cluster", () => {
    const plate = el("span", {}, String(count));
    plate.style.setProperty("--open-share", String(openCount / count));
    return [plate];
  });
}

/** How many stations stand there, of whatever state. */
export function countIcon(count) {
  return iconOf("map-cluster of-all", () => [el("span", {}, count < SHORT_FROM ? String(count) : shortNumber.format(count))]);
}

/** The place the search starts from. */
export function placeIcon() {
  return iconOf("map-place", () => [mark("icon-place")]);
}

/** A place with a letter or number that a list beside the map explains; a round one can be taken. */
export function signIcon(sign, canBeTaken) {
  return iconOf(`map-sign${canBeTaken ? " round" : ""}`, () => [el("span", {}, sign)]);
}

function iconOf(className, parts) {
  return new (iconClass())({ iconSize: [HIT_AREA_PX, HIT_AREA_PX], className, parts });
}

let BuiltIcon = null;

/** A Leaflet icon made of DOM nodes by a function; made late, because Leaflet loads after us. */
function iconClass() {
  BuiltIcon ??= L.Icon.extend({
    createIcon() {
      const node = el("div", {}, this.options.parts());
      this._setIconStyles(node, "icon");
      return node;
    },
    createShadow() {
      return null;
    },
  });
  return BuiltIcon;
}
