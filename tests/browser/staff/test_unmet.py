"""The planners' page of unmet needs on a phone: readable in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geodata.places import Place
from geodata.unmet.hour_parts import WHOLE_WEEK
from geodata.unmet.release import ShownSquare
from geodata.unmet.signal import ASKABLE, GridSquare
from mapapp.store import Store
from tests.browser.conftest import LiveServer
from tests.browser.staff.conftest import StaffPage

MONTH = "2026-01"


@pytest.fixture
def squares(staff_city: LiveServer, place: Place) -> None:
    """A closed month with squares, one of them with all its parts."""
    middle = GridSquare.around(place.center)
    store = Store(f"sqlite:///{staff_city.database_file}")
    shown = [
        ShownSquare(
            square=GridSquare(middle.lon_c + step, middle.lat_c),
            devices_at_least=5 + 5 * step,
            days_count=3 + step,
            signals_count=20 + step,
            hours=tuple((half, 10) for half in WHOLE_WEEK.halves()) if step == 0 else (),
            asked=tuple((thing, 10) for thing in ASKABLE) if step == 0 else (),
        )
        for step in range(4)
    ]
    with store.writing("command") as writer:
        writer.unmet.open_month(MONTH, "a" * 64)
        writer.unmet.close(MONTH, shown, datetime.now(UTC))
    store.close()


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ({}, "至少 20"),
        ({"color_scheme": "dark", "locale": "en-US"}, "at least 20"),
    ],
    ids=["Chinese", "English, dark"],
)
def test_the_page_is_readable_on_a_phone(
    staff_page: StaffPage,
    squares: None,
    accessibility_problems: Callable[[Page], list[str]],
    look: dict[str, Any],
    words: str,
) -> None:
    page = staff_page("planner", **look)
    page.goto("/planner/unmet")

    expect(page.locator("tbody")).to_contain_text(words)
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_layer_is_made_with_the_keyboard_alone(staff_page: StaffPage, squares: None) -> None:
    page = staff_page("planner")
    page.goto("/planner/unmet")
    page.locator("#title").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("42")
    page.keyboard.press("Enter")

    page.wait_for_url("**/planner/demand/layers/unmet-*")
    expect(page.locator("h1")).to_contain_text(f"未满足的需求 {MONTH}")
