// All filters as one panel: beside the list on wide screens; on phones it comes up from below, in reach of a thumb.

/** Join the panel to the button that opens it. `trail` lets Back close it. */
export function joinFilterSheet(panel, opener, trail) {
  const backdrop = document.getElementById("filters-backdrop");
  const services = panel.querySelector("details.services");
  const isOpen = () => opener.getAttribute("aria-expanded") === "true";

  const show = (open) => {
    opener.setAttribute("aria-expanded", String(open));
    opener.parentElement.classList.toggle("filters-are-open", open);
    panel.toggleAttribute("data-open", open);
    backdrop.hidden = !open;
  };
  const open = () => {
    show(true);
    services.open = true;
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
    trail.opened(() => show(false));
  };
  const close = () => {
    if (!isOpen()) return;
    show(false);
    trail.closed();
    opener.focus();
  };

  opener.addEventListener("click", () => (isOpen() ? close() : open()));
  panel.querySelector("#filters-done").addEventListener("click", close);
  backdrop.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  return { hide: () => show(false) };
}
