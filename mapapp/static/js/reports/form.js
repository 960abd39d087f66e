// The form of a report: first what is wrong, then what belongs to it. It is kept on the phone before it is
// sent, under a key that belongs to this entry of the browser's history: pressing twice, Back and reload send
// it once.

import { el } from "../dom.js";
import { t } from "../words.js";
import { fillForm, forgetDraft, keepDraft, restoreDraft } from "./draft.js";
import { forgetSettled } from "./database.js";
import { checkReport, joinProblems } from "./form_problems.js";
import { newKey } from "./new_key.js";
import { onOutboxChange, outcomeOf } from "./outbox.js";
import { joinPhoto } from "./photo.js";
import { takeReopened } from "./reopen.js";
import { sendReport } from "./sending.js";
import { forgetChosenSpot, joinSpot } from "./spot.js";

const SUGGESTION = "suggest_site";

/** Joins the form in `article`. */
export async function joinReportForm(article) {
  const form = new ReportForm(article);
  await form.start();
}

class ReportForm {
  constructor(article) {
    const part = (name) => article.querySelector(`[data-${name}]`);
    this.article = article;
    this.form = part("report-form");
    this.kinds = part("report-kinds");
    this.details = part("report-details");
    this.done = part("report-done");
    this.message = this.form.querySelector("[data-report-message]");
    this.button = part("report-send");
    this.isSuggestion = this.form.elements.kind.value === SUGGESTION;
    this.isSending = false;
    this.hasWaited = false;
    this.problems = joinProblems(this.form);
    this.photo = joinPhoto(this.form, (field, text) => this.problems.show({ [field]: text }, { keepOthers: true }));
  }

  async start() {
    this.useKey(takeReopened() || history.state?.reportKey || this.form.elements.key.value || newKey());
    restoreDraft(this.form, this.key);
    joinSpot(this.form, this.isSuggestion);
    this.joinTextCount();
    this.joinKinds();
    this.form.addEventListener("input", () => keepDraft(this.form, this.key));
    this.form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("pageshow", (event) => event.persisted && this.showWhatBecame());
    onOutboxChange(() => this.showWhatBecame());
    if (this.kinds) this.showKind(this.kindOfAddress() ?? this.form.elements.kind.value, { clears: false });
    await this.showWhatBecame();
  }

  get key() {
    return this.form.elements.key.value;
  }

  /** The key belongs to this entry of the history, so that Back finds the same form. */
  useKey(key) {
    this.form.elements.key.value = key;
    history.replaceState({ ...history.state, reportKey: key }, "");
  }

  // --- what is wrong ---------------------------------------------------------------------------------

  joinKinds() {
    if (!this.kinds) return;
    for (const link of this.kinds.querySelectorAll("[data-kind]")) {
      link.addEventListener("click", (event) => this.goTo(event, link.href, link.dataset.kind));
    }
    const change = this.article.querySelector("[data-change-kind]");
    change.addEventListener("click", (event) => this.goTo(event, change.href, ""));
    window.addEventListener("popstate", () => {
      this.useKey(history.state?.reportKey ?? this.key);
      this.showKind(this.kindOfAddress() ?? "");
      this.showWhatBecame();
    });
  }

  async goTo(event, address, kind) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const isUsed = (await outcomeOf(this.key).catch(() => null)) !== null;
    if (isUsed) this.empty();
    history.pushState({ reportKey: isUsed ? newKey() : this.key }, "", address);
    this.useKey(history.state.reportKey);
    this.showKind(kind);
    const title = (kind ? this.details : this.kinds).querySelector("h2");
    title.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  kindOfAddress() {
    const kind = new URLSearchParams(location.search).get("kind");
    return kind !== null && this.linkOf(kind) ? kind : null;
  }

  linkOf(kind) {
    return this.kinds.querySelector(`[data-kind="${CSS.escape(kind)}"]`);
  }

  showKind(kind, { clears = true } = {}) {
    if (clears) this.problems.clear();
    this.kinds.hidden = Boolean(kind);
    this.details.hidden = !kind;
    this.form.hidden = false;
    this.done.hidden = true;
    if (!kind) return;
    const link = this.linkOf(kind);
    this.form.elements.kind.value = kind;
    for (const part of this.form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind);
    for (const part of this.form.querySelectorAll("[data-not-for]")) part.hidden = part.dataset.notFor === kind;
    if (!link) return; // a kind that is not offered here, as when a one-tap report comes back
    this.article.querySelector("[data-kind-label]").textContent = link.textContent.trim();
    this.article.querySelector("[data-kind-hint]").textContent = link.dataset.hint;
    this.article.querySelector("[data-kind-mark]").setAttribute("href", `#report-${kind}`);
  }

