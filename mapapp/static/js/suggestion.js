// A spot tapped on the map, on its way to the page where a site is suggested. It travels in this tab's
// storage: no address and no request holds it until the visitor sends the suggestion.

const KEPT_AS = "stationmap.suggestion";

/** Keep the spot for the page that is about to open; without storage that page asks for it again. */
export function keepSuggestedSpot({ lon, lat }) {
  try {
    sessionStorage.setItem(KEPT_AS, JSON.stringify({ lon, lat }));
  } catch {
    /* asked for again there */
  }
}
