// Instants in the place's own time. The file names the offset, so no time-zone tables are needed.

const DAY_MIN = 1440;

/** Calendar parts of an instant at the place. */
export function localParts(instantMs, window) {
  const local = new Date(instantMs + window.utc_offset_min * 60000);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: (local.getUTCDay() + 6) % 7,
    dayNumber: Math.floor(local.getTime() / 86400000),
    time: `${String(local.getUTCHours()).padStart(2, "0")}:${String(local.getUTCMinutes()).padStart(2, "0")}`,
  };
}

/** Minutes from the window's start; fractions count. */
export function windowMinute(instantMs, window) {
  return (instantMs / 1000 - window.starts_at_s) / 60;
}

/** The instant of a minute of the window. */
export function instantOf(minute, window) {
  return (window.starts_at_s + minute * 60) * 1000;
}

/** "09:05" on the phone's own clock, which the visitor reads too. */
export function clockTime(atMs) {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Whether the file still knows the hours at that instant. */
export function isCovered(instantMs, window) {
  const minute = windowMinute(instantMs, window);
  return minute >= 0 && minute < lengthMin(window);
}

/** How many minutes a window has. */
export function lengthMin(window) {
  return window.days * DAY_MIN;
}

/** The number of a window's first day, counted as `localParts` counts days. */
export function firstDayNumber(window) {
  return localParts(window.starts_at_s * 1000, window).dayNumber;
}

/** The time that several files know, each of its own day; without any day where they have none in common. */
export function commonWindow(windows) {
  const last = windows.reduce((a, b) => (b.starts_at_s > a.starts_at_s ? b : a));
  const endsAtS = Math.min(...windows.map((window) => window.starts_at_s + lengthMin(window) * 60));
  return { ...last, days: (endsAtS - last.starts_at_s) / (DAY_MIN * 60) };
}
