// What was typed into a station's form, kept on this device until it is saved: a lost session, a network that
// fails or a closed tab cost nothing. Drafts are kept apart by account and station; what is for staff's eyes only
// and what cannot be kept (a chosen file) stays out.

import { el } from "../dom.js";
import { language, t } from "../words.js";
import { openAround } from "./folds.js";

const KEPT_AS = "stationmap.staff.draft.";
const NEVER_KEPT = new Set(["csrf", "internal_contact", "photo", "photo_file", "photo_remove", "reason", "step", "version"]);
const PAUSE_MS = 400;
const KEPT_FOR_MS = 30 * 86_400_000;
const FIRST_VERSION = 1;

/** Offer the draft there is, and keep what is typed from now on. */
export function joinDraft(form, { account, station, version }) {
  const key = keyOf({ account, station });
  removeOldDrafts();
  const atFirst = JSON.stringify(valuesOf(form));
  const kept = read(key);
  if (kept && JSON.stringify(kept.values) === atFirst) remove(key);
  else if (kept) offer(form, key, kept, version);
  keepWhileTyping(form, key, atFirst, version);
}

/**
 * The station was saved as `version`: what was typed for an older one is no longer a draft, and where the station is
 * new, nor is what was typed for a new one. Only the first look at the answer tells of a saving: looked at again,
 * reloaded or by way of Back, its address says the same.
 */
export function forgetDraft({ account, station, version }) {
  if (history.state?.draftForgotten) return;
  history.replaceState({ ...history.state, draftForgotten: true }, "");
  const key = keyOf({ account, station });
  if (read(key)?.version < version) remove(key);
  if (version === FIRST_VERSION) remove(keyOf({ account, station: "new" }));
}

function keyOf({ account, station }) {
  return `${KEPT_AS}${account}.${station}`;
}

function keepWhileTyping(form, key, atFirst, version) {
  const state = form.querySelector("[data-draft-state]");
  let timer = null;
  const keep = () => {
    clearTimeout(timer);
    const values = valuesOf(form);
    if (JSON.stringify(values) === atFirst) return;
    const base = Number(form.elements.version?.value ?? version);
    if (write(key, { values, version: base, atMs: Date.now() })) state.textContent = t("draft_kept");
  };
  form.addEventListener("input", () => {
    state.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  });
  form.addEventListener("change", keep);
  form.addEventListener("submit", keep);
  addEventListener("pagehide", keep);
}

function offer(form, key, kept, version) {
  const box = document.querySelector("[data-draft-offer]");
  const time = new Date(kept.atMs).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const done = (words) => {
    box.replaceChildren(...(words ? [el("p", {}, words)] : []));
    box.hidden = !words;
  };
  const restore = () => {
    fill(form, kept.values);
    if (form.elements.version) form.elements.version.value = String(kept.version);
    form.dispatchEvent(new CustomEvent("draft-restored"));
    done(t("draft_restored"));
  };
  const discard = () => {
    remove(key);
    done("");
  };
  box.replaceChildren(
    el("p", {}, t("draft_found", { time }), " ", t("draft_hint")),
    kept.version < version ? el("p", {}, t("draft_older")) : "",
    el("div", { class: "actions" },
      el("button", { type: "button", class: "button", onclick: restore }, t("draft_restore")),
      el("button", { type: "button", class: "button quiet", onclick: discard }, t("draft_discard"))),
  );
  box.hidden = false;
}

/** Every input that may be kept, by name: [name, text], ticked boxes only. */
function valuesOf(form) {
  return [...form.elements]
    .filter(({ name, type, checked }) => name && !NEVER_KEPT.has(name) && type !== "submit" && (type !== "checkbox" || checked))
    .map(({ name, value }) => [name, value]);
}

function fill(form, values) {
  const kept = new Map(values);
  for (const field of form.elements) {
    const { name, type } = field;
    if (!name || NEVER_KEPT.has(name) || type === "submit") continue;
    const before = type === "checkbox" ? field.checked : field.value;
    if (type === "checkbox") field.checked = kept.has(name);
    else if (kept.has(name)) field.value = kept.get(name);
    if (before !== (type === "checkbox" ? field.checked : field.value)) openAround(field);
  }
}

function removeOldDrafts() {
  try {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(KEPT_AS))) {
      const kept = read(key);
      if (!kept || Date.now() - kept.atMs > KEPT_FOR_MS) remove(key);
    }
  } catch {
    /* without storage there are no drafts */
  }
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Array.isArray(kept.values) && Number.isFinite(kept.atMs) ? kept : null;
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    /* nothing was kept */
  }
}
