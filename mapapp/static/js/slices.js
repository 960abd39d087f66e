// Long work in short slices, so that a tap made meanwhile is answered at once.

const SLICE_MS = 12;

/** Call `step(item)` for each item, letting go of the page between slices. Resolves to false once `isStale()`. */
export async function inSlices(items, step, isStale) {
  let startedMs = performance.now();
  for (const item of items) {
    if (performance.now() - startedMs > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      if (isStale()) return false;
      startedMs = performance.now();
    }
    step(item);
  }
  return true;
}
