// What every page does for the days without a network: it brings the service worker onto the phone, looks
// for a newer one now and then, and lets the language links lead back to the page one is on.

const LOOK_FOR_UPDATES_EVERY_MS = 3_600_000;

const { worker } = document.querySelector("script[data-worker]").dataset;

/** Absent where the page came over plain http: there browsers allow no worker. */
if ("serviceWorker" in navigator) {
  if (document.readyState === "complete") bringWorker();
  else addEventListener("load", bringWorker, { once: true });
}

// A kept page was made for another address than the one it is shown under.
for (const link of document.querySelectorAll("a[data-language]")) {
  link.addEventListener("click", () => {
    const here = new URL(location.href);
    here.searchParams.set("lang", link.dataset.language);
    if (new URL(link.href).pathname.includes("/offline/")) link.href = here.pathname + here.search;
  });
}

/** After the page's own needs: what is fetched from now on is for another day. */
async function bringWorker() {
  try {
    const registration = await navigator.serviceWorker.register(worker, { updateViaCache: "none" });
    let lookedAtMs = Date.now();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - lookedAtMs < LOOK_FOR_UPDATES_EVERY_MS) return;
      lookedAtMs = Date.now();
      registration.update().catch(() => {});
    });
  } catch {
    // A private window, no room, no network: the page works as a page does.
  }
}
