"""The list under the reader's eyes: what is read or focused stays, and its rows are the server's."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext
from tests.browser.map_page import open_map_page, rows, use_coordinates
from tests.browser.station_file import StationFile, change_stations

EVERY_MONTH = 0xFFF
DRAW = """async ([before, after]) => {
  const { el, replaceWhatDiffers } = await import("/static/js/dom.js");
  const row = ([code, words]) => el("li", { "data-code": code }, el("a", { href: "#" }, words), el("button", {}, "map"));
  const parts = (drawn) => [el("ol", { class: "stations" }, drawn.map(row)), el("button", { id: "more" }, "more")];
  const root = el("div");
  document.body.append(root);
  replaceWhatDiffers(root, parts(before));
  const kept = new Map([...root.querySelectorAll("li")].map((each) => [each.dataset.code, each]));
  root.querySelector("[data-code=B] button").focus();
  replaceWhatDiffers(root, parts(after));
  const focused = document.activeElement;
  const read = [...root.querySelectorAll("li")];
  root.remove();
  return {
    read: read.map((each) => [each.dataset.code, each.firstChild.textContent]),
    kept: read.filter((each) => kept.get(each.dataset.code) === each).map((each) => each.dataset.code),
    focus: [focused.tagName, focused.parentElement.dataset.code],
  };
}"""
SERVICES = """(root) => Object.fromEntries([...document.querySelectorAll(`${root} .station`)].map((row) => [
  row.querySelector(".station-name a").textContent.trim(), row.querySelector(".station-services")?.textContent ?? ""]))"""
PLACE = ("106.2313", "38.4872")


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        ([["A", "a"], ["B", "changed"], ["C", "c"]], ["A", "C"]),
        ([["C", "c"], ["B", "b"], ["A", "a"]], ["C", "B", "A"]),
        ([["B", "b"], ["D", "d"]], ["B"]),
        ([["C", "changed"], ["B", "changed"]], []),
    ],
)
def test_only_rows_that_differ_are_exchanged_and_the_focus_stays(page: Page, after: Any, kept: list[str]) -> None:
    page.goto("/about")

    found = page.evaluate(DRAW, [[["A", "a"], ["B", "b"], ["C", "c"]], after])

    assert found == {"read": after, "kept": kept, "focus": ["BUTTON", "B"]}


def test_a_button_of_the_empty_list_hands_the_focus_to_the_count(page: Page) -> None:
    page.goto("/?services=shower,tyre_pump,laundry&always_open=true&kind=worker_home")
    button = page.locator("#list .empty button").last
    button.focus()

    page.keyboard.press("Enter")

    expect(rows(page).first).to_be_visible()
    expect(page.locator("#count")).to_be_focused()


RENEW = """async () => {
  const { Finder, emptyQuestion } = await import("/static/js/finder.js");
  const { loadStations } = await import("/static/js/data.js");
  const { showList } = await import("/static/js/list.js");
  const [list, countLine, orderLine] = ["div", "p", "p"].map((tag) => document.createElement(tag));
  const finder = new Finder(emptyQuestion());
  showList({ list, countLine, orderLine }, finder, {});
  const data = await loadStations("/data/stations.json");
  finder.update(data);
  const count = () => list.querySelectorAll(".station").length;
  const first = count();
  list.querySelector(".more").click();
  const more = count();
  finder.update({ ...data });
  return [first, more, count()];
}"""


def test_renewed_data_leave_the_list_as_long_as_it_was(page: Page) -> None:
    open_map_page(page)

    assert page.evaluate(RENEW) == [30, 60, 60]


def test_a_service_in_season_is_named_in_the_order_of_the_services(page: Page) -> None:
    def in_season(file: StationFile) -> None:
        columns, codes = file["stations"], file["codes"]["services"]
        for row in range(len(columns["code"])):
            columns["services"][row] = 1 << 1
            columns["seasonal"][str(row)] = [[0, EVERY_MONTH]]
        services.extend(file["codes"]["services"][:2])
        assert len(codes) > 2

    services: list[str] = []
    change_stations(page, in_season)
    open_map_page(page)

    labels = page.evaluate(
        "(codes) => codes.map((code) => JSON.parse(document.getElementById('page-data').textContent).labels.services[code])",
        services,
    )
    assert rows(page).first.locator(".station-services").inner_text() == "、".join(labels)


def test_phone_and_server_name_the_same_services(page: Page, context_factory: OpenContext) -> None:
    plain = context_factory(java_script_enabled=False).new_page()
    plain.goto("/")
    plain.get_by_label("经度", exact=True).fill(PLACE[0])
    plain.get_by_label("纬度", exact=True).fill(PLACE[1])
    plain.get_by_label("列出几个").fill("20")
    plain.get_by_role("button", name="查找站点").click()
    expect(plain.locator(".station")).to_have_count(20)
    server = plain.evaluate(SERVICES, "#main")
    page.goto("/")
    use_coordinates(page, ", ".join(PLACE))
    expect(page.locator("#list ol .station").first).to_be_visible()

    phone = page.evaluate(SERVICES, "#list")

    shared = server.keys() & phone.keys()
    assert len(shared) > 10
    assert {name: phone[name] for name in shared} == {name: server[name] for name in shared}
