"""One sender may say so much in an hour; everybody else is heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.coordinates import LonLat
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.reports.desk import ReportDesk, TooManyReports
from mapapp.services.reports.limits import DEVICE_PER_DAY, DEVICE_PER_HOUR, PHOTOS_PER_HOUR
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.services.reports.reporting import Person, add_station, draft, photo


def remark(number: int = 0) -> ReportDraft:
    return draft(ReportKind.OTHER, text=f"第 {number} 条")


def wait_of(person: Person, report: ReportDraft, minute: float) -> int:
    with pytest.raises(TooManyReports) as refusal:
        person.send(report, minute=minute)
    return refusal.value.retry_after_s


def test_a_device_is_heard_so_often_an_hour_and_told_when_again(an: Person, bo: Person) -> None:
    for number in range(DEVICE_PER_HOUR):
        an.send(remark(number), minute=number)

    assert wait_of(an, remark(), minute=30) == 30 * 60
    assert bo.send(remark(), minute=30).is_new
    assert an.send(remark(), minute=60).is_new


def test_a_device_is_heard_so_often_a_day(an: Person) -> None:
    for number in range(DEVICE_PER_DAY):
        an.send(remark(number), minute=number * 20)

    assert wait_of(an, remark(), minute=DEVICE_PER_DAY * 20) == (24 * 60 - DEVICE_PER_DAY * 20) * 60
    assert an.send(remark(), minute=24 * 60).is_new


def test_a_door_is_reported_once_in_ten_minutes_by_one_device(store: Store, an: Person, bo: Person) -> None:
    add_station(store, "TC-0002")
    an.send(ReportKind.LOCKED)

    assert wait_of(an, draft(ReportKind.LOCKED), minute=4) == 6 * 60
    assert an.send(ReportKind.GOT_IN, minute=4).is_new
    assert wait_of(an, draft(ReportKind.GOT_IN), minute=5) == 9 * 60
    assert an.send(draft(station_code="TC-0002"), minute=5).is_new
    assert bo.send(ReportKind.LOCKED, minute=5).is_new
    assert an.send(ReportKind.LOCKED, minute=10).is_new


def test_photos_have_a_limit_of_their_own(an: Person) -> None:
    for number in range(PHOTOS_PER_HOUR):
        an.send(draft(ReportKind.OTHER, photo=photo()), minute=number)

    assert wait_of(an, draft(ReportKind.OTHER, photo=photo()), minute=10) == 50 * 60
    assert an.send(remark(), minute=10).is_new


def crowd(store: Store, settings: Settings, address: str, size: int) -> list[Person]:
    """People whose devices keep no cookie, behind one network."""
    desk = ReportDesk(store, replace(settings, reports_per_address_h=5), "secret")
    return [Person(desk, address.format(number)) for number in range(size)]


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8:1:2::{0:x}", "::ffff:203.0.113.7"])
def test_who_throws_cookies_away_is_counted_by_address(store: Store, settings: Settings, address: str) -> None:
    add_station(store)
    *first, last = crowd(store, settings, address, 6)
    for person in first:
        person.send(remark())

    assert wait_of(last, remark(), minute=1) == 59 * 60


def test_two_homes_of_one_ipv6_provider_are_two_senders(store: Store, settings: Settings) -> None:
    add_station(store)
    for person in crowd(store, settings, "2001:db8:1:{0:x}::1", 6):
        assert person.send(remark()).is_new


def test_a_wait_is_never_zero_seconds(an: Person) -> None:
    an.send(ReportKind.LOCKED)

    assert wait_of(an, draft(ReportKind.LOCKED), minute=9.9999) == 1


def test_suggested_sites_count_like_everything_else(an: Person) -> None:
    for number in range(DEVICE_PER_HOUR):
        an.send(draft(ReportKind.SUGGEST_SITE, place=LonLat(113.0, 34.6)), minute=number)

    assert wait_of(an, remark(), minute=59) == 60


@pytest.mark.parametrize("back", [60, 24 * 60])
def test_a_clock_that_was_set_back_makes_nobody_wait_for_it(an: Person, back: int) -> None:
    for number in range(DEVICE_PER_HOUR):
        an.send(remark(number), minute=24 * 60 + number)

    assert an.send(remark(), minute=24 * 60 - back).is_new
    assert an.send(ReportKind.LOCKED, minute=24 * 60 - back).is_new
    assert 0 < wait_of(an, draft(ReportKind.LOCKED), minute=24 * 60 - back) <= 600


def test_a_clock_that_was_set_forward_makes_nobody_wait(an: Person) -> None:
    for number in range(DEVICE_PER_HOUR):
        an.send(remark(number), minute=number)

    assert an.send(remark(), minute=24 * 60).is_new
