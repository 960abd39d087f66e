// A planner's page without a network: it says so, nothing is sent into the void, and what was asked goes on when the
// network is back. The note is of planning_nav (templates/planner/ask_parts.html); other pages have none.

const note = document.querySelector("[data-network]");
let held = null;

/** What the note says: "held" (asked when the network is back), "kept" (to be sent again), "waiting", or nothing. */
function say(which) {
  const words = which && note ? note.dataset[which] : "";
  if (note && note.textContent !== words) note.textContent = words;
}

/** A look at a job's progress got no answer; the job goes on without us. */
export const lost = () => say("waiting");

/** It got one. */
export const found = () => say("");

/** Hold back what would only lead to the browser's own error page, with everything typed. */
function hold(event) {
  if (navigator.onLine || !note) return;
  event.preventDefault();
  event.stopPropagation();
  const isQuestion = event.target.method === "get";
  held = isQuestion ? { form: event.target, submitter: event.submitter } : null;
  say(isQuestion ? "held" : "kept");
}

function goOn() {
  say("");
  if (held) held.form.requestSubmit(held.submitter);
  held = null;
}

if (note) {
  document.addEventListener("submit", hold, { capture: true });
  addEventListener("online", goOn);
}
