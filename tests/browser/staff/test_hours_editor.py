"""The hours editor in a browser: words, week and rule in step, by keyboard, by pointer and by script alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.mapapp.staff.world import OWN_STATION

STATION: Final = f"/staff/stations/{OWN_STATION}"
BAR_HOURS: Final = 30
SPANS_MODULE: Final = "/static/js/staff/hours/spans.js"

StaffPage = Callable[..., Page]


@pytest.fixture
def page(staff_page: StaffPage) -> Page:
    """The form of the editor's own station, every day 8:30 to 18:00."""
    page = staff_page("editor_own")
    page.goto(f"{STATION}#part-when")
    expect(times(page, "星期一")).to_have_value("08:30-18:00")
    page.locator(".week-bars").click()
    return page


def words(page: Page) -> Locator:
    return page.locator("[name=hours_text]")


def rule(page: Page) -> Locator:
    return page.locator("[name=hours_rule]")


def times(page: Page, day: str) -> Locator:
    return page.get_by_role("textbox", name=f"{day}的时间")


def said(page: Page) -> Locator:
    return page.locator("[data-said]")


def edge(page: Page, day: str, which: str) -> Locator:
    return page.get_by_role("slider", name=f"{day}，{which}")


def drag(page: Page, day: str, from_hour: float, to_hour: float) -> None:
    """Press on a day's bar at one hour and let go at another."""
    track = page.get_by_role("group", name=f"{day}的横条").locator(".bar-track")
    track.scroll_into_view_if_needed()
    page.evaluate("y => scrollBy(0, y)", 200)  # from under what sticks to the bottom
    box = track.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * from_hour / BAR_HOURS, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to_hour / BAR_HOURS, middle, steps=6)
    page.mouse.up()


def test_on_a_phone_a_day_is_one_row_and_its_bar_comes_when_asked_for(page: Page) -> None:
    row = page.locator(".week-line").first
    with_bar = row.bounding_box()
    page.locator(".week-bars").click()
    without = row.bounding_box()

    assert with_bar is not None
    assert without is not None
    assert without["height"] <= 60 < with_bar["height"]
    expect(edge(page, "星期一", "结束")).to_be_hidden()
    expect(page.locator(".hours-days")).to_be_hidden()


def test_words_fill_the_week_and_the_rule_and_say_the_next_days(page: Page) -> None:
    words(page).fill("周一至周五 8:30-12:00, 14:30-18:00；周末、节假日休息")

    expect(rule(page)).to_have_value("Mo-Fr 08:30-12:00,14:30-18:00; PH off")
    expect(times(page, "星期五")).to_have_value("08:30-12:00 14:30-18:00")
    expect(times(page, "星期六")).to_have_value("")
    expect(said(page)).to_contain_text("周一至周五 08:30-12:00，14:30-18:00；周六、周日休息；节假日休息")
    expect(page.locator(".hours-days li")).to_have_count(14)


def test_a_rule_fills_the_words_and_the_week(page: Page) -> None:
    page.get_by_text("OSM 规则").click()
    rule(page).fill("Mo-Sa 20:00-02:00")

    expect(words(page)).to_have_value("周一至周六 20:00-次日02:00；周日休息")
    expect(times(page, "星期三")).to_have_value("20:00-02:00")


def test_times_typed_for_a_day_change_the_words_and_the_rule(page: Page) -> None:
    times(page, "星期日").fill("9点到12点")

    expect(rule(page)).to_have_value("Mo-Sa 08:30-18:00; Su 09:00-12:00")
    expect(words(page)).to_have_value("周一至周六 08:30-18:00；周日 09:00-12:00")


def test_a_line_that_cannot_be_read_says_so_where_it_is_and_the_rest_stays(page: Page) -> None:
    times(page, "星期日").fill("9点")

    expect(times(page, "星期日")).to_have_attribute("aria-invalid", "true")
    expect(times(page, "星期日")).to_have_accessible_description(re.compile("「9点」只有一个时刻，缺少开始或结束。"))
    expect(rule(page)).to_have_value("Mo-Su 08:30-18:00")
    expect(said(page)).to_contain_text("开放时间未知")


def test_arrow_keys_move_an_edge_by_a_quarter_of_an_hour(page: Page) -> None:
    closes = edge(page, "星期一", "结束")
    closes.press("ArrowRight")
    closes.press("PageUp")
    edge(page, "星期一", "开始").press("ArrowLeft")

    expect(closes).to_have_attribute("aria-valuetext", "19:15")
    expect(rule(page)).to_have_value("Mo 08:15-19:15; Tu-Su 08:30-18:00")


def test_an_edge_can_be_dragged_past_midnight(page: Page) -> None:
    drag(page, "星期五", 18, 26)

    expect(rule(page)).to_have_value("Mo-Th,Sa-Su 08:30-18:00; Fr 08:30-02:00")
    expect(edge(page, "星期五", "结束")).to_have_attribute("aria-valuetext", "次日 02:00")


