// What was typed into a station's form, kept on this device until it is saved: a lost session, a network that
// fails or a closed tab cost nothing. Drafts are kept apart by account and station, until one signs out (leaving.js); what is for staff's eyes only
// and what cannot be kept (a chosen file) stays out.

import { el } from "../dom.js";
import { language, t } from "../words.js";
import { draftKey, draftKeys, removeDraft } from "./draft_keys.js";
import { openAround } from "./folds.js";

const NEVER_KEPT = new Set(["csrf", "internal_contact", "photo", "photo_file", "photo_remove", "reason", "step", "version"]);
const PAUSE_MS = 400;
const KEPT_FOR_MS = 30 * 86_400_000;
const FIRST_VERSION = 1;

/** Offer the draft there is, and keep what is typed from now on. */
export function joinDraft(form, { account, station, version }) {
  const key = draftKey({ account, station });
  removeOldDrafts();
  const atFirst = JSON.stringify(valuesOf(form));
  const kept = read(key);
  if (kept && JSON.stringify(kept.values) === atFirst) removeDraft(key);
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
  const key = draftKey({ account, station });
  if (read(key)?.version < version) removeDraft(key);
  if (version === FIRST_VERSION) removeDraft(draftKey({ account, station: "new" }));
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
    removeDraft(key);
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
  for (const key of draftKeys()) {
    const kept = read(key);
    if (!kept || Date.now() - kept.atMs > KEPT_FOR_MS) removeDraft(key);
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
