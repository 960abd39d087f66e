// The map of a plan's places: a click says that one must, or must not, be among the choices. What was said stands in
// the form's two lists of keys, and nowhere else: typing there moves the marks here.

import { el } from "../dom.js";
import { latLng } from "../marker.js";
import { t } from "../words.js";

/* global L */

const DOT_RADIUS_PX = { site: 3.5, station: 6 };
const CLICK_TOLERANCE_PX = 8;
const HIT_AREA_PX = 48;
const FIT_MAX_ZOOM = 13;
const ABOVE_THE_OUTLINES = 401;
/** Beside the zoom control, also where the map is 320 px wide. */
const POPUP = { maxWidth: 218, autoPanPaddingTopLeft: [64, 8], autoPanPaddingBottomRight: [8, 8] };
const MARKS = { must: "✓", not: "✕" };

/** Draw the places that `urls.main` answers, with what the form's lists say of them. */
export async function planPlaces(map, { urls }) {
  const container = map.getContainer();
  const lists = { must: document.getElementById("must"), not: document.getElementById("not") };
  container.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(urls.main, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    draw(map, await answer.json(), lists);
  } catch {
    say(t("map_failed"), true);
  } finally {
    container.setAttribute("aria-busy", "false");
  }
}

function draw(map, { places, chosen }, lists) {
  map.createPane("places").style.zIndex = ABOVE_THE_OUTLINES;
  const dots = L.canvas({ pane: "places", padding: 0.3, tolerance: CLICK_TOLERANCE_PX });
  const looks = { site: lookOf("plan-place site"), station: lookOf("plan-place station") };
  for (const place of places) {
    const kind = place.site ? "site" : "station";
    L.circleMarker(latLng(...place.at), { ...looks[kind], pane: "places", renderer: dots, radius: DOT_RADIUS_PX[kind] })
      .bindPopup(() => choice(place), POPUP).addTo(map);
  }
  const placeOf = new Map(places.flatMap((place) => place.options.map(([key]) => [key, place])));
  const rankOf = new Map(chosen.map((key, index) => [key, index + 1]));
  const marks = L.layerGroup().addTo(map);
  const mark = () => {
    marks.clearLayers();
    const said = new Map([...chosen.map((key) => [key, "chosen"]), ...keysOf("must").map((key) => [key, "must"]), ...keysOf("not").map((key) => [key, "not"])]);
    for (const [key, state] of said) {
      const place = placeOf.get(key);
      if (place) markOf(place, key, state).addTo(marks);
    }
  };
  for (const list of Object.values(lists)) list.addEventListener("input", mark);
  mark();
  const shown = [...chosen, ...keysOf("must"), ...keysOf("not")].map((key) => placeOf.get(key)).filter(Boolean);
  if (shown.length) map.fitBounds(shown.map(({ at }) => latLng(...at)), { maxZoom: FIT_MAX_ZOOM, padding: [48, 48], animate: false });

  function keysOf(name) {
    return lists[name].value.split(/\s+/).filter(Boolean);
  }

  function markOf(place, key, state) {
    const html = el("span", {}, state === "chosen" ? String(rankOf.get(key)) : MARKS[state]);
    const icon = L.divIcon({ className: `plan-mark ${state}`, iconSize: [HIT_AREA_PX, HIT_AREA_PX], html });
    const marker = L.marker(latLng(...place.at), { icon, zIndexOffset: state === "chosen" ? 0 : 500 });
    const words = state === "chosen" ? t("place_chosen", { rank: rankOf.get(key) }) : t(`place_is_${state}`);
    marker.on("add", () => marker.getElement().setAttribute("aria-label", `${place.name}: ${words}`));
    return marker.bindPopup(() => choice(place), POPUP);
  }

  /** The place's options, each with the three things one can say of it. */
  function choice(place) {
    return el("div", { class: "popup place-choice" },
      el("p", { class: "station-name" }, place.name),
      place.options.map(([key, what]) => el("fieldset", {},
        el("legend", {}, t("place_key", { what, key })),
        button(place, key, "must", t("place_must")),
        button(place, key, "not", t("place_not")),
        button(place, key, "open", t("place_free")))));
  }

  function button(place, key, wanted, words) {
    const state = ["must", "not"].find((name) => keysOf(name).includes(key)) || "open";
    return el("button", { type: "button", class: "button", "aria-pressed": String(state === wanted), onclick: () => set(place, key, wanted) }, words);
  }

  function set(place, key, wanted) {
    for (const [name, list] of Object.entries(lists)) {
      const others = keysOf(name).filter((each) => each !== key);
      list.value = (name === wanted ? [...others, key] : others).join("\n");
    }
    lists.must.closest("details").open = true;
    map.closePopup();
    mark();
    say(t("place_said", { name: place.name, state: t(`place_is_${wanted}`) }));
    map.getContainer().focus({ preventScroll: true });
  }
}

/** What the stylesheet says of a class, for a canvas, which knows no classes. */
function lookOf(className) {
  const probe = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  probe.setAttribute("class", className);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.append(probe);
  document.body.append(svg);
  const { fill, stroke, strokeWidth, fillOpacity } = getComputedStyle(probe);
  const look = { color: stroke, fillColor: fill, weight: parseFloat(strokeWidth), fillOpacity: Number(fillOpacity), opacity: 1 };
  svg.remove();
  return look;
}

function say(words, isProblem = false) {
  const line = document.getElementById("map-message");
  line.className = isProblem ? "problem" : "map-said";
  line.textContent = words;
}
