// On phones the list lies over the map as a sheet with three heights: dragged, or moved by its buttons.

const HEIGHTS = ["peek", "half", "full"];
const FLICK_PX_PER_MS = 0.5;

export class ListSheet {
  #panel;
  #trail;
  #up;
  #down;

  constructor(panel, handle, trail) {
    this.#panel = panel;
    this.#trail = trail;
    [this.#up, this.#down] = ["up", "down"].map((name) => handle.querySelector(`[data-sheet=${name}]`));
    this.#up.addEventListener("click", () => this.#step(1));
    this.#down.addEventListener("click", () => this.#step(-1));
    handle.addEventListener("pointerdown", (event) => this.#drag(event, handle));
    this.#set("peek");
  }

  /** Let most of the map be seen again; Back is told. */
  lower() {
    this.#moveTo("peek");
  }

  /** The view has changed: start low, whatever Back knows. */
  reset() {
    this.#set("peek");
  }

  get #height() {
    return this.#panel.dataset.height;
  }

  #set(height) {
    if (height === "peek" && this.#height !== "peek") this.#panel.scrollTop = 0; // only then may it have been scrolled
    this.#panel.dataset.height = height;
    this.#panel.style.height = "";
    this.#up.disabled = height === "full";
    this.#down.disabled = height === "peek";
  }

  #step(by) {
    const pressed = by > 0 ? this.#up : this.#down;
    const hadFocus = document.activeElement === pressed;
    this.#moveTo(HEIGHTS[HEIGHTS.indexOf(this.#height) + by]);
    if (hadFocus && pressed.disabled) (by > 0 ? this.#down : this.#up).focus();
  }

  #moveTo(height) {
    const wasLow = this.#height === "peek";
    this.#set(height);
    if (wasLow && height !== "peek") this.#trail.opened(() => this.#set("peek"));
    if (!wasLow && height === "peek") this.#trail.closed();
  }

  /** The sheet follows the finger; let go, it takes the nearest height, or the next one after a flick. */
  #drag(start, handle) {
    if (start.target.closest("button")) return;
    const panel = this.#panel;
    const from = panel.offsetHeight;
    let last = { y: start.clientY, at: start.timeStamp, speed: 0 };
    const move = (event) => {
      const speed = (last.y - event.clientY) / Math.max(1, event.timeStamp - last.at);
      last = { y: event.clientY, at: event.timeStamp, speed };
      panel.style.height = `${from + start.clientY - event.clientY}px`;
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      this.#moveTo(this.#heightAfter(panel.offsetHeight, last.speed));
    };
    panel.classList.add("is-dragged");
    handle.setPointerCapture(start.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => { panel.classList.remove("is-dragged"); end(); }, { once: true });
  }

  #heightAfter(heightPx, speed) {
    const room = this.#panel.offsetParent?.clientHeight ?? window.innerHeight;
    if (Math.abs(speed) > FLICK_PX_PER_MS) {
      const next = HEIGHTS.indexOf(this.#height) + Math.sign(speed);
      return HEIGHTS[Math.min(HEIGHTS.length - 1, Math.max(0, next))];
    }
    if (heightPx > room * 0.75) return "full";
    return heightPx > room * 0.35 ? "half" : "peek";
  }
}
