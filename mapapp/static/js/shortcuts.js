// "I need … now": one tap asks for one service, open on arrival, from where the visitor is.

import { localParts } from "./clock.js";
import { asksForOpen } from "./finder.js";
import { t } from "./words.js";

const WARM_MONTHS = [11, 12, 1, 2, 3];
const COOL_MONTHS = [6, 7, 8, 9];

/** Join the buttons to the finder; `askForPlace()` is called when no place is set yet. */
export function joinShortcuts(root, finder, change, askForPlace) {
  const buttons = [...root.querySelectorAll("[data-need]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const need = button.dataset.need;
      if (isAsked(finder.question, need)) {
        change({ services: new Set(), open: null });
        return;
      }
      change({ services: new Set([need]), open: "arrival", openLate: false, alwaysOpen: false });
      if (!finder.question.place) askForPlace();
    });
  }
  const season = root.querySelector("[data-need=cool_warm] span");
  finder.onAnswer(() => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(isAsked(finder.question, button.dataset.need)));
    season.textContent = seasonWords(localParts(finder.nowMs, finder.data.window).month);
  });
}

function isAsked(question, need) {
  return question.services.size === 1 && question.services.has(need) && asksForOpen(question);
}

/** Warming up in winter, cooling down in summer, in between both. */
function seasonWords(month) {
  if (WARM_MONTHS.includes(month)) return t("need_warm");
  return t(COOL_MONTHS.includes(month) ? "need_cool" : "need_cool_warm");
}
