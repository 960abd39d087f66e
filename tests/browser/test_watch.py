"""The watch over browser tests sees what it is there to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.conftest import LiveServer, OpenContext, Watch


def test_an_error_in_the_console_is_seen(page: Page, watch: Watch) -> None:
    page.goto("/about")

    page.evaluate("console.error('broken')")

    watch.expect("console error: broken")


def test_an_exception_in_a_script_is_seen(page: Page, watch: Watch) -> None:
    page.goto("/about")

    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")

    watch.expect("exception: broken")


def test_a_request_to_another_host_is_seen(context_factory: OpenContext, watch: Watch) -> None:
    page = context_factory(bypass_csp=True).new_page()
    page.goto("/about")

    page.evaluate("fetch('http://127.0.0.2:8000/').catch(() => null)")

    watch.expect("request to another host: http://127.0.0.2:8000/")
    watch.problems.clear()  # the browser complains as well, in words of its own


def test_a_request_that_the_policy_stops_is_seen(page: Page, watch: Watch) -> None:
    page.goto("/about")

    page.evaluate("fetch('http://127.0.0.2:8000/').catch(() => null)")

    watch.expect("Content Security Policy")


def test_a_stopped_clock_stands_still(page: Page, stop_clock: Callable[[Page, datetime], None]) -> None:
    noon = datetime(2026, 11, 18, 4, tzinfo=UTC)
    stop_clock(page, noon)

    page.goto("/about")

    assert page.evaluate("Date.now()") == noon.timestamp() * 1000


def test_the_server_log_is_there_to_be_read(page: Page, live_server: LiveServer) -> None:
    page.goto("/about")

    assert "GET /about 200" in live_server.log()


def test_a_barrier_is_seen(page: Page, accessibility_problems: Callable[[Page], list[str]]) -> None:
    page.goto("/about")
    assert accessibility_problems(page) == []

    page.evaluate("document.querySelector('main').append(document.createElement('button'))")

    assert [problem for problem in accessibility_problems(page) if problem.startswith("button-name (critical)")]
