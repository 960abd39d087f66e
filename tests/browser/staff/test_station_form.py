"""A station's form in a browser: the pin, the link, the draft; and without scripts the whole way to saved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from mapapp.services.accounts.desk import AccountDesk
from tests.browser.conftest import LiveServer, Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_STATION, signed_in_as

PAGE: Final = f"/staff/stations/{OWN_STATION}"
STATES: Final = [
    {"color_scheme": "light", "locale": "zh-CN"},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1440, "height": 900}},
]


def drafts(page: Page) -> list[str]:
    """What is kept on the device."""
    kept: list[str] = page.evaluate("Object.values(localStorage)")
    return kept


def wait_until_no_draft_is_left(page: Page) -> None:
    """Scripts run a moment after what they belong to is seen."""
    page.wait_for_function("Object.keys(localStorage).length === 0")


def unfold(page: Page, part: str) -> None:
    """Open a part of the form as one does by hand."""
    page.locator(f"#part-{part}:not([open]) > summary").click()


def check(page: Page) -> None:
    """Press the form's button."""
    page.locator(".save-bar button").click()
    page.locator("#reason").wait_for()


def save(page: Page, reason: str = "现场核实") -> None:
    """Look once more and save."""
    page.fill("#reason", reason)
    page.locator("button[value=save]").click()
    page.locator(".saved-notice").wait_for()


