// The form: what is ticked there is what the finder is asked, and the other way round.

import { asksForOpen } from "./finder.js";
import { t } from "./words.js";

/** Join the form to the finder. `changed(isTyping)` is told after each change made by hand. */
export function joinFilters(form, orderSelect, finder, changed) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    // The search field is followed as it is typed into; its late "change" would redraw the list under a tap.
    if (!event.target.name || event.target.name === "q") return;
    finder.ask(questionOfForm(form, event.target.name === "open"));
    changed(false);
  });
  form.elements.q.addEventListener("input", () => {
    finder.ask({ text: form.elements.q.value });
    changed(true);
  });
  orderSelect.addEventListener("change", () => {
    finder.ask({ order: orderSelect.value });
    changed(false);
  });
  finder.onAnswer(() => showQuestion(form, orderSelect, finder.question));
}

function questionOfForm(form, openWasChanged) {
  const ticked = (name) => new Set([...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));
  return {
    kinds: ticked("kind"),
    services: ticked("services"),
    mode: form.querySelector("[name=mode]:checked")?.value ?? "walk",
    ...(openWasChanged && { open: form.querySelector("[name=open]").checked ? "arrival" : "any" }),
  };
}

function showQuestion(form, orderSelect, question) {
  for (const box of form.querySelectorAll("[name=kind]")) box.checked = question.kinds.has(box.value);
  for (const box of form.querySelectorAll("[name=services]")) box.checked = question.services.has(box.value);
  for (const radio of form.querySelectorAll("[name=mode]")) radio.checked = radio.value === question.mode;
  form.querySelector("[name=open]").checked = asksForOpen(question);
  if (form.elements.q.value !== question.text) form.elements.q.value = question.text;
  orderSelect.value = question.order;
  orderSelect.closest(".order").hidden = !question.place;
  form.querySelector("#open-label").textContent = t(question.place ? "open_filter_arrival" : "open_filter_now");
  const count = question.services.size;
  form.querySelector("#services-count").textContent = count ? t("chosen", { count }) : "";
}
