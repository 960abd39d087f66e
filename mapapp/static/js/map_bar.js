// On phones the zoom buttons stand with the legend in a bar above the map, where they cover no mark.

/** Keep the buttons where the window's width wants them: in the bar, or in the map's corner. */
export function joinMapBar(map, bar) {
  const buttons = map.zoomControl.getContainer();
  const corner = buttons.parentElement;
  const narrow = matchMedia("(max-width: 899px)");
  const place = () => (narrow.matches ? bar : corner).append(buttons);
  narrow.addEventListener?.("change", place);
  place();
}
