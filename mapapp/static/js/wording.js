// Facts as sentences: what will be true on arrival, how far, how long.

import { localParts } from "./clock.js";
import { t } from "./words.js";

/** One sentence for {state, closesAtMs, opensAtMs} on arriving at an instant. */
export function arrivalSentence(found, { window, nowMs, hasPlace }) {
  const { state, closesAtMs, opensAtMs } = found.arrival;
  const at = hasPlace ? "arrival" : "now";
  switch (state) {
    case "open":
      if (closesAtMs === null) return t(`open_always_${at}`);
      return t(`open_until_${at}`, { time: moment(closesAtMs, nowMs, window) });
    case "closing_soon": {
      const count = Math.floor((closesAtMs - found.arrivesAtMs) / 60000);
      return t(`closing_soon_${at}`, { count, time: moment(closesAtMs, nowMs, window) });
    }
    case "closed":
      if (opensAtMs === null) return t("closed");
      return t("closed_until", { time: moment(opensAtMs, nowMs, window) });
    case "temporarily_closed":
      return t("temporarily_closed");
    default:
      return t("hours_unknown");
  }
}

/** "07:30", "tomorrow 07:30", "Friday 07:30", "11-28 07:30". Midnight belongs to the day that ends. */
export function moment(instantMs, nowMs, window) {
  const then = localParts(instantMs, window);
  const daysAhead = then.dayNumber - localParts(nowMs, window).dayNumber;
  if (daysAhead === 1 && then.time === "00:00") return "24:00";
  if (daysAhead <= 0) return then.time;
  if (daysAhead === 1) return t("tomorrow_at", { time: then.time });
  if (daysAhead < 7) return t("weekday_at", { day: t(`weekday_${then.weekday}`), time: then.time });
  const date = `${String(then.month).padStart(2, "0")}-${String(then.day).padStart(2, "0")}`;
  return t("weekday_at", { day: date, time: then.time });
}

/** That others found the door locked: today, or within the last day. */
export function doorSentence({ count, firstMs }, nowMs, window) {
  const isToday = localParts(firstMs, window).dayNumber === localParts(nowMs, window).dayNumber;
  return t(isToday ? "door_locked_today" : "door_locked_lately", { count });
}

/** Metres as a person says them. */
export function distanceText(distanceM) {
  if (distanceM < 995) return t("metres", { value: Math.max(10, Math.round(distanceM / 10) * 10) });
  const km = distanceM / 1000;
  return t("kilometres", { value: km < 9.95 ? km.toFixed(1) : Math.round(km) });
}

/** A travel time by a mode, never less than a minute. */
export function travelText(travelS, mode) {
  const minutes = Math.max(1, Math.round(travelS / 60));
  if (minutes < 90) return t(`minutes_${mode}`, { count: minutes });
  return t(`hours_${mode}`, { value: (minutes / 60).toFixed(1) });
}
