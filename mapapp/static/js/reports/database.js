// What of reports is kept on this phone: those that wait to be sent, and what became of those that were.
// IndexedDB, because the service worker reads it too. No word of the page, so that it runs there as well.

const NAME = "stationmap.reports";
const VERSION = 1;
const WAITING = "waiting"; // by order; the same key cannot wait twice
const SETTLED = "settled"; // by key
const MOST_SETTLED = 50;

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const waiting = request.result.createObjectStore(WAITING, { keyPath: "order", autoIncrement: true });
      waiting.createIndex("key", "key", { unique: true });
      request.result.createObjectStore(SETTLED, { keyPath: "key" });
    };
    request.onblocked = () => reject(new Error("blocked"));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        opening = null;
      };
      resolve(request.result);
    };
  });
  opening.catch(() => {
    opening = null;
  });
  return opening;
}

/** Run `work(stores)` in one transaction; resolves to the result of the request that it returns. */
async function transact(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([WAITING, SETTLED], mode);
    const request = work({ waiting: transaction.objectStore(WAITING), settled: transaction.objectStore(SETTLED) });
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}

/** Put a report at the end of the queue. One that waits already, or has been settled, is left as it is. */
export async function addWaiting(report) {
  await transact("readwrite", ({ waiting, settled }) => {
    settled.get(report.key).onsuccess = ({ target }) => {
      if (target.result) return;
      waiting.index("key").getKey(report.key).onsuccess = (found) => {
        if (found.target.result === undefined) waiting.add(report);
      };
    };
  });
}

/** The waiting reports, oldest first. */
export function allWaiting() {
  return transact("readonly", ({ waiting }) => waiting.getAll());
}

/** How many wait. */
export function countWaiting() {
  return transact("readonly", ({ waiting }) => waiting.count());
}

/** Change a waiting report, for example when it may be tried again. */
export function changeWaiting(report) {
  return transact("readwrite", ({ waiting }) => waiting.put(report));
}

/** Take a report out of the queue and keep what became of it: both or neither. */
export async function settle(report, outcome) {
  await transact("readwrite", ({ waiting, settled }) => {
    waiting.delete(report.order);
    settled.put(outcome);
  });
  await dropOldest();
}

/** What became of the reports of this phone, newest first. */
export async function allSettled() {
  const outcomes = await transact("readonly", ({ settled }) => settled.getAll());
  return outcomes.sort((a, b) => b.settledAtMs - a.settledAtMs);
}

/** What became of one report, or undefined. */
export function settledOf(key) {
  return transact("readonly", ({ settled }) => settled.get(key));
}

/** Forget what became of a report, or of all. */
export function forgetSettled(key) {
  return transact("readwrite", ({ settled }) => (key ? settled.delete(key) : settled.clear()));
}

async function dropOldest() {
  for (const { key } of (await allSettled()).slice(MOST_SETTLED)) await forgetSettled(key);
}
