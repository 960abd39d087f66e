// From a page to the outbox and, if there is a connection, on to the server.

import { flushOutbox, outcomeOf, putInOutbox, SYNC_TAG } from "./outbox.js";

const PATIENCE_MS = 8_000;

/**
 * Keep a report and try to deliver it. Resolves to its outcome (see `outcomeOf`) or, if that takes too long,
 * to {outcome: "waiting"} while the delivery goes on. Rejects only when nothing can be kept on this phone.
 */
export async function sendReport(report) {
  await putInOutbox(report);
  askForSync();
  const delivered = flushOutbox().then(() => outcomeOf(report.key));
  const waiting = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, { outcome: "waiting", retryAtMs: 0 }));
  return Promise.race([delivered, waiting]);
}

/** Have the browser wake the service worker when the connection is back, where it can. */
function askForSync() {
  navigator.serviceWorker?.ready.then((registration) => registration.sync?.register(SYNC_TAG)).catch(() => {});
}
