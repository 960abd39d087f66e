"""The page a phone draws from its own file says what the server's page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from geodata.places import Place
from tests.browser.conftest import LiveServer, OpenContext, Watch, serving
from tests.browser.real_stations import FULL_CODE, load_real_stations

CODES_COUNT: Final = 16

READ: Final = r"""() => {
  const text = (node) => node.innerText.replace(/\s+/g, " ").trim();
  const texts = (selector) => [...document.querySelectorAll(selector)].map(text);
  const state = document.querySelector(".answer > .state");
  const table = (section, number) => {
    const rows = document.querySelectorAll(`[aria-labelledby=hours-title] table`)[number]?.querySelectorAll("tbody tr") ?? [];
    return [...rows].map((row) => [...row.children].map(text));
  };
  return {
    title: document.title,
    head: texts(".station-head"),
    state: state.className,
    sentence: state.classList.contains("state-closing_soon") ? "" : text(state),
    warnings: texts(".answer > .station-door, .answer > .station-alert"),
    answers: texts(".answers > div"),
    icons: [...document.querySelectorAll(".ways-in use")].map((node) => node.getAttribute("href")),
    links: [...document.querySelectorAll(".vendors a")].map((node) => [text(node), node.getAttribute("href")]),
    bar: texts(".action-bar > .button"),
    phone: document.querySelector(".action-bar a[href^=tel]")?.getAttribute("href") ?? "",
    nearby: texts(".nearby .station-name, .nearby .station-facts"),
    week: table("hours", 0),
    exceptions: table("hours", 1),
    given: texts("[aria-labelledby=hours-title] > .hint:last-child"),
    services: texts(".offers li"),
    shelves: texts("[aria-labelledby=services-title] h3"),
    facts: texts(".facts > div"),
    order: [...document.querySelectorAll(".station-main section")].map((node) => node.getAttribute("aria-labelledby")),
  };
}"""


@pytest.fixture(scope="module")
def live_server(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The service over real stations: the links of both pages are compared too."""
    folder = tmp_path_factory.mktemp("drawn")
    load_real_stations(folder / "stations.sqlite3", folder / "data", place)
    with serving(folder / "stations.sqlite3", folder) as server:
        yield server


def answer_with_the_empty_page(page: Page) -> None:
    """From now on navigations to stations get the empty page, as they do without a network."""
    empty = page.request.get("/offline/station", headers={"Accept-Language": page.evaluate("navigator.language")})
    body, headers = empty.body(), empty.headers

    def answer(route: Route) -> None:
        if route.request.is_navigation_request():
            route.fulfill(status=200, headers=headers, body=body)
        else:
            route.continue_()

    page.route(re.compile(r"/(stations|s)/[^/]+$"), answer)


def without_what_the_file_lacks(read: dict[str, Any]) -> dict[str, Any]:
    """The server's page without the dates services were confirmed on."""
    services = [
        re.sub(r"( · )?(\d{4}-\d\d-\d\d 核实|confirmed \d{4}-\d\d-\d\d)$", "", each).strip()
        for each in read["services"]
    ]
    return read | {"services": services}


def some_codes(page: Page) -> list[str]:
    codes: list[str] = page.evaluate("async () => (await (await fetch('/data/stations.json')).json()).stations.code")
    step = len(codes) // CODES_COUNT
    return [FULL_CODE, *(code for code in codes[::step] if code != FULL_CODE)]


@pytest.mark.parametrize("language", ["zh-CN", pytest.param("en-US", marks=pytest.mark.long)])
def test_the_drawn_page_says_the_same_as_the_servers(context_factory: OpenContext, language: str) -> None:
    context = context_factory(locale=language)
    online, offline = context.new_page(), context.new_page()
    online.goto("/about")
    offline.goto("/about")
    answer_with_the_empty_page(offline)
    differing = {}

    for code in some_codes(online):
        answer = online.goto(f"/stations/{code}")
        assert answer is not None
        answered_at = parsedate_to_datetime(answer.headers["date"])
        offline.clock.set_fixed_time(answered_at.replace(second=0))  # a served page is of the beginning of its minute
        offline.goto(f"/stations/{code}")
        expect(offline.locator("#station")).to_have_attribute("aria-busy", "false")
        served, drawn = without_what_the_file_lacks(online.evaluate(READ)), offline.evaluate(READ)
        served_facts, drawn_facts = served.pop("facts"), drawn.pop("facts")
        assert [fact for fact in drawn_facts if fact not in served_facts] == []
        assert served["answers"], "something was read"
        assert served["order"]
        different = {name: (served[name], drawn[name]) for name in served if served[name] != drawn[name]}
        if different:
            differing[code] = different

    assert differing == {}


