// Spans of one day: [start, end] in minutes from its midnight, the end up to 24 hours later. Edits keep them
// sorted and apart; they return new lists.

export const STEP_MIN = 15;
export const DAY_MIN = 1440;
export const LINE_MIN = 1800; // what a day's bar shows: until six in the morning after
export const MOST_SPANS = 6;

/** The minute on the nearest quarter of an hour. */
export function snapped(minute) {
  return Math.round(minute / STEP_MIN) * STEP_MIN;
}

/** Minutes as a clock says them: 510 is "08:30", 1440 "24:00", 1560 "02:00". */
export function clock(minute) {
  const shown = minute > DAY_MIN ? minute - DAY_MIN : minute;
  const part = (value) => String(value).padStart(2, "0");
  return `${part(Math.floor(shown / 60))}:${part(shown % 60)}`;
}

/** A day's spans as one types them. */
export function lineText(spans) {
  return spans.map(([start, end]) => `${clock(start)}-${clock(end)}`).join(" ");
}

/** How far an edge (0 start, 1 end) of a span can go without meeting its neighbours. */
export function edgeLimits(spans, number, edge) {
  const [start, end] = spans[number];
  if (edge === 0) {
    const earliest = number === 0 ? 0 : spans[number - 1][1];
    return [Math.max(earliest, end - DAY_MIN), Math.min(end - STEP_MIN, DAY_MIN - STEP_MIN)];
  }
  const latest = number + 1 === spans.length ? start + DAY_MIN : spans[number + 1][0];
  return [start + STEP_MIN, Math.min(latest, start + DAY_MIN)];
}

/** The spans with one edge at a minute, or as near to it as can be. */
export function withEdge(spans, number, edge, minute) {
  const [least, most] = edgeLimits(spans, number, edge);
  const moved = [...spans[number]];
  moved[edge] = Math.min(Math.max(minute, least), Math.max(least, most));
  return spans.map((span, index) => (index === number ? moved : span));
}

/** The spans with one moved by some minutes, as far as there is room. */
export function withMoved(spans, number, byMin) {
  const [start, end] = spans[number];
  const least = (number === 0 ? 0 : spans[number - 1][1]) - start;
  const room = number + 1 === spans.length ? LINE_MIN - end : spans[number + 1][0] - end;
  const most = Math.min(Math.max(room, 0), DAY_MIN - STEP_MIN - start);
  const by = Math.min(Math.max(byMin, least), most);
  return spans.map((span, index) => (index === number ? [start + by, end + by] : span));
}

/** The spans with a new one between two minutes, cut to the free time around the first; null where there is none. */
export function withNew(spans, fromMin, toMin) {
  const free = freeAround(spans, fromMin);
  if (free === null || spans.length >= MOST_SPANS) return null;
  const start = Math.max(Math.min(fromMin, toMin), free[0]);
  const end = Math.min(Math.max(fromMin, toMin), free[1], start + DAY_MIN);
  if (end - start < STEP_MIN || start > DAY_MIN - STEP_MIN) return null;
  return [...spans, [start, end]].sort((one, other) => one[0] - other[0]);
}

export function without(spans, number) {
  return spans.filter((_, index) => index !== number);
}

function freeAround(spans, minute) {
  if (spans.some(([start, end]) => start < minute && minute < end)) return null;
  const before = spans.filter(([, end]) => end <= minute).pop();
  const after = spans.find(([start]) => start >= minute);
  return [before ? before[1] : 0, after ? after[0] : LINE_MIN];
}
