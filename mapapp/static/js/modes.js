// How the visitor travels, remembered on this device from one visit to the next.

const KEPT_AS = "stationmap.mode";

/** The mode used last, or null. */
export function keptMode() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

/** Remember the mode; storage may be forbidden, then it is just not kept. */
export function keepMode(mode) {
  try {
    localStorage.setItem(KEPT_AS, mode);
  } catch {
    /* the address still holds it */
  }
}
