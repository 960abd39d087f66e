"""Every page of a city full of hostile text, in a real browser: nothing comes alive, nothing is asked of anybody else.

The watch of ``tests.browser.conftest`` fails a test for any error in the console, a violation of the content security
policy among them, and for a request to another host.
"""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Dialog

from tests.browser.conftest import PHONE
from tests.browser.hostile.conftest import ClientOf, HostileCity, OpenAs
from tests.hostile.crawler import Crawler
from tests.hostile.words import HTML, MARK
from tests.mapapp.staff.world import OWN_STATION

OWN_PAGES: Final = {"admin": "/staff", "planner": "/planner", "nobody": ""}
"""Where the pages begin that are somebody's: others may not see what was sent in there."""
STARTS: Final = {
    "admin": ("/staff/people", "/staff/tokens", "/staff/stations", f"/staff/stations/{OWN_STATION}", "/staff"),
    "planner": ("/planner", "/planner/coverage"),
    "nobody": ("/", "/stations", f"/stations/{OWN_STATION}"),
}
ALIVE: Final = f"""() => ({{
  ran: window.{MARK} === undefined ? null : 'a script ran',
  made: [...document.querySelectorAll('x-{MARK}, [{MARK}], [src*="{MARK}"], [href^="javascript:" i], [href*="evil.example"]')]
    .map(each => each.outerHTML.slice(0, 120)),
}})"""
WRITING_ORDER: Final = """() => {
  const wrong = [];
  let count = 0;
  for (const link of [...document.querySelectorAll('main a, main strong, main span')]) {
    if (!link.textContent.includes('\\u202e')) continue;
    const probe = document.createTextNode('12');
    link.after(probe);
    const range = document.createRange();
    const at = index => { range.setStart(probe, index); range.setEnd(probe, index + 1); return range.getBoundingClientRect(); };
    count += 1;
    if (at(0).left > at(1).left) wrong.push(link.outerHTML.slice(0, 80));
    probe.remove();
  }
  return { count, wrong };
}"""
"""Characters put behind a name stand in the order they are written in."""
WIDE: Final = {"width": 1440, "height": 900}


def addresses(city: HostileCity, client_of: ClientOf, person: str, most: int) -> list[str]:
    """The pages of what was planted, and those that somebody finds by following links: ``most`` of each kind."""
    begin = OWN_PAGES[person]
    planted = [path for path in city.planted.pages if begin == _first_part(path)]
    crawler = Crawler(city.app, client_of(person), most_of_each=most, sends_forms=False, follows_links=most > 1)
    crawler.go(*STARTS[person], *planted)
    assert crawler.problems == []
    return [path for path, status in crawler.pages.items() if status == 200 and crawler.is_page(path)]


def _first_part(path: str) -> str:
    return next((begin for begin in OWN_PAGES.values() if begin and path.startswith(begin)), "")


@pytest.mark.parametrize(
    ("viewport", "most"),
    [
        (WIDE, 1),
        pytest.param(WIDE, 3, marks=pytest.mark.long),
        pytest.param(PHONE, 3, marks=pytest.mark.long),
        pytest.param({"width": 834, "height": 1112}, 3, marks=pytest.mark.long),
    ],
)
def test_hostile_text_is_inert_on_every_page(
    hostile_city: HostileCity,
    client_of: ClientOf,
    signed_in_context: OpenAs,
    viewport: dict[str, int],
    most: int,
) -> None:
    dialogs: list[str] = []
    counts: dict[str, int] = {}
    for person in OWN_PAGES:
        page = signed_in_context("keeper_own" if person == "nobody" else person, viewport=viewport).new_page()
        page.on("dialog", lambda dialog: _refuse(dialog, dialogs))
        for path in addresses(hostile_city, client_of, person, most):
            page.goto(path, wait_until="load")
            found = page.evaluate(ALIVE)
            counts[person] = counts.get(person, 0) + 1
            assert (found["ran"], found["made"]) == (None, []), path

    print(f"{viewport['width']} px: {counts} pages")
    assert dialogs == []
    assert min(counts.values()) >= 4


def _refuse(dialog: Dialog, dialogs: list[str]) -> None:
    dialogs.append(dialog.message)
    dialog.dismiss()


def test_a_popup_and_a_list_show_hostile_names_as_text(signed_in_context: OpenAs) -> None:
    page = signed_in_context("keeper_own", viewport=WIDE).new_page()
    page.goto(f"/?q={OWN_STATION}")
    row = page.locator("#list .station").first
    row.get_by_role("button").click()

    popup = page.locator(".leaflet-popup .station-name")
    popup.wait_for()

    assert popup.inner_text() == HTML[:60].strip()
    assert page.evaluate(ALIVE)["made"] == []


def test_a_name_written_backwards_leaves_its_neighbours_where_they_are(signed_in_context: OpenAs) -> None:
    """U+202E turns round whatever follows it in the same line, unless each text is a line of its own to the browser."""
    page = signed_in_context("admin", viewport=WIDE).new_page()
    counts = []
    for path in ("/stations", "/staff/stations", "/staff/people", "/staff/tokens", "/staff/reports", "/"):
        page.goto(path)
        order = page.evaluate(WRITING_ORDER)
        counts.append(order["count"])
        assert order["wrong"] == [], path

    assert sum(counts) > 3
