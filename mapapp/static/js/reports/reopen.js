// From the line that says a report was refused, back to its form: the report's key travels in this tab's storage.

const KEPT_AS = "stationmap.report_again";

/** Open the form at `address` with what the refused report of that key holds. Without storage the form is empty. */
export function openAgain(key, address) {
  try {
    sessionStorage.setItem(KEPT_AS, key);
  } catch {
    /* the outcome stays in the line */
  }
  location.assign(address);
}

/** The key of the report to fill this form with, once; "" where there is none. */
export function takeReopened() {
  try {
    const key = sessionStorage.getItem(KEPT_AS) ?? "";
    sessionStorage.removeItem(KEPT_AS);
    return key;
  } catch {
    return "";
  }
}
