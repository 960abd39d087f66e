// The line that says what waits to be sent and what could not be, and the moments at which sending is tried.

import { clockTime } from "../clock.js";
import { el, replaceWhatDiffers } from "../dom.js";
import { t } from "../words.js";
import { openAgain } from "./reopen.js";
import { allSettled, forgetSettled } from "./database.js";
import { flushOutbox, onOutboxChange, waitingCount } from "./outbox.js";

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
const LITTLE_LATER_MS = 500; // a timer may come early

let timer = null;
let nextAtMs = null;
let pauseMs = FIRST_PAUSE_MS;

/** Shows the outbox in #outbox and sends what waits: now, when the connection is back, and when the page is. */
export function joinOutbox() {
  if (!("indexedDB" in window)) return;
  const line = document.getElementById("outbox") ?? newLine();
  if (line.dataset.joined) return; // another script of this page has done it
  line.dataset.joined = "yes";
  const draw = () => drawOutbox(line).catch(() => {});
  const send = (isUrgent) => flush(send, isUrgent).catch(() => planNext(send, null)).then(draw);
  const sendNow = () => send(true);
  onOutboxChange(() => {
    if (timer === null) planNext(send, null); // what a form could not send is tried again here
    draw();
  });
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") send(false);
  });
  line.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.dismiss) forgetSettled(button.dataset.dismiss).then(draw, draw);
    else if (button.dataset.again) openAgain(button.dataset.again, button.dataset.page);
    else sendNow();
  });
  send(false);
}

/** Above everything else that changes on the page, but not above its header. */
function newLine() {
  const line = el("div", { id: "outbox", hidden: true });
  const freshness = document.getElementById("freshness");
  if (freshness) freshness.after(line);
  else document.getElementById("main").prepend(line);
  return line;
}

/** Send what waits. What still waits then is tried again when its pause is over; without one, later and later. */
async function flush(send, isUrgent) {
  clearTimeout(timer);
  [timer, nextAtMs] = [null, null];
  const { sent, waiting, retryAtMs } = (await waitingCount()) ? await flushOutbox({ isUrgent }) : { sent: 0, waiting: 0 };
  if (sent || !waiting) pauseMs = FIRST_PAUSE_MS;
  if (waiting) planNext(send, retryAtMs);
}

function planNext(send, retryAtMs) {
  clearTimeout(timer);
  const waitMs = Math.min(retryAtMs === null ? pauseMs : Math.max(0, retryAtMs - Date.now()) + LITTLE_LATER_MS, LONGEST_PAUSE_MS);
  if (retryAtMs === null) pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  timer = setTimeout(send, waitMs, false);
  nextAtMs = Date.now() + waitMs;
}

async function drawOutbox(line) {
  const [count, settled] = [await waitingCount(), await allSettled()];
  const refused = settled.filter(({ outcome }) => outcome === "refused");
  replaceWhatDiffers(line, [...(count ? [waitingLine(count)] : []), ...refused.map(refusedLine)]);
  line.hidden = !line.firstChild;
}

function waitingLine(count) {
  return el("p", { class: "outbox-line", role: "status" },
    el("span", {}, t("outbox_waiting", { count }), nextAtMs !== null && ` ${t("outbox_next_try", { time: clockTime(nextAtMs) })}`),
    el("button", { type: "button", class: "button quiet" }, t("outbox_send_now")));
}

function refusedLine({ key, about, fields, detail, isExpired, problems }) {
  const sentences = Object.values(problems ?? {}).map(({ text }) => text);
  const reason = isExpired ? t("outbox_expired") : sentences.join(" ") || detail || t("report_problem");
  return el("p", { class: "outbox-line refused", role: "alert" },
    el("span", {}, t("outbox_refused", { reason })),
    fields && about.page && el("button", { type: "button", class: "button quiet", "data-again": key, "data-page": about.page }, t("outbox_open_again")),
    el("button", { type: "button", class: "button quiet", "data-dismiss": key }, t("outbox_dismiss")));
}
