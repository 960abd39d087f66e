// The one holder of stations, question and answer. List and map listen to it and draw the same thing.

import { search } from "./search.js";

const RECOMPUTE_EVERY_MS = 30_000;

/** What is asked before anybody has chosen anything. `open: null` means: on as soon as a place is set. */
export function emptyQuestion() {
  return {
    place: null,
    text: "",
    kinds: new Set(),
    services: new Set(),
    entryMethods: new Set(),
    districts: new Set(),
    open: null,
    openLate: false,
    alwaysOpen: false,
    mode: "walk",
    order: "useful",
  };
}

/** Whether only stations open on arrival (without a place: open now) are asked for. */
export function asksForOpen(question) {
  return (question.open ?? (question.place ? "arrival" : "any")) === "arrival";
}

export class Finder {
  #listeners = [];

  constructor(question, clock = Date.now) {
    this.question = question;
    this.clock = clock;
    this.data = null;
    this.answer = null;
    this.nowMs = clock();
  }

  /** Call `listener(finder)` after every new answer. */
  onAnswer(listener) {
    this.#listeners.push(listener);
    if (this.answer) listener(this);
  }

  /** Take the stations in, answer, and keep the answer fresh as time passes. */
  start(data) {
    this.data = data;
    this.#search();
    setInterval(() => document.hidden || this.#search(), RECOMPUTE_EVERY_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.#search());
  }

  /** Take newer or more stations in, with them part of another question, and answer again. */
  update(data, changes = {}) {
    this.data = data;
    if (Object.keys(changes).length) this.question = { ...this.question, ...changes }; // else it stays the same object
    this.#search();
  }

  /** Change part of the question. */
  ask(changes) {
    this.question = { ...this.question, ...changes };
    this.#search();
  }

  /** The answer to the question with some parts changed, without asking it. */
  preview(changes) {
    return this.#answer({ ...this.question, ...changes });
  }

  #answer(question) {
    return search(this.data, { ...question, open: asksForOpen(question) ? "arrival" : "any" }, this.nowMs);
  }

  #search() {
    if (this.data === null) return;
    this.nowMs = this.clock();
    this.answer = this.#answer(this.question);
    this.#listeners.forEach((listener) => listener(this));
  }
}
