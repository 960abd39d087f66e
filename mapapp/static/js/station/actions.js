// What the buttons of a station's page do. One listener for all of them: a page drawn here works like one that came.

import { keepPlace } from "../place.js";
import { stationUrl } from "../station_parts.js";
import { t, urls } from "../words.js";
import { copyText } from "./copy.js";
import { opensOn } from "./links.js";
import { el, mark } from "../dom.js";

const KEPT_AS = "stationmap.navigate";
const SAID_FOR_MS = 4000;

/** Serve the buttons below `root`; `openMap(button)` and `startHere()` are the page's own. */
export function joinActions(root, { openMap, startHere }) {
  const actions = {
    copy: (button) => say(root, button.dataset.copy),
    share: () => share(root),
    print: () => window.print(),
    openMap: (button) => openMap(button),
    startHere,
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const name = button && Object.keys(actions).find((each) => each in button.dataset);
    if (name) actions[name](button);
  });
}

/** Make a place the one the search starts from, and go there. */
export function startFrom(place) {
  if (!place) return;
  keepPlace(place);
  location.assign(urls.home);
}

async function say(root, text) {
  const status = root.querySelector(".copy-status");
  status.textContent = (await copyText(text)) ? t("copied") : t("copy_failed", { text });
  setTimeout(() => { if (status.textContent === t("copied")) status.textContent = ""; }, SAID_FOR_MS);
}

/** The phone's own way to share; where there is none, the link is copied. */
async function share(root) {
  const url = document.querySelector("link[rel=canonical]")?.href ?? location.origin + stationUrl(root.dataset.code);
  const title = root.querySelector("h1").textContent;
  if (!navigator.share) return say(root, url);
  const address = root.querySelector(".address > span")?.textContent;
  try {
    await navigator.share({ title, text: [title, address].filter(Boolean).join(t("list_separator")), url });
  } catch (error) {
    if (error.name !== "AbortError") await say(root, url); // closing the sheet is no failure
  }
}

/**
 * The list of map apps: only those this device can open, and once one was chosen it is one tap away.
 * Without script it is a plain list behind the same button.
 */
export function joinNavigation(root, userAgent = navigator.userAgent) {
  const sheet = root.querySelector(".navigate");
  if (!sheet) return;
  for (const link of sheet.querySelectorAll("[data-vendor]")) {
    link.closest("li").hidden = !opensOn(link.dataset.vendor, userAgent);
  }
  offerUsual(sheet);
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest("[data-vendor]");
    if (!link) return;
    keepUsual(link.dataset.vendor);
    sheet.open = false;
  });
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.open) return;
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (sheet.open && !sheet.contains(event.target)) sheet.open = false;
  });
}

function offerUsual(sheet) {
  const usual = sheet.querySelector(`li:not([hidden]) [data-vendor="${usualVendor()}"]`);
  if (!usual) return;
  const summary = sheet.querySelector("summary");
  const words = t("navigate_by", { map: usual.textContent });
  const direct = el("a", { class: "button primary direct", href: usual.href, rel: "noopener noreferrer" },
    summary.querySelector("svg").cloneNode(true), el("span", {}, words));
  sheet.before(direct);
  sheet.classList.add("secondary");
  summary.classList.remove("primary");
  summary.replaceChildren(mark("icon-back"), el("span", { class: "visually-hidden" }, t("navigate_otherwise")));
}

/** Storage may be forbidden: then the list is shown each time. */
function usualVendor() {
  try {
    return (localStorage.getItem(KEPT_AS) ?? "").replace(/\W/g, "");
  } catch {
    return "";
  }
}

function keepUsual(vendor) {
  try {
    localStorage.setItem(KEPT_AS, vendor);
  } catch {
    /* not remembered, that is all */
  }
}
