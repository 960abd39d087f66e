// The days of a schedule, from the file's spans: today, the usual week, and the days ahead that differ from it.
// The same as geodata/stations/schedule.py, as far as the file's window reaches.

import { firstDayNumber, windowMinute } from "../clock.js";

const DAY_MIN = 1440;
const WEEK_DAYS = 7;
const EXCEPTION_DAYS = 14;

/**
 * {today, week, exceptions} on the day of an instant. A day is {weekday, date, times, special}: `times`
 * like "08:30–12:00", none when closed; `special` is [Chinese name, English name] of a holiday or make-up day.
 */
export function hoursAhead(schedule, data, nowMs) {
  const { window } = schedule;
  const first = Math.floor(windowMinute(nowMs, window) / DAY_MIN);
  const byDay = spansByDay(schedule.spans, window.days);
  const day = (index) => ({
    ...calendarOf(index, window),
    times: (byDay[index] ?? []).map(spanText),
    special: data.specialDays.get(firstDayNumber(window) + index) ?? null,
  });
  const ahead = Array.from({ length: Math.min(EXCEPTION_DAYS, window.days - first) }, (_, n) => day(first + n));
  const week = ahead.slice(0, WEEK_DAYS).map((each) => ({ ...each, times: usualTimes(each, ahead) }));
  const usual = new Map(week.map((each) => [each.weekday, each.times]));
  const exceptions = ahead.filter((each) => !isSame(each.times, usual.get(each.weekday)));
  return { today: ahead[0] ?? null, week, exceptions };
}

/** The weekday as it is when no holiday falls on it; a weekday of holidays only shows these. */
function usualTimes(day, ahead) {
  const same = ahead.filter((each) => each.weekday === day.weekday);
  return (same.find((each) => each.special === null) ?? day).times;
}

function isSame(times, others) {
  return times.length === others.length && times.every((time, index) => time === others[index]);
}

function calendarOf(index, window) {
  const noon = new Date((window.starts_at_s + window.utc_offset_min * 60 + (index + 0.5) * DAY_MIN * 60) * 1000);
  return {
    weekday: (noon.getUTCDay() + 6) % 7,
    date: noon.toISOString().slice(5, 10),
  };
}

/** Spans belong to the day they begin on; those longer than a day are cut at midnights. */
function spansByDay(spans, days) {
  const byDay = Array.from({ length: days }, () => []);
  for (const [start, end] of spans) {
    for (let from = start; from < end; ) {
      const day = Math.floor(from / DAY_MIN);
      const to = end - start > DAY_MIN ? Math.min(end, (day + 1) * DAY_MIN) : end;
      byDay[day]?.push([from - day * DAY_MIN, to - day * DAY_MIN]);
      from = to;
    }
  }
  return byDay;
}

function spanText([start, end]) {
  return `${clock(start)}–${clock(end > DAY_MIN ? end - DAY_MIN : end)}`;
}

function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
