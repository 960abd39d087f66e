// How old the stations on this page are. A quiet line says it always; a loud one, above everything else of the
// page, says when their hours have run out, or when the phone's clock is so wrong that "open now" would be, too.

import { isCovered, instantOf, localParts } from "../clock.js";
import { el, mark, replaceWhatDiffers } from "../dom.js";
import { stationSource } from "../source.js";
import { t } from "../words.js";

const MINUTE_MS = 60_000;
const RENEW_AFTER_MS = 5 * MINUTE_MS;
const KEPT_AFTER_MS = 2 * MINUTE_MS;
/** A phone says that it is online before anything gets through. */
const TRIES_AFTER_MS = [0, 1500, 10_000];
const CLOCK_MAY_DIFFER_MS = 10 * MINUTE_MS;

/**
 * Say in `root` how old the finder's data are, and fetch newer ones when the network or the visitor is back;
 * `onNewer(data)` takes them over.
 */
export function showFreshness(root, finder, onNewer = (data) => finder.update(data)) {
  if (!root) return;
  const draw = () => finder.data && drawLines(root, finder);
  /** Whether newer stations came. */
  const renew = async () => {
    if (!finder.data || document.hidden) return false;
    const data = await stationSource.reload().catch(() => null);
    const isNewer = data !== null && data.confirmedAtMs > finder.data.confirmedAtMs;
    if (isNewer) onNewer(data);
    else draw();
    return isNewer;
  };
  const renewSoon = async () => {
    for (const waitMs of TRIES_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (await renew()) return;
    }
  };
  finder.onAnswer(draw);
  window.addEventListener("offline", draw);
  window.addEventListener("online", renewSoon);
  document.addEventListener("visibilitychange", () => ageMs(finder) > RENEW_AFTER_MS && renew());
}

const ageMs = ({ data, clock }) => (data ? clock() - data.confirmedAtMs : 0);

function drawLines(root, finder) {
  const { data, nowMs } = finder;
  const time = pastMoment(data.confirmedAtMs, nowMs, data.window);
  const isExpired = !isCovered(nowMs, data.window);
  const until = isExpired && pastMoment(instantOf(data.window.days * 1440, data.window), nowMs, data.window);
  const warnings = [isExpired && t("data_expired", { time, until }), isClockWrong(data) && t("clock_wrong")];
  replaceWhatDiffers(root, isExpired ? [] : [el("p", { class: "data-age" }, t(ageKey(finder), { time }))]);
  replaceWhatDiffers(document.getElementById("data-warnings"), warnings.filter(Boolean).map(loud));
}

function ageKey(finder) {
  if (!navigator.onLine) return "data_age_offline";
  return finder.data.confirmedAtMs < finder.data.loadedAtMs - KEPT_AFTER_MS ? "data_age_unreachable" : "data_age";
}

/** The server names its time with every fresh answer; a kept answer names none. */
function isClockWrong({ serverNowMs, loadedAtMs }) {
  return serverNowMs > 0 && Math.abs(loadedAtMs - serverNowMs) > CLOCK_MAY_DIFFER_MS;
}

const loud = (sentence) => el("p", { class: "data-warning", role: "alert" }, mark("icon-alert"), el("strong", {}, sentence));

/** "14:05" today, "yesterday 14:05", "11-20 14:05": in the place's own time. */
function pastMoment(instantMs, nowMs, window) {
  const then = localParts(instantMs, window);
  const daysAgo = localParts(nowMs, window).dayNumber - then.dayNumber;
  if (daysAgo === 0) return t("today_at", { time: then.time });
  if (daysAgo === 1) return t("yesterday_at", { time: then.time });
  const date = [then.month, then.day].map((part) => String(part).padStart(2, "0")).join("-");
  return t("weekday_at", { day: date, time: then.time });
}
