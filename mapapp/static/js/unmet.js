// "There is no suitable station near here": offered where a search had no good answer, sent only when asked to.
// What is sent is a square of a fixed grid, the hour of the week and the filters; nothing is kept on the phone.

import { lets } from "./arrival.js";
import { knownWithinM } from "./cells.js";
import { isCovered, localParts } from "./clock.js";
import { el } from "./dom.js";
import { isFarAway } from "./place.js";
import { label, listed, t } from "./words.js";

const SQUARES_A_DEGREE = 100;
const PATIENCE_MS = 10_000;
const JSON_TYPES = ["application/json", "application/problem+json"];

/** Whether no station that matches lies within the norm and lets in whoever sets out now; not where hours are outdated. */
export function hasNoGoodAnswer({ question, answer, nowMs, data }, { normM, bounds }) {
  if (!question.place || question.text.trim() || isFarAway(question.place, bounds)) return false;
  if (!isCovered(nowMs, data.window) || knownWithinM(data, question.place) < normM) return false;
  return !answer.found.some((found) => found.distanceM <= normM && lets(found.arrival));
}

/** What would be sent: the place plainly rounded to a square's middle, the hour of the week, the filters. */
export function signalOf({ question, nowMs, data }) {
  const { lon, lat } = question.place;
  const { weekday, time } = localParts(nowMs, data.window);
  return {
    cell: [Math.round(lon * SQUARES_A_DEGREE), Math.round(lat * SQUARES_A_DEGREE)],
    hour: weekday * 24 + Number(time.slice(0, 2)),
    filters: {
      kinds: [...question.kinds].sort(),
      services: [...question.services].sort(),
      open_late: question.openLate,
      always_open: question.alwaysOpen,
    },
  };
}

/** Join the element to the finder: it is empty and hidden wherever there is a good answer. */
export function joinUnmet(root, finder, { url, normM, bounds }) {
  let shown = null;
  finder.onAnswer(() => {
    const signal = hasNoGoodAnswer(finder, { normM, bounds }) ? signalOf(finder) : null;
    const key = signal && JSON.stringify(signal);
    if (key === shown) return; // what is open, read or focused stays
    shown = key;
    root.hidden = signal === null;
    root.replaceChildren(...(signal ? offer(signal, { url, normM }) : []));
  });
}

function offer(signal, { url, normM }) {
  const status = el("p", { class: "unmet-status", role: "status" });
  const panel = el("div", { id: "unmet-panel", class: "unmet-panel", hidden: true });
  const button = el("button", {
    type: "button", class: "button quiet", "aria-expanded": "false", "aria-controls": "unmet-panel",
    onclick: () => open(panel.hidden),
  }, t("unmet_button"));
  const open = (isOpen) => {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    status.textContent = "";
  };
  const send = async () => {
    open(false);
    button.disabled = true;
    status.textContent = t("unmet_sending");
    const { isDone, words } = await post(url, signal);
    button.disabled = isDone;
    status.textContent = words;
  };
  const leave = () => {
    open(false);
    button.focus();
  };
  panel.append(...contents(signal, normM),
    el("div", { class: "actions" },
      el("button", { type: "button", class: "button primary", onclick: send }, t("unmet_send")),
      el("button", { type: "button", class: "button", onclick: leave }, t("unmet_leave"))));
  return [button, panel, status];
}

/** Everything that would be sent, in words. */
function contents({ cell, hour, filters }, normM) {
  const [lon, lat] = cell.map((hundredths) => (hundredths / SQUARES_A_DEGREE).toFixed(2));
  const from = hour % 24;
  const hours = { day: t(`weekday_${Math.floor(hour / 24)}`), from, to: from + 1 };
  const rows = [
    [t("unmet_square"), t("unmet_square_value", { lon, lat })],
    [t("unmet_hour"), t("unmet_hour_value", hours)],
    [t("unmet_filters"), filterWords(filters) || t("unmet_no_filters")],
  ];
  return [
    el("p", {}, t("unmet_intro", { km: normM / 1000 })),
    el("dl", {}, rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    el("p", {}, t("unmet_promise")),
  ];
}

function filterWords({ kinds, services, open_late: openLate, always_open: alwaysOpen }) {
  return listed([
    ...kinds.map((code) => label("kinds", code)),
    ...services.map((code) => label("services", code)),
    ...(openLate ? [t("open_late_filter")] : []),
    ...(alwaysOpen ? [t("always_open_filter")] : []),
  ]);
}

/** Send it; {isDone, words} of what came of it. A browser without our cookie is given one and sends once more. */
async function post(url, signal) {
  try {
    const first = await send(url, signal);
    const answer = first.body?.state === "again" ? await send(url, signal) : first;
    const { state, detail } = answer.body ?? {};
    if (state === "taken" || state === "known") return { isDone: true, words: t("unmet_thanks") };
    if (state === "again") return { isDone: false, words: t("unmet_no_cookie") };
    return { isDone: answer.status === 429, words: detail ?? t("unmet_not_now") };
  } catch {
    return { isDone: false, words: t("unmet_failed") };
  }
}

/** A page of somebody else's, as of a hotel's network, has no JSON body: then `body` is null. */
async function send(url, signal) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: JSON.stringify(signal),
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      credentials: "same-origin",
      signal: patience.signal,
    });
    const type = (answer.headers.get("Content-Type") ?? "").split(";")[0];
    return { status: answer.status, body: JSON_TYPES.includes(type) ? await answer.json() : null };
  } finally {
    clearTimeout(timer);
  }
}
