// The layers of a planner's map: drawn from what the server answers, switched on and off beside the map.
// Looks are classes of planner.css and planner_ask.css; names are set as text.

import { el } from "../dom.js";
import { latLng } from "../marker.js";
import { language, t } from "../words.js";

/* global L */

const NUMBERED_GAPS = 20;
const NUMBER_HIT_AREA_PX = 48;
const SMALLEST_PX = 3.5;
const LARGEST_PX = 12;
const GAP_MAX_ZOOM = 13;
/** From below to above: a layer switched on later still lies where it belongs. */
const ORDER = ["towns", "catchments", "isochrones", "demand", "changes", "gaps", "stations"];

const position = ([lon, lat]) => latLng(lon, lat);
const round = (value) => Math.round(value).toLocaleString(language);
const range = ([low, high], words = round) => (words(low) === words(high) ? words(low) : `${words(low)}–${words(high)}`);
/** Like services/share_words.py: "100.0%" only for all, "0.0%" only for none. */
const percent = (share) => {
  const text = (share * 100).toFixed(1);
  if (text === "100.0" && share < 1 - 1e-9) return ">99.9%";
  return text === "0.0" && share > 1e-9 ? "<0.1%" : `${text}%`;
};

/** Draw what `urls.main` answers and join the switches; `urls` also name what is fetched on demand. */
export async function planningLayers(map, { urls }) {
  const container = map.getContainer();
  const groups = new Map();
  for (const [level, name] of ORDER.entries()) {
    map.createPane(name).style.zIndex = 401 + level;
    groups.set(name, L.layerGroup());
  }
  container.setAttribute("aria-busy", "true");
  try {
    const data = await asked(urls.main);
    for (const [name, draw] of Object.entries(DRAWN)) if (data[name]) draw(groups.get(name), data[name]);
    if (data.density_limits) fillLegend(data.density_limits);
    joinSwitches(map, groups, urls);
    joinList(map, groups.get("gaps"));
  } catch {
    say(t("map_failed"));
  } finally {
    container.setAttribute("aria-busy", "false");
  }
}

