"""There is no suitable station near here: offered only then, sent only when agreed to, and nothing but what is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import OpenContext, Watch
from tests.browser.map_page import HERE, tick, use_coordinates
from tests.browser.station_file import StationFile, change_stations

TYPED = f"{HERE['longitude']}, {HERE['latitude']}"
BUTTON = "这附近没有合适的驿站"


def close_all(file: StationFile) -> None:
    """Every station is closed for a time."""
    closed = file["codes"]["life_cycles"].index("temporarily_closed")
    file["stations"]["life_cycle"] = [closed] * len(file["stations"]["code"])


def open_all(file: StationFile) -> None:
    """Every station is open around the clock."""
    day = next(number for number, schedule in enumerate(file["schedules"]) if schedule.get("is_24h"))
    active = file["codes"]["life_cycles"].index("active")
    count = len(file["stations"]["code"])
    file["stations"] |= {"schedule": [day] * count, "life_cycle": [active] * count}


def sent_by(page: Page) -> list[Request]:
    """Every signal the page sends from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return sent


def search_in_vain(page: Page) -> Locator:
    """Search from a place without a good answer; the button that says so."""
    change_stations(page, close_all)
    page.goto("/")
    use_coordinates(page, TYPED)
    button = offer_of(page)
    expect(button).to_be_visible()
    return button


def offer_of(page: Page) -> Locator:
    return page.get_by_role("button", name=BUTTON)


def panel(page: Page) -> Locator:
    return page.locator("#unmet-panel")


def status(page: Page) -> Locator:
    return page.locator("#unmet [role=status]")


@pytest.fixture
def agree(page: Page) -> Callable[[], None]:
    def do() -> None:
        offer_of(page).click()
        panel(page).get_by_role("button", name="同意并发送").click()

    return do


def test_it_is_not_offered_without_a_place_nor_where_a_station_near_is_open(page: Page) -> None:
    change_stations(page, open_all)
    page.goto("/")
    expect(page.locator("#list .station").first).to_be_visible()
    without_place = offer_of(page).count()
    use_coordinates(page, TYPED)
    expect(page.locator("#list ol.stations")).to_be_visible()

    assert without_place == 0
    assert offer_of(page).count() == 0


def test_it_is_not_offered_to_who_looks_for_a_name_or_stands_in_another_city(page: Page) -> None:
    button = search_in_vain(page)

    page.locator("#q").fill("没有这样的名字")
    expect(button).to_have_count(0)
    page.locator("#q").fill("")
    expect(button).to_be_visible()
    use_coordinates(page, "121.47, 31.23")
    expect(button).to_have_count(0)


def test_it_is_not_offered_from_hours_that_are_out_of_date(page: Page) -> None:
    def outdate(file: StationFile) -> None:
        close_all(file)
        file["window"]["starts_at_s"] -= 400 * 24 * 3600

    change_stations(page, outdate)
    page.goto("/")
    use_coordinates(page, TYPED)
    expect(page.locator("#count")).to_have_text("0 个站点")

    assert offer_of(page).count() == 0


def test_a_good_answer_is_within_a_kilometre_and_lets_one_in(page: Page) -> None:
    page.goto("/")
    good = page.evaluate(
        """async () => {
          const { hasNoGoodAnswer } = await import("/static/js/unmet.js");
          const bounds = { west: 106, south: 38, east: 107, north: 39 };
          const of = (distanceM, state) => !hasNoGoodAnswer({
            question: { place: { lon: 106.5, lat: 38.5 }, text: "" }, nowMs: 0,
            data: { window: { starts_at_s: 0, days: 1 } }, answer: { found: [{ distanceM, arrival: { state } }] },
          }, { normM: 1000, bounds });
          return [of(1000, "open"), of(1000, "closing_soon"), of(1000.01, "open"), of(10, "closed"), of(10, "unknown"),
            of(10, "temporarily_closed")];
        }"""
    )

    assert good == [True, True, False, False, False, False]


def test_nothing_is_sent_before_somebody_agrees(page: Page) -> None:
    sent = sent_by(page)
    button = search_in_vain(page)

    button.click()
    expect(panel(page)).to_contain_text("38.49，106.23")
    panel(page).get_by_role("button", name="不发送").click()
    expect(panel(page)).to_be_hidden()

    assert sent == []
    expect(button).to_be_focused()


def test_only_square_hour_and_filters_are_sent(page: Page, agree: Callable[[], None]) -> None:
    sent = sent_by(page)
    search_in_vain(page)
    tick(page, "services", "toilet")

    agree()
    expect(status(page)).to_contain_text("已发送")

    bodies = [json.loads(request.post_data or "") for request in sent]
    hour = bodies[0].pop("hour")
    assert 0 <= hour < 168
    assert bodies[0] == {
        "cell": [10623, 3849],
        "filters": {"kinds": [], "services": ["toilet"], "open_late": False, "always_open": False},
    }
    assert len(bodies) == 2  # once for the cookie, once with it
    carried = " ".join((request.post_data or "") + request.url + str(request.headers) for request in sent)
    assert "106.231" not in carried
    assert "38.487" not in carried
    assert {cookie["name"] for cookie in page.context.cookies()} == {"device"}


def test_another_search_offers_it_anew(page: Page, agree: Callable[[], None]) -> None:
    button = search_in_vain(page)
    agree()
    expect(status(page)).to_contain_text("已发送")
    expect(button).to_be_disabled()

    tick(page, "kind", "driver_home")

    expect(button).to_be_enabled()
    expect(status(page)).to_be_empty()


def test_without_a_connection_it_says_so_and_keeps_nothing(page: Page, agree: Callable[[], None], watch: Watch) -> None:
    button = search_in_vain(page)
    kept_before = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")

    page.context.set_offline(True)
    agree()
    expect(status(page)).to_contain_text("没有网络")

    watch.expect("ERR_INTERNET_DISCONNECTED")
    expect(button).to_be_enabled()
    assert page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])") == kept_before


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"json": {"state": "again"}, "status": 202}, "不保存 Cookie"),
        ({"json": {"detail": "明天再来"}, "status": 422, "content_type": "application/problem+json"}, "明天再来"),
        ({"body": "<h1>Hotel</h1>", "content_type": "text/html"}, "暂时无法接收"),
    ],
    ids=["no cookies", "refused", "a page of somebody else's"],
)
def test_what_came_of_it_is_said(
    page: Page, agree: Callable[[], None], watch: Watch, answer: dict[str, Any], words: str
) -> None:
    search_in_vain(page)
    page.route("**/unmet", lambda route: route.fulfill(**answer))

    agree()
    expect(status(page)).to_contain_text(words)

    if answer.get("status") == 422:
        watch.expect("422")


@pytest.mark.parametrize(
    "look",
    [{"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 640}, "locale": "en-US"}],
    ids=["dark", "small in English"],
)
def test_the_open_question_has_no_accessibility_problems(
    context_factory: OpenContext, accessibility_problems: Callable[[Page], list[str]], look: dict[str, Any]
) -> None:
    page = context_factory(**look).new_page()
    change_stations(page, close_all)
    page.goto("/")
    use_coordinates(page, TYPED)

    page.locator("#unmet > button").click()
    expect(panel(page)).to_be_visible()

    assert accessibility_problems(page) == []
    boxes = [button.bounding_box() for button in page.locator("#unmet button").all()]
    assert all(box is not None and box["height"] >= 48 and box["x"] >= 0 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
