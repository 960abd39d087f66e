// The station's page where the network is away: which station is meant, and its page from the phone's own file.

import { el } from "../dom.js";
import { emptyQuestion, Finder } from "../finder.js";
import { showFreshness } from "../offline/freshness.js";
import { reloadBetweenDeliveries } from "../reports/outbox.js";
import { stationSource } from "../source.js";
import { t, urls } from "../words.js";
import { drawStation } from "./draw.js";

const STATION_PATH = /\/(?:stations|s)\/([^/]+)\/?$/;
const SCANNED_PATH = /\/s\/[^/]+\/?$/;

/** The code in the address of a station's page, or "". */
export function codeOfPath(pathname) {
  const found = STATION_PATH.exec(pathname);
  try {
    return found ? decodeURIComponent(found[1]) : "";
  } catch {
    return ""; // no address of ours is written like this
  }
}

/** Whether the address is that of a scanned code. */
export function isScanned(pathname) {
  return SCANNED_PATH.test(pathname);
}

/** Draw the page of the station in the address. Resolves to the finder, or null where nothing could be drawn. */
export async function drawShell(root, pathname) {
  const code = codeOfPath(pathname);
  let data;
  try {
    data = await stationSource.load(null);
  } catch {
    sayMissing(root, t("station_unreadable"), t("station_unreadable_why"));
    return null;
  }
  const finder = new Finder({ ...emptyQuestion(), open: "any" });
  finder.start(data);
  // With the network back, the server's page says more than this one can.
  showFreshness(document.getElementById("freshness"), finder, reloadBetweenDeliveries);
  const station = data.byCode.get(code);
  if (!station) {
    sayMissing(root, t("station_missing", { code }), t("station_missing_why"));
    return null;
  }
  drawStation(root, station, data, finder.nowMs);
  const name = root.querySelector("h1").textContent;
  document.title = document.title.replace(/^.*(?= · )/, () => name);
  return finder;
}

function sayMissing(root, title, why) {
  root.replaceChildren(
    el("div", { class: "station-main", role: "alert" },
      el("h1", {}, title),
      el("p", {}, why),
      el("p", {}, el("a", { class: "button", href: urls.home }, t("back_to_list")))));
  root.setAttribute("aria-busy", "false");
}