async function asked(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function say(words) {
  document.getElementById("map-message").textContent = words;
}

const DRAWN = {
  demand(group, areas) {
    for (const { state, density, geometry } of areas) {
      area("demand", geometry, `coverage-demand ${state} density-${density}`, false).addTo(group);
    }
  },
  changes(group, areas) {
    for (const { change, geometry } of areas) area("changes", geometry, `map-change ${change}`, false).addTo(group);
  },
  towns(group, areas) {
    for (const { level, share, worker_hours: hours, geometry } of areas) {
      const words = t("town", { share: range(share, percent), hours: round(hours) });
      area("towns", geometry, `map-town heat-${Math.max(level, 0)}`).bindPopup(() => popup(words)).addTo(group);
    }
  },
  catchments(group, areas) {
    for (const { code, tint, geometry } of areas) {
      area("catchments", geometry, `map-catchment tint-${tint}`).bindPopup(() => popup(t("catchment", { code }))).addTo(group);
    }
  },
  isochrones(group, areas) {
    for (const { code, geometry } of areas) {
      area("isochrones", geometry, "map-isochrone").bindPopup(() => popup(t("isochrone", { code }))).addTo(group);
    }
  },
  gaps(group, gaps) {
    group.areas = new Map();
    for (const gap of gaps) {
      const shape = area("gaps", gap.geometry, "coverage-gap").bindPopup(() => gapWords(gap)).addTo(group);
      group.areas.set(gap.rank, shape);
    }
    gaps.slice(0, NUMBERED_GAPS).reverse().forEach((gap) => gapNumber(gap, group.areas.get(gap.rank)).addTo(group));
  },
  stations(group, stations) {
    const bySize = [...stations].sort((one, other) => other.size - one.size);
    for (const station of bySize) stationDot(station).addTo(group);
  },
};

/** A GeoJSON geometry as an area whose look is a class of our stylesheet. */
function area(pane, geometry, className, interactive = true) {
  return L.geoJSON(geometry, {
    pane,
    interactive,
    coordsToLatLng: position,
    style: () => ({ className, fillOpacity: 1, smoothFactor: 0.5, pane }),
  });
}

function popup(...lines) {
  return el("div", { class: "popup" }, ...lines.map((line) => el("p", {}, line)));
}

function nameOf(gap) {
  return language.startsWith("zh") ? gap.name_zh : gap.name_en;
}

function gapWords(gap) {
  return el("div", { class: "popup" },
    el("p", { class: "gap-name" }, t("gap", { rank: gap.rank, name: nameOf(gap) })),
    el("p", {}, t("gap_hours", { hours: round(gap.worker_hours), workers: round(gap.workers) })));
}

function gapNumber(gap, shape) {
  const html = el("span", {}, String(gap.rank));
  const size = [NUMBER_HIT_AREA_PX, NUMBER_HIT_AREA_PX];
  const marker = L.marker(position(gap.label_at), { icon: L.divIcon({ className: "gap-number", iconSize: size, html }) });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", t("gap", { rank: gap.rank, name: nameOf(gap) })));
  return marker.on("click", () => shape.openPopup(marker.getLatLng()));
}

function stationDot({ code, name, at, state, size, peak, load, seats, is_new: isNew }) {
  const radius = SMALLEST_PX + size * (LARGEST_PX - SMALLEST_PX);
  const dot = L.circleMarker(position(at), { pane: "stations", radius, className: `map-station ${state}${isNew ? " new" : ""}` });
  return dot.bindPopup(() => el("div", { class: "popup" },
    el("p", { class: "station-name" }, `${name} (${code})`),
    el("p", {}, t(`load_${state}`)),
    state === "out" || peak[0] === null ? null : el("p", {}, t("load", { load: range(load), peak: range(peak), seats: seats === null ? "?" : String(seats) }))));
}

function fillLegend(limits) {
  const legend = document.getElementById("density-legend");
  if (!legend) return;
  const [some, many] = limits.map((limit) => Number(limit.toPrecision(2)));
  const words = [t("few_to", { limit: some }), t("some_to", { from: some, to: many }), t("many_from", { limit: many })];
  legend.querySelectorAll("[data-density]").forEach((item, level) => { item.textContent = words[level]; });
  legend.hidden = many === 0;
}

/** Each checkbox beside the map is a layer; the legend of one that is off is hidden. */
function joinSwitches(map, groups, urls) {
  for (const box of document.querySelectorAll("input[data-layer]")) {
    const name = box.dataset.layer;
    const group = groups.get(name);
    const turn = async () => {
      document.querySelectorAll(`[data-legend="${name}"]`).forEach((legend) => { legend.hidden = !box.checked; });
      if (!box.checked) return group.remove();
      group.addTo(map);
      if (!urls[name] || group.fetched) return undefined;
      group.fetched = true;
      box.setAttribute("aria-busy", "true");
      try {
        DRAWN[name](group, (await asked(urls[name]))[name]);
      } catch {
        group.fetched = false;
        say(t("layer_failed"));
      }
      box.removeAttribute("aria-busy");
      return undefined;
    };
    box.addEventListener("change", turn);
    turn();
  }
}

/** The list's buttons show their gap. */
function joinList(map, gaps) {
  for (const button of document.querySelectorAll("[data-gap]")) {
    const shape = gaps.areas && gaps.areas.get(Number(button.dataset.gap));
    if (!shape) continue;
    button.addEventListener("click", () => {
      if (!map.hasLayer(gaps)) gaps.addTo(map);
      map.getContainer().scrollIntoView({ block: "center" });
      map.fitBounds(shape.getBounds(), { maxZoom: GAP_MAX_ZOOM, padding: [32, 32], animate: false });
      shape.openPopup(shape.getBounds().getCenter());
    });
  }
}
