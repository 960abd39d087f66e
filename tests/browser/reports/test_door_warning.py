"""The locked-door warning: two devices make it, one cannot, and somebody who got in clears it."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.reports.report_server import STATION, OpenPhone, ReportServer, report

WARNING = "今天有 2 人反映门锁着"
OTHER_AGENT = "Mozilla/5.0 (Linux; Android 9; another phone) AppleWebKit/537.36 Chrome/90.0 Mobile Safari/537.36"


def say_locked(phone: BrowserContext) -> None:
    page = phone.new_page()
    report(page)
    page.close()


def station_page(phone: BrowserContext, server: ReportServer) -> Page:
    """The station's page, after the server has taken in what was written."""
    server.settle()
    page = phone.new_page()
    page.goto(f"/stations/{STATION}")
    return page


def test_two_devices_make_the_warning(open_phone: OpenPhone, server: ReportServer) -> None:
    first, second = open_phone(), open_phone(user_agent=OTHER_AGENT)

    say_locked(first)
    server.clock.advance(minutes=11)
    say_locked(second)

    expect(station_page(open_phone(), server).get_by_text(WARNING).first).to_be_visible()


def test_one_device_cannot_however_often_it_says_so(open_phone: OpenPhone, server: ReportServer) -> None:
    phone = open_phone()

    for _ in range(3):
        say_locked(phone)
        server.clock.advance(minutes=11)

    page = station_page(open_phone(), server)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(server.reports()) == 3
    assert "反映门锁着" not in page.locator("main").inner_text()


def test_one_person_who_throws_the_cookie_away_cannot_either(open_phone: OpenPhone, server: ReportServer) -> None:
    phone = open_phone()
    say_locked(phone)
    phone.clear_cookies()
    server.clock.advance(minutes=11)
    say_locked(phone)

    page = station_page(open_phone(), server)

    assert len(server.reports()) == 2
    assert "反映门锁着" not in page.locator("main").inner_text()


def test_somebody_who_got_in_clears_it(open_phone: OpenPhone, server: ReportServer) -> None:
    first, second = open_phone(), open_phone(user_agent=OTHER_AGENT)
    say_locked(first)
    server.clock.advance(minutes=11)
    say_locked(second)
    server.clock.advance(minutes=5)
    page = station_page(first, server)
    expect(page.get_by_text(WARNING).first).to_be_visible()

    page.get_by_role("button", name="我刚进去了").click()
    expect(page.get_by_text("谢谢！已记下：门是开的。")).to_be_visible()

    cleared = station_page(open_phone(), server)
    assert "反映门锁着" not in cleared.locator("main").inner_text()