def test_a_second_span_is_drawn_on_the_free_part_of_a_bar(page: Page) -> None:
    drag(page, "星期二", 20, 22)

    expect(times(page, "星期二")).to_have_value("08:30-18:00 20:00-22:00")
    expect(rule(page)).to_have_value("Mo,We-Su 08:30-18:00; Tu 08:30-18:00,20:00-22:00")


def test_a_span_is_removed_by_its_edge_and_the_delete_key(page: Page) -> None:
    edge(page, "星期日", "开始").press("Delete")

    expect(rule(page)).to_have_value("Mo-Sa 08:30-18:00")
    expect(times(page, "星期日")).to_be_focused()


def test_a_day_is_copied_to_others(page: Page) -> None:
    times(page, "星期一").fill("9:00-17:00")
    page.get_by_role("button", name="把星期一复制到…").click()
    page.get_by_role("group", name="把星期一复制到：").get_by_role("button", name="周一至周五").click()

    expect(rule(page)).to_have_value("Mo-Fr 09:00-17:00; Sa-Su 08:30-18:00")
    expect(page.get_by_role("button", name="把星期一复制到…")).to_be_focused()


def test_holidays_are_as_usual_closed_or_have_times_of_their_own(page: Page) -> None:
    holidays = page.get_by_role("combobox", name="节假日")

    holidays.select_option("closed")
    expect(rule(page)).to_have_value("Mo-Su 08:30-18:00; PH off")

    holidays.select_option("own")
    times(page, "节假日").fill("10:00-16:00")
    expect(rule(page)).to_have_value("Mo-Su 08:30-18:00; PH 10:00-16:00")


def test_a_contradiction_is_said_at_once(page: Page) -> None:
    words(page).fill("24 小时, 但周日关闭")

    expect(said(page)).to_contain_text("「24 小时」与「周日关闭」矛盾。")
    expect(said(page)).to_contain_text("开放时间未知")


def test_hours_by_season_are_no_week_and_say_so(page: Page) -> None:
    words(page).fill("5月至9月 8:00-20:00；10月至4月 8:30-18:00")

    expect(page.get_by_text("这个时间随季节或日期变化")).to_be_visible()
    expect(times(page, "星期一")).to_be_hidden()

    page.get_by_role("button", name="改用普通周表").click()
    expect(times(page, "星期一")).to_be_focused()


def test_without_an_answer_nothing_typed_is_lost(page: Page, watch: Any) -> None:
    page.context.set_offline(True)
    words(page).fill("每天 8-18点")

    expect(said(page)).to_contain_text("暂时无法读取，保存时会再读一次。")
    expect(words(page)).to_have_value("每天 8-18点")
    watch.expect("ERR_INTERNET_DISCONNECTED")


def test_what_is_saved_before_it_was_read_is_what_was_dragged(page: Page) -> None:
    page.route(re.compile("/staff/hours/read"), lambda _route: None)  # never answered
    drag(page, "星期五", 18, 20)

    posted = page.evaluate("() => Object.fromEntries(new FormData(document.querySelector('[name=hours_text]').form))")

    assert posted["hours_source"] == "week"
    assert "[510,1200]" in posted["hours_week"]


def test_the_editor_is_accessible_with_a_problem_and_a_panel_open(
    page: Page, accessibility_problems: Callable[[Page], list[str]]
) -> None:
    page.get_by_role("button", name="把星期一复制到…").click()
    times(page, "星期日").fill("9点")
    expect(times(page, "星期日")).to_have_attribute("aria-invalid", "true")

    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


EDITS: Final = [
    ("withEdge([[540, 720], [780, 1080]], 0, 1, 900)", [[540, 780], [780, 1080]]),
    ("withEdge([[540, 720]], 0, 0, 900)", [[705, 720]]),
    ("withEdge([[540, 720]], 0, 1, 9000)", [[540, 1980]]),
    ("withMoved([[540, 720], [780, 1080]], 0, 120)", [[600, 780], [780, 1080]]),
    ("withMoved([[540, 720]], 0, -9000)", [[0, 180]]),
    ("withMoved([[540, 720]], 0, 9000)", [[1425, 1605]]),
    ("withNew([[540, 720]], 800, 900)", [[540, 720], [800, 900]]),
    ("withNew([[540, 720]], 800, 600)", [[540, 720], [720, 800]]),
    ("withNew([[540, 720]], 600, 650)", None),
    ("withNew([], 1500, 1600)", None),
    ("lineText([[0, 1440], [1200, 1560]])", "00:00-24:00 20:00-02:00"),
]


def test_edits_of_a_day_keep_its_spans_apart(page: Page) -> None:
    module = f"import({SPANS_MODULE!r})"
    names = "withEdge, withMoved, withNew, lineText"
    edits = ", ".join(f"() => {edit}" for edit, _ in EDITS)

    found = page.evaluate(
        f"async () => {{ const {{ {names} }} = await {module}; return [{edits}].map((edit) => edit()); }}"
    )

    assert found == [expected for _, expected in EDITS]
