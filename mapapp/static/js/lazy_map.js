// The map, fetched the first time it is asked for and never before.

import { inTimeLimit } from "./time_limit.js";

/** The map of a page: `open()` fetches and draws it once; `layer` is null until then. */
export class LazyMap {
  #finder;
  #assets;
  #actions;
  #opening = null;

  constructor(finder, assets, actions) {
    this.#finder = finder;
    this.#assets = assets;
    this.#actions = actions;
    this.layer = null;
  }

  /** Resolves to the layer; rejects when something did not arrive, and may then be tried again. */
  open() {
    this.#opening ??= this.#draw().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #draw() {
    const { styles, scripts, code, fragment } = this.#assets;
    // All of it into the browser's cache at once: what runs below then waits for no network, and a file that
    // is missing is noticed here, where it can be tried again.
    await Promise.all([...styles, ...scripts, code, fragment].map(arrived));
    await Promise.all(styles.map(addStyle));
    for (const url of scripts) await addScript(url); // a plugin needs its library before it
    const { drawMap } = await import(code);
    this.layer = await drawMap(this.#finder, fragment, this.#actions);
    return this.layer;
  }
}

function arrived(url) {
  return inTimeLimit(async (signal) => {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    await answer.arrayBuffer();
  });
}

/** Before the page's own stylesheet, whose rules shall win. */
function addStyle(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return added(link, () => document.querySelector("link[rel=stylesheet]").before(link));
}

function addScript(src) {
  const script = Object.assign(document.createElement("script"), { src });
  return added(script, () => document.head.append(script));
}

function added(node, add) {
  return new Promise((resolve, reject) => {
    node.onload = resolve;
    node.onerror = () => {
      node.remove();
      reject(new Error(node.src || node.href));
    };
    add();
  });
}
