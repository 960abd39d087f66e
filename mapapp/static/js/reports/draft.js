// What was typed into a form, kept in this tab until it is sent: phones put a page away while its camera is open.

const KEPT_AS = "stationmap.report.";
const NAMES = ["text", "contact", "lon", "lat", "crs"];

/** Keep what is in the form now. */
export function keepDraft(form, key) {
  const typed = NAMES.filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]);
  const services = [...form.querySelectorAll("input[name=services]:checked")].map(({ value }) => value);
  try {
    sessionStorage.setItem(KEPT_AS + key, JSON.stringify({ typed, services }));
  } catch {
    /* without storage the form works until the page is left */
  }
}

/** Put what was kept back into the form, unless the page came with something in it. */
export function restoreDraft(form, key) {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT_AS + key));
  } catch {
    return;
  }
  if (kept) fillForm(form, kept.typed, kept.services);
}

/** Put [name, text] pairs into the fields that are empty, and tick the services. */
export function fillForm(form, typed, services) {
  for (const [name, text] of typed) {
    const field = NAMES.includes(name) ? form.elements[name] : null;
    if (field && (!field.value || name === "crs")) field.value = text;
  }
  for (const tick of form.querySelectorAll("input[name=services]")) {
    if (services.includes(tick.value)) tick.checked = true;
  }
}

/** The report is on its way: nothing needs to be kept. */
export function forgetDraft(key) {
  try {
    sessionStorage.removeItem(KEPT_AS + key);
  } catch {
    /* nothing was kept */
  }
}
