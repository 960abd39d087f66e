// How long the network may take where something is kept that would do as well.

const USUAL_MS = 2500;
const AFTER_A_FAILURE_MS = 700;
const FAILURES_COUNT_FOR_MS = 60_000;

let lastFailureMs = -Infinity;

/** The network's answer if it comes in time; rejects when it is late, or fails. */
export async function inTime(network) {
  const isInTrouble = Date.now() - lastFailureMs < FAILURES_COUNT_FOR_MS;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("late")), isInTrouble ? AFTER_A_FAILURE_MS : USUAL_MS);
  });
  try {
    const answer = await Promise.race([network, late]);
    lastFailureMs = -Infinity;
    return answer;
  } catch (error) {
    if (!isInTrouble) lastFailureMs = Date.now(); // a slow network gets its full time again after a minute
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
