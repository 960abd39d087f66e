// The form without a network: which form is meant, and for which station, stands in the address.

import { stationSource } from "../source.js";
import { language, t, urls } from "../words.js";

const OF_STATION = /\/stations\/([^/]+)\/report\/?$/;
const OF_SUGGESTION = /\/suggest\/?$/;

/** Makes a page of the shell where this is one; resolves when the form can be joined. */
export async function drawShell() {
  const article = document.querySelector('article[data-shell="station"]');
  if (!article) return;
  if (OF_SUGGESTION.test(location.pathname)) {
    article.replaceWith(document.querySelector('template[data-shell="suggest"]').content);
    return;
  }
  article.hidden = false;
  const code = decodeURIComponent(location.pathname.match(OF_STATION)?.[1] ?? "");
  const station = await stationOf(code);
  if (station) fill(article, station);
  else sayUnknown(article);
}

/** Without the file, or with a part of it, a report can still be kept. */
const unread = (code) => (code ? { code, name: code, nameEn: "" } : null);

async function stationOf(code) {
  try {
    const { byCode, missing } = await stationSource.load(null);
    return byCode.get(code) ?? (missing?.length ? unread(code) : null);
  } catch {
    return unread(code);
  }
}

function fill(article, station) {
  const name = (language !== "zh" && station.nameEn) || station.name;
  const form = article.querySelector("[data-report-form]");
  const link = article.querySelector("[data-shell-station]");
  link.textContent = name;
  link.href = urls.station.replace("CODE", encodeURIComponent(station.code));
  form.elements.station.value = station.code;
  form.dataset.reportName = name;
  const offered = offeredBy(station);
  for (const chip of form.querySelectorAll(".chip")) {
    if (!offered.size || offered.has(chip.querySelector("input").value)) continue;
    chip.remove();
  }
}

/** Every service the station has, whatever its state. */
function offeredBy(station) {
  const seasonal = (station.seasonal ?? []).map(([code]) => code);
  return new Set([...(station.services ?? []), ...seasonal, ...(station.broken ?? []), ...(station.unknownServices ?? [])]);
}

function sayUnknown(article) {
  article.querySelector("[data-shell-problem]").textContent = t("report_station_unknown");
  article.querySelector("[data-report-kinds]").remove();
}
