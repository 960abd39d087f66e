// The line that says what waits to be sent and what could not be, and the moments at which sending is tried.

import { el } from "../dom.js";
import { t } from "../words.js";
import { allSettled, forgetSettled } from "./database.js";
import { flushOutbox, onOutboxChange, waitingCount } from "./outbox.js";

const LONGEST_TIMER_MS = 3_600_000;

let timer = null;

/** Shows the outbox in #outbox and sends what waits: now, when the connection is back, and when the page is. */
export function joinOutbox() {
  if (!("indexedDB" in window)) return;
  const line = document.getElementById("outbox") ?? newLine();
  if (line.dataset.joined) return; // another script of this page has done it
  line.dataset.joined = "yes";
  const draw = () => drawOutbox(line).catch(() => {});
  const send = () => flush().then(draw, draw);
  onOutboxChange(draw);
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") send();
  });
  line.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.dismiss) forgetSettled(button.dataset.dismiss).then(draw, draw);
    else send();
  });
  send();
}

/** Above everything else that changes on the page, but not above its header. */
function newLine() {
  const line = el("div", { id: "outbox", hidden: true });
  const freshness = document.getElementById("freshness");
  if (freshness) freshness.after(line);
  else document.getElementById("main").prepend(line);
  return line;
}

async function flush() {
  clearTimeout(timer);
  if (!(await waitingCount())) return;
  const { retryAtMs } = await flushOutbox();
  if (retryAtMs !== null) timer = setTimeout(flush, Math.min(Math.max(0, retryAtMs - Date.now()) + 500, LONGEST_TIMER_MS));
}

async function drawOutbox(line) {
  const [count, settled] = [await waitingCount(), await allSettled()];
  const refused = settled.filter(({ outcome }) => outcome === "refused");
  line.replaceChildren(
    ...(count ? [waitingLine(count)] : []),
    ...refused.map(refusedLine),
  );
  line.hidden = !line.firstChild;
}

function waitingLine(count) {
  return el("p", { class: "outbox-line", role: "status" },
    el("span", {}, t("outbox_waiting", { count })),
    el("button", { type: "button", class: "button quiet" }, t("outbox_send_now")));
}

function refusedLine({ key, detail, isExpired, problems }) {
  const sentences = Object.values(problems ?? {}).map(({ text }) => text);
  const reason = isExpired ? t("outbox_expired") : sentences.join(" ") || detail || t("report_problem");
  return el("p", { class: "outbox-line refused", role: "alert" },
    el("span", {}, t("outbox_refused", { reason })),
    el("button", { type: "button", class: "button quiet", "data-dismiss": key }, t("outbox_dismiss")));
}
