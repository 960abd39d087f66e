"""The browser's background synchronisation: it comes again only where the worker says that something still waits."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenContext, Watch
from tests.browser.offline.phone import flight_mode, visit

SYNCHRONISE = """async () => {
  self.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
  const event = new SyncEvent("sync", { tag: "reports" });
  let promise = null;
  event.waitUntil = (given) => { promise = given; };
  self.dispatchEvent(event);
  return promise.then(() => "resolved", () => "rejected");
}"""


def test_the_worker_fails_while_a_report_waits(context_factory: OpenContext, watch: Watch) -> None:
    context = context_factory(service_workers="allow")
    page = context.new_page()
    visit(page, "/")
    worker = context.service_workers[0]
    assert worker.evaluate(SYNCHRONISE) == "resolved"
    flight_mode(page)
    page.goto("/stations/YC-S0001/report?kind=locked")
    page.locator("[data-report-send]").click()
    expect(page.locator("#outbox")).to_be_visible()

    assert worker.evaluate(SYNCHRONISE) == "rejected"
    watch.problems = [problem for problem in watch.problems if "Failed to load resource" not in problem]