def test_without_scripts_a_station_is_changed_saved_and_taken_back(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", java_script_enabled=False)
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")
    unfold(page, "when")
    page.fill("#hours_text", "9:00-17:00")

    check(page)
    save(page)
    page.locator(".saved-notice form button").click()

    expect(page.locator("h1")).to_have_text("东街驿站")


def test_back_from_a_saved_station_is_its_form_and_no_question_to_send_it_again(
    staff_page: StaffPage, watch: Watch
) -> None:
    page = staff_page("editor_own")
    page.goto("/staff/stations")
    page.goto(PAGE)
    page.fill("#name", "")
    page.locator(".save-bar button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    watch.expect("400")
    page.fill("#name", "南门驿站")
    check(page)
    save(page)

    page.go_back()
    expect(page.locator("#name")).to_have_value("南门驿站")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "back_forward"


@pytest.mark.parametrize("state", STATES, ids=["light phone", "dark desk"])
def test_no_page_of_a_station_has_a_barrier(
    staff_page: StaffPage, accessibility_problems: Callable[[Page], list[str]], watch: Watch, state: dict[str, Any]
) -> None:
    page = staff_page("editor_own", **state)

    def find() -> list[str]:
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return [*accessibility_problems(page), *(["the page is wider than the screen"] if wide else [])]

    page.goto("/staff/stations")
    problems = find()
    page.goto(f"{PAGE}#part-where")
    page.locator("[data-open-map]").click()
    page.locator(".map-place").wait_for()
    problems += find()
    page.fill("#name", "")
    page.locator(".save-bar button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    problems += find()
    page.fill("#name", "新东街驿站")
    check(page)
    problems += find()
    _other_saves(staff_page, "别的名字")
    page.fill("#reason", "更正")
    page.locator("button[value=save]").click()
    page.locator(".conflict").wait_for()
    problems += find()
    page.goto(f"{PAGE}/history")
    problems += find()

    assert not problems
    watch.expect("400")
    watch.expect("409")


def test_the_pin_and_the_coordinates_agree(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(f"{PAGE}#part-where")
    before = page.input_value("#lon")
    page.locator("[data-open-map]").click()
    page.locator(".map-place").wait_for()

    for _ in range(3):
        page.locator(".map-place").press("Shift+ArrowRight")

    expect(page.locator("#lon")).not_to_have_value(before)
    assert float(page.input_value("#lon")) > float(before)
    expect(page.locator("[data-found-district]")).to_have_text("区县：兴庆区")


def test_a_link_shared_by_a_map_sets_the_position(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto("/staff/stations/new")
    page.select_option("#crs", "gcj02")

    page.fill("[data-shared-link]", "https://uri.amap.com/marker?position=106.280000,38.470000&name=x")

    expect(page.locator("#lon")).to_have_value("106.280000")
    expect(page.locator("[data-other-systems]")).to_contain_text("WGS-84")
    expect(page.locator("[data-found-district]")).to_contain_text("区")


def test_a_place_outside_the_city_is_warned_of_while_typing(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto("/staff/stations/new")

    page.fill("#lon", "116.4")
    page.fill("#lat", "39.9")

    expect(page.locator("[data-where-warnings] li")).to_have_count(1)


def test_a_closed_tab_costs_nothing(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")
    unfold(page, "door")
    page.locator("[name='entry.qr']").check()
    context = _closed(page)

    again = context.new_page()
    again.goto(PAGE)
    again.locator("[data-draft-offer] button").first.click()

    expect(again.locator("#name")).to_have_value("新东街驿站")
    expect(again.locator("[name='entry.qr']")).to_be_checked()


def test_a_network_that_fails_costs_nothing(staff_page: StaffPage, watch: Watch) -> None:
    page = staff_page("editor_own")
    page.goto(f"{PAGE}#part-where")
    page.fill("#town", "某街道")
    page.context.set_offline(True)
    page.locator(".save-bar button").click()
    expect(page.locator(".notice", has_text="没有网络")).to_be_focused()
    page.context.set_offline(False)

    page.goto("/staff/stations")
    page.goto(PAGE)
    page.locator("[data-draft-offer] button").first.click()

    expect(page.locator("#town")).to_have_value("某街道")
    watch.problems = [each for each in watch.problems if "INTERNET_DISCONNECTED" not in each]


def test_a_draft_holds_no_internal_contact_and_no_token(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(f"{PAGE}#part-where")
    unfold(page, "who")
    page.fill("#internal_contact", "王 13900000000")
    page.fill("#town", "某街道")
    page.locator("#town").blur()

    kept = json.loads(drafts(page)[0])

    names = {name for name, _ in kept["values"]}
    assert "town" in names
    assert not names & {"internal_contact", "csrf", "photo"}


def test_a_draft_is_gone_once_it_is_saved(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")

    check(page)
    save(page)

    wait_until_no_draft_is_left(page)


def test_what_is_typed_on_after_a_save_outlives_a_reload(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")
    check(page)
    save(page)

    unfold(page, "where")
    page.fill("#town", "某街道")
    page.locator("#town").blur()
    for _ in range(2):
        page.reload()
        expect(page.locator(".saved-notice")).to_be_visible()
    page.locator("[data-draft-offer] button").first.click()

    expect(page.locator("#town")).to_have_value("某街道")


def test_a_half_typed_new_station_is_kept_while_others_are_saved(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    _begin_new_station(page)
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")
    check(page)
    save(page)

    page.goto("/staff/stations/new")
    page.locator("[data-draft-offer] button").first.click()

    expect(page.locator("#name")).to_have_value("河滨驿站")


def test_a_new_station_that_was_saved_takes_its_draft_along_once(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    _begin_new_station(page)
    page.goto(f"{PAGE}?saved=1")  # where a station leads that was new a moment ago
    wait_until_no_draft_is_left(page)

    other = page.context.new_page()
    _begin_new_station(other)
    page.reload()

    expect(page.locator(".saved-notice")).to_be_visible()
    assert len(drafts(page)) == 1


def test_an_older_draft_meets_what_was_saved_since(staff_page: StaffPage, watch: Watch) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)
    page.fill("#name", "我的名字")
    page.locator("#name").blur()
    _other_saves(staff_page, "别的名字")

    page.goto(PAGE)
    page.locator("[data-draft-offer] button").first.click()
    page.locator(".save-bar button").click()

    expect(page.locator(".conflict")).to_contain_text("别的名字")
    watch.expect("409")


def test_the_pages_own_log_tells_nothing_of_internal_contacts(staff_page: StaffPage, live_server: Any) -> None:
    page = staff_page("editor_own")
    page.goto(f"{PAGE}#part-who")
    page.fill("#internal_contact", "王小明 13912345678")

    check(page)
    save(page)

    assert not re.search("13912345678|王小明", live_server.log())


def _begin_new_station(page: Page) -> None:
    """Type a little into the form of a new station, and leave it at that."""
    page.goto("/staff/stations/new")
    page.fill("#name", "河滨驿站")
    page.locator("#name").blur()
    expect(page.locator("[data-draft-state]")).not_to_be_empty()


def _other_saves(staff_page: StaffPage, name: str) -> None:
    """Somebody else opens the station and saves another name."""
    other = staff_page("admin", java_script_enabled=False)
    other.goto(PAGE)
    other.fill("#name", name)
    check(other)
    save(other)
    other.context.close()


def _closed(page: Page) -> BrowserContext:
    """Close the tab as people do, and leave the browser."""
    context = page.context
    page.close(run_before_unload=True)
    return context


SMALL: Final = {"viewport": {"width": 360, "height": 740}}


def test_on_a_phone_the_form_is_an_overview_of_little_more_than_two_screens(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", **SMALL)
    page.goto(PAGE)

    assert page.evaluate("document.documentElement.scrollHeight") <= 2.5 * 740
    expect(page.locator("#part-when .fold-said")).to_have_text("8:30-18:00")
    expect(page.locator(".form-fold[open]")).to_have_count(1)


def test_where_there_is_room_every_part_lies_open(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", viewport={"width": 1280, "height": 900})
    page.goto(PAGE)

    expect(page.locator(".form-fold:not([open])")).to_have_count(0)
    expect(page.locator("#source")).to_be_visible()


def test_the_jump_bar_opens_a_part_by_keyboard_and_stays_in_sight(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", **SMALL)
    page.goto(PAGE)

    page.locator(".form-parts a[href='#part-who']").press("Enter")

    expect(page.locator("#public_phone")).to_be_visible()
    expect(page.locator(".form-parts")).to_be_in_viewport()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_what_is_wrong_or_not_saved_yet_is_never_folded(staff_page: StaffPage, watch: Watch, has_script: bool) -> None:
    page = staff_page("editor_own", java_script_enabled=has_script, locale="en", **SMALL)
    page.goto(PAGE)
    unfold(page, "who")
    page.fill("#area_m2", "large")
    page.fill("#source", "电话")
    unfold(page, "door")
    page.fill("#entry_note", "左转")
    page.locator(".save-bar button").click()

    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#area_m2-error")).to_be_visible()
    expect(page.locator("#entry_note")).to_be_visible()
    expect(page.locator(".form-parts a[href='#part-who']")).to_contain_text("1 problem")
    expect(page.locator("#part-services")).not_to_have_attribute("open", "")
    watch.expect("400")


def type_a_name(page: Page) -> None:
    """Leave a draft on this device."""
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")
    page.locator("#name").blur()
    expect(page.locator("[data-draft-state]")).not_to_be_empty()


def test_signing_out_ends_the_draft_after_a_question(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    type_a_name(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.locator(".staff-leave button").click()
    after_no = (page.url, len(drafts(page)))
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".staff-leave button").click()
    page.wait_for_url("**/staff/sign-in?left=1")

    assert after_no == (page.url.replace("/staff/sign-in?left=1", PAGE), 1)
    assert "草稿" in asked[0]
    expect(page.locator("[data-left]")).to_be_visible()
    wait_until_no_draft_is_left(page)


def test_signing_out_without_a_draft_asks_nothing(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)

    page.locator(".staff-leave button").click()

    page.wait_for_url("**/staff/sign-in?left=1")


def test_a_link_to_the_page_after_signing_out_ends_no_draft(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    type_a_name(page)

    page.goto("/staff/sign-in?left=1")
    page.wait_for_load_state("networkidle")

    assert len(drafts(page)) == 1


def test_a_draft_ends_when_somebody_else_uses_the_browser(
    staff_page: StaffPage, live_desk: AccountDesk, staff_city: LiveServer
) -> None:
    page = staff_page("editor_own")
    type_a_name(page)
    other = signed_in_as(live_desk, "editor_other", datetime.now(UTC))

    page.context.add_cookies([{"name": "session", "value": other, "url": staff_city.url}])
    page.goto("/staff/account")

    wait_until_no_draft_is_left(page)


def test_a_session_that_runs_out_keeps_the_draft_for_its_owner(
    staff_page: StaffPage, live_desk: AccountDesk, staff_city: LiveServer
) -> None:
    page = staff_page("editor_own")
    type_a_name(page)

    page.context.clear_cookies(name="session")
    page.goto(PAGE)
    page.wait_for_load_state("networkidle")
    again = signed_in_as(live_desk, "editor_own", datetime.now(UTC))
    page.context.add_cookies([{"name": "session", "value": again, "url": staff_city.url}])
    page.goto(PAGE)
    page.locator("[data-draft-offer] button").first.click()

    expect(page.locator("#name")).to_have_value("新东街驿站")
