// The three views of a station's hours, kept in step by the server's reader: whichever was edited last is the
// source, the others follow from what was read. What cannot be read changes nothing but what is said about it.

import { hasRoom, showDays, showNote, showSaid } from "./result.js";
import { weekGrid } from "./week_grid.js";

const PAUSE_MS = 350;

export function startHoursEditor(root) {
  const data = JSON.parse(root.querySelector("[data-hours]").textContent);
  const find = (selector) => root.querySelector(selector);
  const fields = { words: find("[name=hours_text]"), rule: find("[name=hours_rule]") };
  const sourceField = find("[name=hours_source]");
  const weekField = find("[name=hours_week]");
  const views = [...root.querySelectorAll("[data-view]")];
  let timer = 0;
  let asked = null;

  function say(key, values = {}) {
    return data.messages[key].replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  const grid = weekGrid({
    host: find("[data-week]"),
    days: data.days,
    shortDays: data.short_days,
    say,
    onEdit(value) {
      weekField.value = JSON.stringify(value);
      edited("week");
    },
  });

  function valueOf(source) {
    return source === "week" ? JSON.parse(weekField.value) : fields[source].value;
  }

  function edited(source) {
    sourceField.value = source;
    if (source !== "week") weekField.value = "";
    mark(source);
    readSoon(source);
    tell();
  }

  /** Drafts and whoever else watches the form hear of what this module has written. */
  function tell() {
    root.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function mark(source) {
    for (const view of views) {
      view.classList.toggle("is-source", view.dataset.view === source);
      view.classList.remove("is-behind");
    }
  }

  function readSoon(source) {
    clearTimeout(timer);
    asked?.abort(); // an answer to what stood there before would write over what is being written
    asked = null;
    root.setAttribute("data-reading", "");
    timer = setTimeout(() => read(source), PAUSE_MS);
  }

  async function read(source) {
    const mine = new AbortController();
    asked = mine;
    try {
      const answer = await fetch(data.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": data.csrf },
        body: JSON.stringify({ source, value: valueOf(source) }),
        signal: mine.signal,
      });
      const view = answer.ok ? await answer.json() : null;
      if (asked !== mine) return;
      if (view !== null) take(view);
      else miss(answer.status === 401 || answer.status === 403 ? "signed_out" : "unread");
    } catch (error) {
      if (asked === mine && error.name !== "AbortError") miss("unread");
    } finally {
      if (asked === mine) root.removeAttribute("data-reading");
    }
  }

  function miss(key) {
    showNote(find("[data-said]"), say(key));
  }

  /** What was read goes into the other views; where nothing could be read they stay, and look it. */
  function take(view) {
    showSaid(find("[data-said]"), view, say);
    showDays(find("[data-days]"), view, say);
    const isRead = view.known || (view.problems.length === 0 && view.contradictions.length === 0 && noLines(view));
    for (const each of views) each.classList.toggle("is-behind", !isRead && each.dataset.view !== view.source);
    if (view.source === "week") grid.showProblems(view.line_problems);
    if (!isRead) return;
    if (view.source !== "words") fields.words.value = view.text;
    if (view.source !== "rule") fields.rule.value = view.rule;
    if (view.known) grid.show(view.week);
    else if (view.source !== "week") grid.empty();
    tell();
  }

  function noLines(view) {
    return Object.keys(view.line_problems).length === 0;
  }

  /** The fields were filled in by a script: a draft was brought back. */
  function filled() {
    const source = sourceField.value || (fields.rule.value ? "rule" : "words");
    if (source === "week" && weekField.value) grid.restore(JSON.parse(weekField.value));
    mark(source);
    readSoon(source === "week" && !weekField.value ? "rule" : source);
  }

  for (const source of ["words", "rule"]) {
    fields[source].addEventListener("input", () => edited(source));
  }
  root.closest("form")?.addEventListener("draft-restored", filled);
  fields.rule.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  begin();

  function begin() {
    const { reading } = data;
    const ahead = find("[data-days] details");
    if (ahead) ahead.open = hasRoom();
    if (reading.source === "week" && weekField.value) grid.restore(JSON.parse(weekField.value));
    else if (reading.known) grid.show(reading.week);
    else grid.empty();
    grid.showProblems(reading.line_problems);
    if (sourceField.value) mark(sourceField.value);
  }
}
