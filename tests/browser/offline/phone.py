"""A phone with a service worker, as its tests handle it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

from tests import patience

PAGES_CACHE = "stationmap-pages-"


def visit(page: Page, path: str = "/") -> None:
    """Open a page and wait until the worker has everything and answers for it."""
    page.goto(path)
    page.evaluate(
        """async () => {
          await navigator.serviceWorker.ready;
          if (navigator.serviceWorker.controller) return;
          await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
        }"""
    )


def flight_mode(page: Page, is_on: bool = True) -> None:
    """Switch the phone's flight mode."""
    page.context.set_offline(is_on)


def look_for_update(page: Page) -> None:
    """Have the browser compare the worker with the server's, and wait until what that starts has come out or failed."""
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          await registration.update().catch(() => {}); // a failed attempt is none of the page's business
          const worker = registration.installing;
          while (worker?.state === "installing") {
            await new Promise((changed) => worker.addEventListener("statechange", changed, { once: true }));
          }
        }"""
    )


def fails_to_install(page: Page) -> bool:
    """Whether the installation that is under way, or the next attempt, comes to nothing."""
    outcome: str = page.evaluate(
        """async () => {
          let registration;
          try {
            registration = await navigator.serviceWorker.register("/sw.js");
          } catch {
            return "redundant";
          }
          const worker = registration.installing ?? registration.active;
          while (!["activated", "redundant"].includes(worker.state)) {
            await new Promise((changed) => worker.addEventListener("statechange", changed, { once: true }));
          }
          return worker.state;
        }"""
    )
    return outcome == "redundant"


def kept(page: Page) -> dict[str, list[str]]:
    """Every address in the phone's cache, by the cache's name. Only while no cache is being thrown away."""
    found: dict[str, list[str]] = page.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const requests = await (await caches.open(name)).keys();
            found[name] = requests.map(({ url }) => new URL(url).pathname + new URL(url).search);
          }
          return found;
        }"""
    )
    return found


def versions(page: Page) -> list[str]:
    """The releases whose pages are on the phone, whole or in part. Looks without touching: opening a cache makes it."""
    names: list[str] = page.evaluate("() => caches.keys()")
    return [name.removeprefix(PAGES_CACHE) for name in names if name.startswith(PAGES_CACHE)]


def text_of(page: Page, address: str, **options: Any) -> str:
    """What a page's own script gets when it fetches an address."""
    text: str = page.evaluate("async ([url, options]) => (await fetch(url, options)).text()", [address, options])
    return text


def age(page: Page) -> Locator:
    """The quiet line that says how old the stations are."""
    return page.locator("#freshness .data-age")


def warnings(page: Page) -> Locator:
    """The loud ones."""
    return page.locator("#data-warnings .data-warning")


def eventually(is_so: Callable[[], bool], page: Page) -> bool:
    """Whether it becomes so before patience runs out; the page goes on meanwhile."""
    return patience.eventually(is_so, lambda seconds: page.wait_for_timeout(seconds * 1000))