  // --- sending ---------------------------------------------------------------------------------------

  async submit(event) {
    event.preventDefault();
    if (this.isSending) return;
    this.setSending(true);
    try {
      const hasPhoto = this.form.elements.photo.files.length > 0;
      const photo = await this.photo.current();
      if (hasPhoto && !photo) return; // it could not be read, which stands at its field now
      const problems = checkReport(this.form, photo);
      this.problems.show(problems, { focuses: true });
      if (Object.keys(problems).length) return;
      await this.send(this.report(photo));
    } finally {
      this.setSending(false);
    }
  }

  async send(report) {
    let found;
    try {
      found = await sendReport(report);
    } catch {
      this.form.submit(); // nothing can be kept on this phone: the plain form does
      return;
    }
    await this.showOutcome(found, { isNew: true });
  }

  report(photo) {
    const form = this.form.elements;
    const names = ["kind", "station", "text", "contact", "lon", "lat", "crs", "key"];
    const fields = names.filter((name) => form[name]?.value.trim()).map((name) => [name, form[name].value]);
    const ticked = [...this.form.querySelectorAll("input[name=services]:checked")].map(({ value }) => ["services", value]);
    const page = location.pathname + location.search;
    const about = { kind: form.kind.value, station: form.station?.value ?? "", name: this.form.dataset.reportName, page };
    const url = this.form.getAttribute("action");
    return { key: this.key, url, fields: [...fields, ...ticked], photo, about, madeAtMs: Date.now() };
  }

  setSending(isSending) {
    this.isSending = isSending;
    this.button.disabled = isSending;
    this.message.textContent = isSending ? t("report_sending") : "";
  }

  /** On Back, and when something was delivered: what has become of this form's report. */
  async showWhatBecame() {
    const found = await outcomeOf(this.key).catch(() => null);
    if (found && !this.isSending && !this.details.hidden) this.showOutcome(found, { isNew: false });
  }

  async showOutcome(found, { isNew }) {
    this.setSending(false);
    if (found?.outcome === "refused") {
      if (!isNew) this.fillAgain(found);
      await forgetSettled(this.key); // said here, not once more in the outbox line
      this.form.hidden = false;
      this.done.hidden = true;
      if (found.problems?.key) this.useKey(newKey());
      return this.problems.showAnswer(found);
    }
    forgetDraft(this.key);
    if (this.isSuggestion) forgetChosenSpot();
    if (found?.outcome === "sent" && isNew) return location.assign(`${found.url}?sent=new`);
    this.showDone(t(this.sentenceOf(found)), found?.url, isNew);
  }

  /** A report that was refused after it had waited: what was typed stands in the form again. */
  fillAgain({ fields = [], photo = null }) {
    fillForm(this.form, fields, fields.filter(([name]) => name === "services").map(([, value]) => value));
    if (photo) this.photo.put(photo);
    this.form.elements.text.dispatchEvent(new Event("input", { bubbles: true })); // counted, and kept as a draft
  }

  sentenceOf(found) {
    if (found?.outcome === "sent") return this.hasWaited ? "report_sent" : "report_already_sent";
    this.hasWaited = true;
    return found?.retryAtMs ? "report_kept_busy" : "report_kept";
  }

  showDone(sentence, url, takesFocus) {
    this.form.hidden = true;
    this.done.replaceChildren(
      el("p", { class: "report-thanks", role: "status" }, sentence),
      ...(url ? [el("p", {}, el("a", { class: "button", href: url }, t("report_follow")))] : []),
      el("p", {}, el("button", { type: "button", class: "button", onclick: () => this.startAnother() }, t("report_another"))),
    );
    this.done.hidden = false;
    if (takesFocus) this.done.focus();
  }

  startAnother() {
    this.empty();
    this.useKey(newKey());
    this.hasWaited = false;
    this.done.hidden = true;
    this.form.hidden = false;
    if (this.kinds) {
      history.pushState(history.state, "", this.article.querySelector("[data-change-kind]").href);
      this.showKind("");
      this.kinds.querySelector("h2").focus();
    } else this.form.elements.text.focus();
  }

  empty() {
    this.form.reset();
    for (const name of ["text", "contact", "lon", "lat"]) if (this.form.elements[name]) this.form.elements[name].value = "";
    for (const tick of this.form.querySelectorAll("input[name=services]")) tick.checked = false;
    this.photo.clear();
    this.problems.clear();
  }

  joinTextCount() {
    const { text } = this.form.elements;
    const left = this.form.querySelector("[data-left]");
    const show = () => {
      const count = text.maxLength - text.value.length;
      left.textContent = count <= 100 ? t("report_signs_left", { count }) : "";
    };
    text.addEventListener("input", show);
    show();
  }
}
