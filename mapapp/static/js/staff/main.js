// The pages of one station: its form gets a map, a place read from a shared link, and a draft on this device.

import { page } from "../words.js";
import { forgetDraft, joinDraft } from "./draft.js";
import { joinFolds } from "./folds.js";
import { joinPlace } from "./place.js";

const form = document.querySelector("[data-station-form]");

if (form) joinFolds(form);
document.querySelector("[autofocus]")?.focus(); // an answer that says what is wrong begins there
if (page.draft?.saved) forgetDraft(page.draft);
if (form && page.draft) {
  if (form.querySelector("[data-pin-place]")) joinPlace(form);
  joinDraft(form, page.draft);
}

// A service that is not offered needs no months, fee or note.
for (const row of document.querySelectorAll(".service-row")) {
  const [state, details] = [row.querySelector("select"), row.querySelector("details")];
  state.addEventListener("change", () => {
    row.classList.toggle("offered", state.value !== "");
    if (state.value === "seasonal") details.open = true;
  });
}
