// A time limit for what the network does: a connection that hangs is given up, and said to have failed.

const LIMIT_MS = 30_000;

/** The result of `work(signal)`; rejects when it takes longer than the limit. */
export async function inTimeLimit(work) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LIMIT_MS);
  try {
    return await work(patience.signal);
  } finally {
    clearTimeout(timer);
  }
}
