// What the browser's Back does: it closes what lies over the page, else undoes the last change of the question.

/**
 * The page's entries in the browser's history. `addressOf()` is the address of the present question;
 * `follow()` asks what the address now says.
 */
export class Trail {
  #addressOf;
  #follow;
  #over = []; // what lies over the page, the topmost last: {close, openedAt}
  #ownSteps = 0; // steps back that we took ourselves

  constructor(addressOf, follow) {
    this.#addressOf = addressOf;
    this.#follow = follow;
    window.addEventListener("popstate", () => this.#onBack());
  }

  /** The question has changed. Typing, and changes made in something over the page, add no entry. */
  changed(isTyping = false) {
    const address = this.#addressOf();
    if (address === here()) return;
    if (isTyping || this.#over.length) history.replaceState(history.state, "", address);
    else history.pushState(null, "", address);
  }

  /** Something now lies over the page; Back will call `close`. */
  opened(close) {
    this.#over.push({ close, openedAt: here() });
    history.pushState({ over: this.#over.length }, "");
  }

  /** The topmost was closed by hand: its entry goes, or becomes that of the changes made in it. */
  closed() {
    const { openedAt } = this.#over.pop();
    if (openedAt === here()) {
      this.#ownSteps += 1;
      history.back();
    } else {
      history.replaceState(null, "");
    }
  }

  /** Everything over the page was closed, by leaving for another view. */
  allClosed() {
    if (this.#over.length) history.replaceState(null, "");
    this.#over = [];
  }

  #onBack() {
    if (this.#ownSteps > 0) {
      this.#ownSteps -= 1;
    } else if (this.#over.length) {
      this.#over.pop().close();
      this.changed();
    } else {
      this.#follow();
    }
  }
}

const here = () => location.pathname + location.search;
