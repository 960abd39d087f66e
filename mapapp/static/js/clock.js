// Instants in the place's own time. The file names the offset, so no time-zone tables are needed.

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

/** Whether the file still knows the hours at that instant. */
export function isCovered(instantMs, window) {
  const minute = windowMinute(instantMs, window);
  return minute >= 0 && minute < window.days * 1440;
}
