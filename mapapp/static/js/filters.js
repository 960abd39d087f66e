// The form: what is ticked there is what the finder is asked, and the other way round.

import { asksForOpen } from "./finder.js";
import { t } from "./words.js";

/** Join the form to the finder. `change(part, isTyping)` asks a changed question made by hand. */
export function joinFilters(form, finder, change) {
  const [mode, order] = ["mode", "order"].map((id) => document.getElementById(id));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    // The search field is followed as it is typed into; its late "change" would redraw the list under a tap.
    if (!event.target.name || event.target.name === "q") return;
    change(questionOfForm(form, event.target.name === "open"));
  });
  const typing = { isPending: false };
  form.elements.q.addEventListener("input", () => {
    if (typing.isPending) return;
    typing.isPending = true;
    afterPaint(() => {
      typing.isPending = false;
      change({ text: form.elements.q.value }, true);
    });
  });
  mode.addEventListener("change", () => change({ mode: mode.value }));
  order.addEventListener("change", () => change({ order: order.value }));
  for (const button of form.querySelectorAll("[data-quick]")) {
    button.addEventListener("click", () => tickBoxOf(form, button).click());
  }
  finder.onAnswer(() => {
    showQuestion(form, mode, order, finder);
    if (!typing.isPending && form.elements.q.value !== finder.question.text) form.elements.q.value = finder.question.text;
  });
}

/** What was typed is shown before it is searched for; letters typed meanwhile are searched for at once. */
function afterPaint(act) {
  requestAnimationFrame(() => setTimeout(act));
}

function questionOfForm(form, openWasChanged) {
  const ticked = (name) => new Set([...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));
  return {
    kinds: ticked("kind"),
    services: ticked("services"),
    openLate: form.elements.open_late.checked,
    alwaysOpen: form.elements.always_open.checked,
    ...(openWasChanged && { open: form.elements.open.checked ? "arrival" : "any" }),
  };
}

/** The tick box a quick filter stands for. */
function tickBoxOf(form, button) {
  const [name, value] = button.dataset.quick.split("=");
  return form.querySelector(`input[name=${name}][value=${value}]`);
}

function showQuestion(form, mode, order, { question, answer }) {
  for (const box of form.querySelectorAll("[name=kind]")) box.checked = question.kinds.has(box.value);
  for (const box of form.querySelectorAll("[name=services]")) box.checked = question.services.has(box.value);
  form.elements.open.checked = asksForOpen(question);
  form.elements.open_late.checked = question.openLate;
  form.elements.always_open.checked = question.alwaysOpen;
  for (const button of form.querySelectorAll("[data-quick]")) {
    button.setAttribute("aria-pressed", String(tickBoxOf(form, button).checked));
  }
  mode.value = question.mode;
  order.value = question.order;
  form.toggleAttribute("data-has-place", Boolean(question.place));
  mode.closest(".asked-from-place").hidden = !question.place;
  showCounts(form, question, answer);
}

function showCounts(form, question, answer) {
  const openWords = t(question.place ? "open_filter_arrival" : "open_filter_now");
  for (const text of form.querySelectorAll(".open-words")) text.textContent = openWords;
  const services = question.services.size;
  form.querySelector("#services-count").textContent = services ? t("chosen", { count: services }) : "";
  form.querySelector("#filters-done").textContent = t("show_stations", { count: answer.found.length });
  const inUse = services + question.kinds.size + [asksForOpen(question), question.openLate, question.alwaysOpen].filter(Boolean).length;
  const badge = document.getElementById("filters-count");
  badge.textContent = inUse ? String(inUse) : "";
  badge.hidden = !inUse;
}
