"""At the station with a phone: the distance of the pin, one press for all, and no barrier on any page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Request, expect

from geodata.places import Place
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION

STATION: Final = f"/staff/verify/{OWN_STATION}"
PAGES: Final = ("/staff/verify?all=1", STATION, "/staff/dashboard")
STATES: Final = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": {"width": 360, "height": 640}},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1440, "height": 900}},
]


def near_the_pin(place: Place, north_deg: float) -> dict[str, Any]:
    """A phone that stands so far north of the own station and may say so."""
    spot = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    position = {"longitude": spot.lon, "latitude": spot.lat + north_deg, "accuracy": 12}
    return {"geolocation": position, "permissions": ["geolocation"]}


@pytest.mark.parametrize("state", STATES, ids=["light phone", "dark desk"])
def test_no_page_has_a_barrier_or_is_wider_than_the_screen(
    staff_page: StaffPage, accessibility_problems: Callable[[Page], list[str]], state: dict[str, Any]
) -> None:
    page = staff_page("editor_own", **state)
    problems: list[str] = []
    for path in PAGES:
        page.goto(path)
        problems += accessibility_problems(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append(f"{path} is wider than the screen")

    page.goto(STATION)
    page.locator(".all-as-before").click()
    page.locator(".notice.success").wait_for()

    assert problems + accessibility_problems(page) == []


def test_on_a_phone_the_dashboards_first_column_stays_in_sight(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", **STATES[0])
    page.goto("/staff/dashboard")
    table, second = page.locator(".table").nth(0), page.locator(".table").nth(1)
    district = table.locator("tbody th").first
    before = district.bounding_box()

    table.evaluate("region => { region.scrollLeft = 200 }")

    assert table.evaluate("region => region.scrollLeft") == 200
    assert before == district.bounding_box()
    assert second.evaluate(
        "region => region.offsetTop - region.previousElementSibling.offsetTop"
    ) > 20 + table.evaluate("region => region.offsetHeight")


def test_on_a_phone_how_many_wait_for_a_station_takes_no_room_from_its_words(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", **STATES[0])
    page.goto("/staff/verify?all=1")
    row = page.locator(".queue-row").first

    words_end, row_end = (
        part.evaluate("part => part.getBoundingClientRect().right") for part in (row.locator(".queue-what"), row)
    )

    assert abs(words_end - row_end) < 1


def test_the_phone_says_how_far_the_pin_is_and_tells_nobody(staff_page: StaffPage, place: Place) -> None:
    page = staff_page("keeper_own", locale="zh-CN", **near_the_pin(place, 0.0005))
    page.goto(STATION)
    page.wait_for_load_state("networkidle")
    sent: list[str] = []

    def note(request: Request) -> None:
        sent.append(request.url)

    page.on("request", note)

    page.get_by_role("button", name="图钉离这里有多远？").click()

    expect(page.locator(".pin-distance [role=status]")).to_have_text("图钉距此处 56 米（误差 ±12 米）。")
    assert sent == []


def test_a_pin_far_away_is_doubted(staff_page: StaffPage, place: Place) -> None:
    page = staff_page("keeper_own", locale="zh-CN", **near_the_pin(place, 0.05))
    page.goto(STATION)

    page.get_by_role("button", name="图钉离这里有多远？").click()

    expect(page.locator(".pin-distance [role=status]")).to_have_text("图钉距此处 5.6 公里。您在站点旁边吗？")


def test_without_scripts_a_station_is_confirmed_and_taken_back(staff_page: StaffPage) -> None:
    page = staff_page("keeper_own", java_script_enabled=False)
    page.goto("/staff/verify")
    page.locator(".queue-name").first.click()

    page.locator(".all-as-before").click()
    expect(page.locator(".fact-group .badge.good")).to_have_count(3)
    page.locator(".notice.success form button").click()

    expect(page.locator(".fact-group .badge.good")).to_have_count(0)


def test_with_the_keyboard_alone_a_group_is_confirmed(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(STATION)
    page.locator("button[name=group][value=hours]").focus()

    page.keyboard.press("Enter")

    expect(page.locator(".notice.success")).to_be_focused()
    expect(page.locator(".fact-group .badge.good")).to_have_count(1)
