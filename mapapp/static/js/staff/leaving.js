// Drafts end when their owner signs out, or when somebody else uses this browser. A session that runs out leaves
// them: whoever signs in again goes on.

import { draftKeys, removeDraft } from "./draft_keys.js";

const LEAVING = "stationmap.staff.leaving";
const form = document.querySelector("form[data-leaves]");

if (form) {
  const own = new Set(draftKeys(form.dataset.leaves));
  draftKeys().filter((key) => !own.has(key)).forEach(removeDraft);
  form.addEventListener("submit", (event) => {
    const isMeant = draftKeys(form.dataset.leaves).length === 0 || confirm(form.dataset.unsaved);
    if (isMeant) mark();
    else event.preventDefault();
  });
} else if (document.querySelector("[data-left]") && isMarked()) {
  draftKeys().forEach(removeDraft); // not before: a page that is left keeps what was typed into it
}

/** Only who has pressed the button loses drafts, not who follows a link to the page that comes after. */
function mark() {
  try {
    sessionStorage.setItem(LEAVING, "1");
  } catch {
    /* without storage there are no drafts */
  }
}

function isMarked() {
  try {
    const marked = sessionStorage.getItem(LEAVING) !== null;
    sessionStorage.removeItem(LEAVING);
    return marked;
  } catch {
    return false;
  }
}
