// The question in the page's address, so that it can be shared and Back works. Never the place.

import { emptyQuestion } from "./finder.js";
import { looksLikeCoordinates } from "./geo.js";

const MODES = ["walk", "ebike", "car"];
const ORDERS = ["distance", "useful"];
const MAX_TEXT = 80;

/** The question an address asks; unknown words in it are left out. */
export function questionOf(query, codes) {
  const asked = new URLSearchParams(query);
  const oneOf = (name, allowed, otherwise) => (allowed.includes(asked.get(name)) ? asked.get(name) : otherwise);
  const someOf = (name, allowed) => new Set((asked.get(name) ?? "").split(",").filter((code) => allowed.includes(code)));
  return {
    ...emptyQuestion(),
    text: (asked.get("q") ?? "").slice(0, MAX_TEXT),
    kinds: someOf("kind", codes.kinds),
    services: someOf("services", codes.services),
    open: oneOf("open", ["arrival", "any"], null),
    mode: oneOf("mode", MODES, MODES[0]),
    order: oneOf("order", ORDERS, ORDERS[0]),
  };
}

/** The query string of a question and a view; what is usual is left out. */
export function queryOf(question, view) {
  const asked = new URLSearchParams();
  const text = question.text.trim();
  if (text && !looksLikeCoordinates(text)) asked.set("q", text);
  if (question.kinds.size) asked.set("kind", [...question.kinds].join(","));
  if (question.services.size) asked.set("services", [...question.services].join(","));
  if (question.open) asked.set("open", question.open);
  if (question.mode !== MODES[0]) asked.set("mode", question.mode);
  if (question.order !== ORDERS[0]) asked.set("order", question.order);
  if (view === "map") asked.set("view", view);
  const query = asked.toString().replaceAll("%2C", ",");
  return query ? `?${query}` : "";
}
