// Where drafts lie on this device: apart by account and station.

const KEPT_AS = "stationmap.staff.draft.";

export function draftKey({ account, station }) {
  return `${KEPT_AS}${account}.${station}`;
}

/** The keys of all drafts there are, of one account or, without it, of anybody. */
export function draftKeys(account) {
  const from = account === undefined ? KEPT_AS : draftKey({ account, station: "" });
  try {
    return Object.keys(localStorage).filter((each) => each.startsWith(from));
  } catch {
    return []; // without storage there are no drafts
  }
}

export function removeDraft(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    /* nothing was kept */
  }
}
