// "I just got in" and "Something is wrong" on a station's page.

import { t } from "../words.js";
import { forgetSettled } from "./database.js";
import { newKey } from "./new_key.js";
import { sendReport } from "./sending.js";

const KEPT_AS = "stationmap.got_in";
const AGAIN_AFTER_MS = 10 * 60_000;

/** Joins the two buttons below `root`; `station` {code, name} where the page was drawn without the server. */
export function joinReportButtons(root = document, station = null) {
  for (const section of root.querySelectorAll("[data-report-station]")) joinSection(section, station);
}

function joinSection(section, station) {
  const code = station?.code ?? section.dataset.reportStation;
  const name = station?.name ?? section.dataset.reportName;
  const form = section.querySelector("[data-got-in]");
  const link = section.querySelector("[data-report-link]");
  const message = section.querySelector("[data-report-message]");
  const button = form.querySelector("button");
  if (!code) return;
  form.elements.station.value = code;
  link.href = link.getAttribute("href").replace("/CODE/", `/${encodeURIComponent(code)}/`);

  const rest = (sinceMs) => {
    button.disabled = true;
    setTimeout(() => {
      button.disabled = false;
      message.textContent = "";
    }, sinceMs + AGAIN_AFTER_MS - Date.now());
  };

  const toldAtMs = toldAt(code);
  if (toldAtMs !== null) {
    rest(toldAtMs);
    message.textContent = t("got_in_recently");
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    message.textContent = t("report_sending");
    const key = newKey();
    const fields = [["kind", "got_in"], ["station", code], ["key", key]];
    const about = { kind: "got_in", station: code, name };
    try {
      const found = await sendReport({ key, url: form.action, fields, photo: null, about, madeAtMs: Date.now() });
      message.textContent = await sentenceOf(found, key);
      if (found?.outcome === "refused") button.disabled = false;
      else rest(keepTold(code));
    } catch {
      form.elements.key.value = key;
      form.submit(); // nothing can be kept on this phone: the plain form does
    }
  });
}

async function sentenceOf(found, key) {
  if (found?.outcome === "sent") return t("got_in_thanks");
  if (found?.outcome !== "refused") return t(found?.retryAtMs ? "report_kept_busy" : "got_in_kept");
  await forgetSettled(key); // said here, not once more in the outbox line
  return found.detail ?? t("report_problem");
}

// --- what this phone has said in the last ten minutes ------------------------------------------------

function toldAt(code) {
  const atMs = toldStations()[code];
  return Number.isFinite(atMs) && isRecent(atMs) ? atMs : null;
}

function keepTold(code) {
  const atMs = Date.now();
  const recent = Object.entries(toldStations()).filter(([, otherMs]) => isRecent(otherMs));
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify({ ...Object.fromEntries(recent), [code]: atMs }));
  } catch {
    /* without storage the server still counts */
  }
  return atMs;
}

function toldStations() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
  } catch {
    return {};
  }
}

function isRecent(atMs) {
  const agoMs = Date.now() - atMs;
  return agoMs >= 0 && agoMs < AGAIN_AFTER_MS;
}
