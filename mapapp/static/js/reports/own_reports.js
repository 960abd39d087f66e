// The reports that were sent from this phone: the list is kept here only.

import { el } from "../dom.js";
import { label } from "../words.js";
import { allSettled, forgetSettled } from "./database.js";

/** Fills the section of the follow-up page; it stays hidden while there is nothing to list. */
export async function showOwnReports(section) {
  const list = section.querySelector("[data-own-list]");
  const sent = (await allSettled()).filter(({ outcome, url }) => outcome === "sent" && url);
  list.replaceChildren(...sent.map(row));
  section.hidden = !sent.length;
  section.querySelector("[data-own-clear]").onclick = async () => {
    for (const { key } of sent) await forgetSettled(key);
    section.hidden = true;
  };
}

function row({ tracking, url, about, settledAtMs }) {
  const day = new Date(settledAtMs);
  const date = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return el("li", {},
    el("a", { href: url }, el("span", { class: "tracking-code" }, tracking)),
    el("span", { class: "sentence" }, label("report_kinds", about.kind)),
    about.name ? el("span", {}, about.name) : null,
    el("time", { datetime: date }, date));
}
