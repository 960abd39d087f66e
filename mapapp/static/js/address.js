// The question in the page's address, so that it can be shared and Back works. Never the place.

import { emptyQuestion } from "./finder.js";
import { mayBecomePosition } from "./places/typed_position.js";

export const MODES = ["walk", "ebike", "car"];
const ORDERS = ["useful", "distance"];
const VIEWS = ["list", "map"];
const MAX_TEXT = 80;

/** The question an address asks; unknown words in it are left out. */
export function questionOf(query, codes) {
  const asked = new URLSearchParams(query);
  const someOf = (name, allowed) => new Set((asked.get(name) ?? "").split(",").filter((code) => allowed.includes(code)));
  return {
    ...emptyQuestion(),
    text: (asked.get("q") ?? "").slice(0, MAX_TEXT),
    kinds: someOf("kind", codes.kinds),
    services: someOf("services", codes.services),
    open: oneOf(asked.get("open"), ["arrival", "any"], null),
    openLate: asked.get("open_late") === "true",
    alwaysOpen: asked.get("always_open") === "true",
    mode: oneOf(asked.get("mode"), MODES, MODES[0]),
    order: oneOf(asked.get("order"), ORDERS, ORDERS[0]),
  };
}

/** Whether the address shows the list or the map. */
export function viewOf(query) {
  return oneOf(new URLSearchParams(query).get("view"), VIEWS, VIEWS[0]);
}

const oneOf = (value, allowed, otherwise) => (allowed.includes(value) ? value : otherwise);

/** The query string of a question and a view; what is usual is left out. */
export function queryOf(question, view) {
  const asked = new URLSearchParams();
  const text = question.text.trim();
  if (text && !mayBecomePosition(text)) asked.set("q", text);
  if (question.kinds.size) asked.set("kind", [...question.kinds].join(","));
  if (question.services.size) asked.set("services", [...question.services].join(","));
  if (question.open) asked.set("open", question.open);
  if (question.openLate) asked.set("open_late", "true");
  if (question.alwaysOpen) asked.set("always_open", "true");
  if (question.mode !== MODES[0]) asked.set("mode", question.mode);
  if (question.order !== ORDERS[0]) asked.set("order", question.order);
  if (view !== VIEWS[0]) asked.set("view", view);
  const query = asked.toString().replaceAll("%2C", ",");
  return query ? `?${query}` : "";
}
