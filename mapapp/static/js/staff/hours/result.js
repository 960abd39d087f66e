// What was read, in words and as the days just ahead. templates/staff/hours_editor.html makes the same parts.

import { el, replaceWhatDiffers } from "../../dom.js";

/** The sentence of what was read, what speaks against it and what is in doubt. */
export function showSaid(host, view, say) {
  const words = view.said || say(view.is_24h ? "always" : "no_words");
  replaceWhatDiffers(host, [
    view.known ? el("p", {}, el("span", { class: "hours-said-as" }, say("as_read")), " ", words) : el("p", {}, say("unknown")),
    view.contradictions.map((sentence) => el("p", { class: "hours-against" }, sentence)),
    view.problems.map((sentence) => el("p", { class: "hours-doubt" }, sentence)),
  ]);
}

/** A sentence instead, while nothing could be read. */
export function showNote(host, sentence) {
  replaceWhatDiffers(host, [el("p", { class: "hours-doubt" }, sentence)]);
}

/** The next 14 days; nothing for unknown hours. */
export function showDays(host, view, say) {
  const days = view.next_days;
  const isOpen = host.querySelector("details")?.open ?? hasRoom();
  replaceWhatDiffers(
    host,
    days.length === 0
      ? []
      : [
          el(
            "details",
            { class: "hours-ahead-fold", open: isOpen },
            el("summary", { class: "hours-ahead", id: "hours-ahead" }, say("next_14")),
            el("ol", { class: "hours-days", "aria-labelledby": "hours-ahead" }, days.map((day) => dayItem(day, say))),
          ),
          view.holidays_missing && el("p", { class: "field-hint" }, say("holidays_missing")),
        ],
  );
}

/** Whether the days ahead lie open without being asked for. */
export function hasRoom() {
  return matchMedia("(min-width: 60rem)").matches;
}

function dayItem(day, say) {
  return el(
    "li",
    { class: day.special && `is-${day.special}` },
    el("span", { class: "hours-date" }, `${day.weekday} ${day.date_text}`),
    day.special && el("span", { class: "hours-special" }, day.special_text),
    el("span", { class: "hours-times" }, day.times.join("  ") || say("closed")),
  );
}
