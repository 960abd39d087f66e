// The import's pages: the one that waits looks again by itself, and what is chosen row by row is kept at once.

import { found, lost } from "../../planner/network.js";
import { page, t, urls } from "../../words.js";

const LOOK_AGAIN_MS = 1000;

document.querySelector("[autofocus]")?.focus();

const waiting = document.querySelector("[data-progress]");
if (waiting && urls.progress) lookAgain();

function lookAgain() {
  setTimeout(async () => {
    try {
      const answer = await fetch(urls.progress, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok && answer.status < 500) return location.reload(); // signed out, or gone: the page itself says so
      const progress = await answer.json();
      if (progress.ended) return location.reload();
      found();
      show(progress);
    } catch {
      lost(); // the next look may have a connection
    }
    lookAgain();
  }, LOOK_AGAIN_MS);
}

function show({ phase, done, total, percent }) {
  const bar = waiting.querySelector("progress");
  if (percent === null) bar.removeAttribute("value");
  else bar.value = percent;
  const words = total ? t("percent", { phase, done, total }) : phase;
  const line = document.getElementById("progress-words");
  if (line.textContent !== words) line.textContent = words;
}

const choices = document.querySelector("[data-choices]");
let sending = Promise.resolve();
choices?.addEventListener("change", () => {
  const body = new FormData(choices);
  sending = sending.then(() => keep(body)); // one after the other, so that the last choice is the one that holds
});

async function keep(body) {
  const said = document.getElementById("kept");
  try {
    const headers = { Accept: "application/json", "X-CSRF-Token": page.csrf };
    const answer = await fetch(choices.action, { method: "POST", body, headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const { kept, saving } = await answer.json();
    said.textContent = kept;
    const line = document.getElementById("saving");
    if (line) line.textContent = saving;
  } catch {
    said.textContent = t("failed");
  }
}
