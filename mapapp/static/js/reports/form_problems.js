// What is wrong with a report, at its fields: found here before it is kept, or by the server after.

import { convert } from "../geo.js";
import { isFarAway } from "../place.js";
import { page, t } from "../words.js";

const FIELDS = { services: "services", place: "lon", text: "text", photo: "photo", contact: "contact" };
const NAMES_SERVICES = ["broken", "supplies_out"];
const NUMBER = /^-?\d{1,3}(\.\d{1,20})?$/;

/** The problems the server would find, by field; a phone without a network cannot ask it. */
export function checkReport(form, photo) {
  const { kind, text, lon, lat, crs } = form.elements;
  const problems = {};
  const words = text.value.trim();
  const [east, north] = [lon?.value.trim() ?? "", lat?.value.trim() ?? ""];
  if (NAMES_SERVICES.includes(kind.value) && !words && !form.querySelector("input[name=services]:checked")) {
    problems.services = t("report_problem_services_missing");
  }
  if (kind.value === "suggest_site" && !east && !north) problems.place = t("report_problem_place_missing");
  else if (east || north) {
    const problem = problemOfPlace(east, north, crs?.value);
    if (problem) problems.place = t(problem);
  }
  if (kind.value === "other" && !words && !photo) problems.text = t("report_problem_text_missing");
  return problems;
}

function problemOfPlace(east, north, crs) {
  if (!NUMBER.test(east) || !NUMBER.test(north)) return "report_problem_place_unreadable";
  const [typedLon, typedLat] = [Number(east), Number(north)];
  if (Math.abs(typedLon) > 180 || Math.abs(typedLat) > 90) return "report_problem_place_unreadable";
  const [lon, lat] = convert(typedLon, typedLat, crs || "wgs84", "wgs84");
  return isFarAway({ lon, lat }, page.bounds) ? "report_problem_place_far_away" : null;
}

/** Shows problems at the form's fields and takes them away again. */
export function joinProblems(form) {
  const detail = form.querySelector("[data-report-detail]");

  const showOne = (field, text) => {
    const line = form.querySelector(`[data-problem="${field}"]`);
    if (!line) return false;
    line.textContent = text;
    for (const control of controlsOf(form, field)) {
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    const fold = text ? line.closest("details") ?? (field === "place" ? form.querySelector(".typed-spot") : null) : null;
    if (fold) fold.open = true;
    return true;
  };

  const clear = () => {
    detail.textContent = "";
    for (const field of Object.keys(FIELDS)) showOne(field, "");
  };

  const show = (problems, { keepOthers = false, focuses = false } = {}) => {
    if (!keepOthers) clear();
    const shown = Object.entries(problems).filter(([field, text]) => showOne(field, text));
    if (focuses && shown.length) controlsOf(form, shown[0][0])[0]?.focus();
    return shown;
  };

  return {
    clear,
    show,
    /** A refusal of the server: its sentences at the fields, and those that belong to none above the form. */
    showAnswer({ detail: sentence, problems = {} }) {
      const texts = Object.fromEntries(Object.entries(problems).map(([field, { text }]) => [field, text]));
      const shown = show(texts, { focuses: true });
      const homeless = Object.entries(texts).filter(([field]) => !shown.some(([name]) => name === field));
      detail.textContent = [...homeless.map(([, text]) => text), shown.length ? "" : sentence].filter(Boolean).join(" ");
      if (!shown.length) detail.scrollIntoView({ block: "center" });
    },
  };
}

function controlsOf(form, field) {
  if (field === "services") return [];
  if (field === "place") return [form.elements.lon, form.elements.lat].filter(Boolean);
  return [form.elements[FIELDS[field]]].filter(Boolean);
}