def test_the_drawn_page_says_what_can_be_seen_online_only(page: Page) -> None:
    page.goto("/about")
    answer_with_the_empty_page(page)

    page.goto(f"/stations/{FULL_CODE}")

    expect(page.locator(".station-aside")).to_contain_text("联网后可见")
    expect(page.locator(".report-buttons")).to_have_count(1)
    expect(page.locator("img")).to_have_count(0)


def test_the_drawn_pages_buttons_work(page: Page) -> None:
    page.goto("/about")
    answer_with_the_empty_page(page)
    page.goto(f"/stations/{FULL_CODE}")

    page.get_by_role("button", name="打开地图").click()
    expect(page.locator(".where .leaflet-popup .station-name")).to_have_text("测试(一)号驿站")
    page.get_by_role("button", name="看附近的站点").click()

    expect(page.locator("#list ol.stations .station").first).to_be_visible()


def test_a_code_scanned_without_a_network_starts_the_search_from_there(page: Page) -> None:
    page.goto("/about")
    answer_with_the_empty_page(page)

    page.goto(f"/s/{FULL_CODE}")

    expect(page.get_by_role("heading", level=1)).to_have_text("测试(一)号驿站")
    page.wait_for_function("sessionStorage.getItem('stationmap.place') !== null")


def test_a_station_that_the_phone_does_not_know_is_said_to_be_missing(page: Page) -> None:
    page.goto("/about")
    answer_with_the_empty_page(page)

    page.goto("/stations/YC-NOBODY")

    expect(page.get_by_role("alert")).to_contain_text("YC-NOBODY")
    expect(page.get_by_role("alert").get_by_role("link", name="列表")).to_have_attribute("href", "/")


def test_a_phone_without_the_file_says_what_to_do(page: Page, watch: Watch) -> None:
    page.goto("/about")
    answer_with_the_empty_page(page)
    page.route("**/data/stations.json", lambda route: route.abort())

    page.goto(f"/stations/{FULL_CODE}")

    expect(page.get_by_role("alert")).to_contain_text("还不能在没有网络时显示这个站点")
    watch.expect("ERR_FAILED")


HOURS: Final = """async ([spans, special, nowMin]) => {
  const { hoursAhead } = await import("/static/js/station/hours.js");
  const start = Date.UTC(2026, 8, 27, 16) / 1000;  // Monday 2026-09-28 00:00 in China
  const window = { starts_at_s: start, utc_offset_min: 480, days: 17 };
  const { firstDayNumber } = await import("/static/js/clock.js");
  const specialDays = new Map(special.map(([day, names]) => [firstDayNumber(window) + day, names]));
  const { today, week, exceptions } = hoursAhead({ spans, window }, { specialDays }, (start + nowMin * 60) * 1000);
  const told = (day) => [day.date, day.weekday, day.times.join(",")];
  return { today: told(today), week: week.map(told), exceptions: exceptions.map(told) };
}"""
DAY: Final = 1440


def hours_of(
    page: Page, spans: list[list[int]], special: list[Any] | None = None, now_min: int = DAY
) -> dict[str, Any]:
    page.goto("/about")
    read: dict[str, Any] = page.evaluate(HOURS, [spans, special or [], now_min])
    return read


def test_a_night_belongs_to_the_day_it_begins_on(page: Page) -> None:
    nights = [[day * DAY + 1200, day * DAY + 1560] for day in range(16)]

    read = hours_of(page, nights, now_min=DAY + 60)

    assert read["today"] == ["09-29", 1, "20:00–02:00"]
    assert read["exceptions"] == []


def test_a_span_of_many_days_is_a_whole_day_on_each(page: Page) -> None:
    read = hours_of(page, [[0, 17 * DAY]])

    assert {times for _, _, times in read["week"]} == {"00:00–24:00"}


def test_the_end_of_a_long_span_is_its_last_days(page: Page) -> None:
    read = hours_of(page, [[DAY + 480, 3 * DAY + 360]])

    assert [times for _, _, times in read["week"][:3]] == ["08:00–24:00", "00:00–24:00", "00:00–06:00"]


def test_holidays_are_exceptions_from_the_week_and_not_the_week(page: Page) -> None:
    holidays = range(3, 10)  # 1 to 7 October
    open_days = [[day * DAY + 480, day * DAY + 1080] for day in range(17) if day not in holidays]

    read = hours_of(page, open_days, [[day, ["国庆节", "National Day"]] for day in holidays])

    assert {times for _, _, times in read["week"]} == {"08:00–18:00"}
    assert [date for date, _, _ in read["exceptions"]] == [f"10-0{day}" for day in range(1, 8)]


def test_only_days_that_the_file_knows_are_named(page: Page) -> None:
    read = hours_of(page, [[0, 17 * DAY]], now_min=14 * DAY + 5)

    assert len(read["week"]) == 3
