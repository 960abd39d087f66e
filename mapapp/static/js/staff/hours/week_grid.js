// The week: seven lines and one for public holidays, or the word that a week cannot show these hours.

import { el } from "../../dom.js";
import { weekLine } from "./week_line.js";

const HOLIDAYS = 7;
const NO_WEEK = { days: [[], [], [], [], [], [], []], holidays: null };

/** `onEdit(value)` hears of every change by hand, with the week as the server reads it. */
export function weekGrid({ host, days, shortDays, say, onEdit }) {
  const status = el("p", { class: "visually-hidden", role: "status" });
  const lines = days.slice(0, HOLIDAYS).map((name, day) =>
    weekLine({ id: `hours-day-${day}`, name, shortName: shortDays[day], say, copyTargets: targets(day), onEdit: report, onCopy: (to) => copy(day, to) }),
  );
  const holidays = weekLine({ id: "hours-holidays", name: days[HOLIDAYS], say, onEdit: report });
  const choice = el(
    "select",
    { id: "hours-holidays-as", "aria-label": days[HOLIDAYS], onchange: onChoice },
    ["usual", "closed", "own"].map((kind) => el("option", { value: kind }, say(`holidays_${kind}`))),
  );
  const grid = el(
    "div",
    { class: "week-grid" },
    lines.map((line) => line.node),
    el("div", { class: "week-line holidays-as" }, el("span", { class: "week-day" }, days[HOLIDAYS]), choice),
    holidays.node,
  );
  const bars = el(
    "button",
    { type: "button", class: "button quiet week-bars", "aria-pressed": "false", onclick: () => showBars(!host.classList.contains("with-bars")) },
    say("bars"),
  );
  const instead = el(
    "div",
    { class: "notice warning", hidden: true },
    el("p", {}, say("not_a_week")),
    el("button", { type: "button", class: "button", onclick: begin }, say("begin_week")),
  );
  holidays.node.classList.add("holiday-times");
  host.append(
    el("div", { class: "week-head" }, el("p", { class: "week-title", id: "hours-week-title" }, say("week")), bars),
    el("p", { class: "field-hint week-hint" }, say("week_hint")),
    instead,
    grid,
    status,
  );
  host.setAttribute("role", "group");
  host.setAttribute("aria-labelledby", "hours-week-title");

  function targets(day) {
    const others = shortDays.map((text, number) => ({ text, days: [number] })).filter(({ days: [number] }) => number !== day);
    const workdays = [0, 1, 2, 3, 4];
    const groups = [
      { text: say("workdays"), days: workdays },
      { text: say("every_day"), days: [...workdays, 5, 6] },
    ];
    return [...groups, ...others];
  }

  function value() {
    const own = { usual: null, closed: [], own: holidays.value() }[choice.value];
    return { days: lines.map((line) => line.value()), holidays: own };
  }

  function report() {
    onEdit(value());
  }

  function copy(day, to) {
    const from = lines[day].value();
    for (const number of to) if (number !== day) lines[number].restore(from);
    status.textContent = say("copied", { day: days[day] });
    report();
  }

  function onChoice() {
    holidays.node.hidden = choice.value !== "own";
    if (choice.value === "own") holidays.node.querySelector("input").focus();
    else report();
  }

  function begin() {
    showGrid(true);
    show(NO_WEEK);
    lines[0].node.querySelector("input").focus();
  }

  /** Where there is little room the bars come when asked for: all they do can be typed. */
  function showBars(areShown) {
    host.classList.toggle("with-bars", areShown);
    bars.setAttribute("aria-pressed", String(areShown));
  }

  function showGrid(isShown) {
    grid.hidden = !isShown;
    bars.hidden = !isShown;
    instead.hidden = isShown;
  }

  /** The week as it was read; null: a week cannot show these hours. */
  function show(week) {
    showGrid(week !== null);
    if (week === null) return;
    week.days.forEach((spans, day) => lines[day].show(spans));
    setHolidays(week.holidays, () => holidays.show(week.holidays ?? []));
  }

  /** A week as it was sent before. */
  function restore(week) {
    showGrid(true);
    week.days.forEach((line, day) => lines[day].restore(line));
    setHolidays(week.holidays, () => holidays.restore(week.holidays ?? []));
  }

  function setHolidays(line, write) {
    const isBeingTyped = choice.value === "own" && holidays.node.contains(document.activeElement);
    choice.value = line === null ? "usual" : line.length > 0 || isBeingTyped ? "own" : "closed";
    holidays.node.hidden = choice.value !== "own";
    write();
  }

  /** What is wrong with single lines, by their number. */
  function showProblems(problems) {
    [...lines, holidays].forEach((line, day) => line.showProblem(problems[day] ?? ""));
  }

  return { show, restore, showProblems, empty: () => show(NO_WEEK) };
}
