// A day's times as a bar of thirty hours: spans to drag and edges to move by the arrow keys. Everything it
// does can be typed as well.

import { el } from "../../dom.js";
import { DAY_MIN, LINE_MIN, STEP_MIN, clock, edgeLimits, snapped, withEdge, withMoved, withNew, without } from "./spans.js";

const EDGE_REACH_PX = 14;
const DRAG_BEGINS_PX = 4;
const KEY_STEPS = {
  ArrowLeft: -STEP_MIN,
  ArrowDown: -STEP_MIN,
  ArrowRight: STEP_MIN,
  ArrowUp: STEP_MIN,
  PageDown: -60,
  PageUp: 60,
};

/** `say(key, values)` gives the words; `onChange(spans)` hears of every change by hand. */
export function dayBar({ name, say, onChange }) {
  const track = el("div", { class: "bar-track" });
  const node = el("div", { class: "day-bar", role: "group", "aria-label": say("bar_of", { day: name }) }, ticks(), track);
  let spans = [];
  let drag = null;

  function show(newSpans) {
    spans = newSpans;
    while (track.children.length > spans.length) track.lastChild.remove();
    while (track.children.length < spans.length) track.append(spanNode(track.children.length));
    spans.forEach(place);
  }

  function spanNode(number) {
    const edges = [0, 1].map((edge) =>
      el("span", { class: `bar-edge bar-edge-${edge}`, role: "slider", tabindex: 0, onkeydown: (event) => onKey(event, number, edge) }),
    );
    return el("div", { class: "bar-span" }, edges);
  }

  function place([start, end], number) {
    const span = track.children[number];
    const shownEnd = Math.min(end, LINE_MIN);
    span.style.left = `${(start / LINE_MIN) * 100}%`;
    span.style.width = `${((shownEnd - start) / LINE_MIN) * 100}%`;
    span.classList.toggle("goes-on", end > LINE_MIN);
    [start, end].forEach((minute, edge) => {
      const [least, most] = edgeLimits(spans, number, edge);
      const handle = span.children[edge];
      const text = minute > DAY_MIN ? say("next_day", { time: clock(minute) }) : clock(minute);
      handle.setAttribute("aria-label", say(edge === 0 ? "opens" : "closes", { day: name }));
      handle.setAttribute("aria-valuemin", least);
      handle.setAttribute("aria-valuemax", Math.max(least, most));
      handle.setAttribute("aria-valuenow", minute);
      handle.setAttribute("aria-valuetext", text);
    });
  }

  function change(newSpans) {
    show(newSpans);
    onChange(newSpans);
  }

  function onKey(event, number, edge) {
    const [least, most] = edgeLimits(spans, number, edge);
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      change(without(spans, number));
      (track.querySelector("[role=slider]") ?? node.parentElement?.querySelector("input"))?.focus();
      return;
    }
    const target = { Home: least, End: most }[event.key] ?? stepped(spans[number][edge], KEY_STEPS[event.key]);
    if (target === null) return;
    event.preventDefault();
    change(withEdge(spans, number, edge, target));
  }

  function minuteAt(event) {
    const box = track.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * LINE_MIN;
  }

  function grip(event) {
    const minute = minuteAt(event);
    const reachMin = (EDGE_REACH_PX / track.getBoundingClientRect().width) * LINE_MIN;
    const edges = spans
      .flatMap((span, number) => span.map((at, edge) => ({ number, edge, away: Math.abs(Math.min(at, LINE_MIN) - minute) })))
      .filter(({ away }) => away <= reachMin)
      .sort((one, other) => one.away - other.away);
    if (edges.length > 0) return { kind: "edge", ...edges[0] };
    const number = spans.findIndex(([start, end]) => start <= minute && minute <= end);
    return number >= 0 ? { kind: "span", number } : { kind: "new" };
  }

  function dragged(event) {
    const minute = Math.max(0, Math.min(LINE_MIN, minuteAt(event)));
    if (drag.kind === "edge") return withEdge(drag.before, drag.number, drag.edge, snapped(minute));
    if (drag.kind === "span") return withMoved(drag.before, drag.number, snapped(minute - drag.fromMin));
    return withNew(drag.before, snapped(drag.fromMin), snapped(minute)) ?? drag.before;
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { ...grip(event), before: spans, fromMin: minuteAt(event), fromPx: event.clientX, began: false };
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    if (drag === null) return;
    drag.began = drag.began || Math.abs(event.clientX - drag.fromPx) >= DRAG_BEGINS_PX;
    if (!drag.began) return;
    node.classList.add("is-dragged");
    show(dragged(event));
  });
  node.addEventListener("pointerup", (event) => {
    const ended = drag;
    if (ended === null) return;
    const result = ended.began ? dragged(event) : null;
    end();
    if (result !== null && String(result) !== String(ended.before)) change(result);
    if (result === null && ended.kind === "edge") track.children[ended.number].children[ended.edge].focus();
  });
  node.addEventListener("pointercancel", () => {
    if (drag !== null) show(drag.before);
    end();
  });

  function end() {
    drag = null;
    node.classList.remove("is-dragged");
  }

  return { node, show };
}

function stepped(minute, byMin) {
  if (byMin === undefined) return null;
  const next = minute + byMin;
  return byMin > 0 ? Math.floor(next / STEP_MIN) * STEP_MIN : Math.ceil(next / STEP_MIN) * STEP_MIN;
}

/** Every six hours a line with its hour, midnight stronger. */
function ticks() {
  const hours = [0, 6, 12, 18, 24, 30];
  return el(
    "div",
    { class: "bar-ticks", "aria-hidden": "true" },
    hours.map((hour) => {
      const tick = el("span", { class: hour === 24 ? "bar-tick midnight" : "bar-tick" }, String(hour > 24 ? hour - 24 : hour));
      tick.style.left = `${((hour * 60) / LINE_MIN) * 100}%`;
      return tick;
    }),
  );
}
