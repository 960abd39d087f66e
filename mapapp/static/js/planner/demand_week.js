// A day of the week as 24 bars over the table of numbers: drawn with a pointer, or moved with the keys.
// The table stays what is sent; the bars only write into it.

import { el } from "../dom.js";
import { page, t } from "../words.js";

const HOURS = 24;
const DAYS = 7;
const LEAST_TOP = 200;
const KEY_STEPS = { ArrowUp: 5, ArrowDown: -5, PageUp: 25, PageDown: -25 };

document.querySelector("[autofocus]")?.focus();
const host = document.querySelector("[data-week-chart]");
if (host) weekChart(host);

function weekChart(host) {
  const field = (day, hour) => document.getElementById(`h-${day * HOURS + hour}`);
  const level = (day, hour) => {
    const number = Number(field(day, hour).value);
    return Number.isFinite(number) && number >= 0 ? number : 0;
  };
  let day = 0;
  let top = LEAST_TOP;
  let isDrawing = false;

  const picker = el(
    "select",
    { id: "week-day", onchange: () => show(Number(picker.value)) },
    page.days.map((name, number) => el("option", { value: number }, name)),
  );
  const bars = Array.from({ length: HOURS }, (_, hour) => {
    const fill = el("span", { class: "week-bar-fill" });
    const bar = el(
      "div",
      {
        class: "week-bar",
        role: "slider",
        tabindex: hour === 0 ? 0 : -1,
        "aria-orientation": "vertical",
        "aria-valuemin": 0,
        onkeydown: (event) => onKey(event, hour),
        onfocus: () => bars.forEach((each, number) => each.bar.setAttribute("tabindex", number === hour ? "0" : "-1")),
      },
      fill,
    );
    return { bar, fill };
  });
  const plot = el(
    "div",
    { class: "week-bars", onpointerdown: onDown, onpointermove: onMove, onpointerup: onUp, onpointercancel: onUp },
    bars.map(({ bar }) => bar),
  );
  const ticks = el("div", { class: "week-ticks", "aria-hidden": "true" }, [0, 6, 12, 18].map((hour) => el("span", {}, `${hour}:00`)));
  const status = el("p", { class: "visually-hidden", role: "status" });
  const group = el("div", { role: "group" }, plot, ticks);
  host.append(
    el("p", { class: "field-hint" }, t("hint")),
    el("div", { class: "field" }, el("label", { for: "week-day" }, t("day")), picker),
    group,
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button", onclick: () => copy([0, 1, 2, 3, 4]) }, t("copy_workdays")),
      el("button", { type: "button", class: "button", onclick: () => copy([0, 1, 2, 3, 4, 5, 6]) }, t("copy_all")),
    ),
    status,
  );
  host.hidden = false;
  document.querySelector(".week-table").addEventListener("input", () => show(day));
  show(0);

  function highest() {
    let most = 0;
    for (let each = 0; each < DAYS; each += 1) for (let hour = 0; hour < HOURS; hour += 1) most = Math.max(most, level(each, hour));
    return most;
  }

  function show(number) {
    day = number;
    if (!isDrawing) top = Math.max(LEAST_TOP, Math.ceil((highest() * 1.2) / 50) * 50);
    group.setAttribute("aria-label", t("chart", { day: page.days[day] }));
    bars.forEach(({ bar, fill }, hour) => {
      const now = level(day, hour);
      bar.setAttribute("aria-label", t("bar", { day: page.days[day], hour }));
      bar.setAttribute("aria-valuemax", top);
      bar.setAttribute("aria-valuenow", now);
      fill.style.height = `${Math.min(100, (100 * now) / top)}%`;
    });
  }

  function write(hour, number) {
    field(day, hour).value = String(Math.round(Math.min(top, Math.max(0, number)) * 10) / 10);
    show(day);
  }

  function onKey(event, hour) {
    const { key } = event;
    if (key in KEY_STEPS) write(hour, level(day, hour) + KEY_STEPS[key]);
    else if (key === "Home") write(hour, 0);
    else if (key === "End") write(hour, top);
    else if (key === "ArrowLeft" && hour > 0) bars[hour - 1].bar.focus();
    else if (key === "ArrowRight" && hour < HOURS - 1) bars[hour + 1].bar.focus();
    else return;
    event.preventDefault();
  }

  function onDown(event) {
    if (event.button !== 0) return;
    isDrawing = true;
    plot.setPointerCapture(event.pointerId);
    draw(event);
  }

  function onMove(event) {
    if (isDrawing) draw(event);
  }

  function onUp() {
    isDrawing = false;
    show(day);
  }

  function draw(event) {
    const box = plot.getBoundingClientRect();
    const hour = Math.min(HOURS - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * HOURS)));
    write(hour, Math.round(top * (1 - (event.clientY - box.top) / box.height)));
  }

  function copy(days) {
    for (const other of days) {
      if (other === day) continue;
      for (let hour = 0; hour < HOURS; hour += 1) field(other, hour).value = field(day, hour).value;
    }
    show(day);
    status.textContent = t("copied", { day: page.days[day] });
  }
}
