"""Cells that hold several things with several facts each, as people write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.files.award_cells import awards_of
from geodata.files.detail_cells import entries_of, listed_names, names_in, quoted
from geodata.files.messages import UnreadCell
from geodata.files.service_details import ServiceSaid, details_of
from geodata.stations.station import Award, Season, ServiceOffer
from geodata.stations.vocabulary import AwardScheme, Service, ServiceState

TODAY = date(2026, 7, 1)
LANGUAGES = st.sampled_from(["zh", "en"])


def said(service: Service, **facts: Any) -> ServiceSaid:
    return ServiceSaid(service=service, **facts)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("热饭：报修中", said(Service.HEAT_MEAL, state=ServiceState.BROKEN)),
        ("微波炉:坏", said(Service.HEAT_MEAL, state=ServiceState.BROKEN)),
        ("饮水：免费", said(Service.WATER, fee="免费")),
        ("饮水：费用2元", said(Service.WATER, fee="2元")),
        ("饮水：收费：2元", said(Service.WATER, fee="2元")),
        ("饮水：费用“早，晚；2元”", said(Service.WATER, fee="早，晚；2元")),
        ("饮水：备注“写作““水””的”", said(Service.WATER, note="写作““水”的")),
        ("空调：季节性、6-9月", said(Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(6, 9))),
        ("空调：11月至3月", said(Service.COOL_WARM, season=Season(11, 3))),
        ("water: available, confirmed 2026-03-01", None),
        ('drinking water: fee "2, or 3", note "x"', said(Service.WATER, fee="2, or 3", note="x")),
        ("饮水：可用，确认于2026年3月1日", None),
    ],
)
def test_what_is_said_of_a_service_is_read(cell: str, expected: ServiceSaid | None) -> None:
    confirmed = said(Service.WATER, state=ServiceState.AVAILABLE, confirmed_on=date(2026, 3, 1))

    assert details_of(cell, TODAY) == ((expected or confirmed,), ())


@pytest.mark.parametrize(
    "cell",
    [
        "饮水",
        "唱歌：可用",
        "饮水：13–14月",
        "饮水：确认于2026-09-01",
        "饮水：费用“没有结尾",
        f"饮水：费用“{'长' * 121}”",
    ],
)
def test_what_is_not_understood_is_named_and_changes_nothing(cell: str) -> None:
    told, unread = details_of(cell, TODAY)

    assert unread
    assert all(each == ServiceSaid(service=each.service) for each in told)


def test_what_is_not_said_of_a_service_stays_and_a_state_brings_its_own_months() -> None:
    known = ServiceOffer(
        service=Service.WATER, state=ServiceState.SEASONAL, season=Season(6, 9), fee="1元", confirmed_on=TODAY
    )

    noted = said(Service.WATER, note="二楼", confirmed_on=date(2026, 1, 1)).over(known)
    open_again = said(Service.WATER, state=ServiceState.AVAILABLE).over(known)

    assert (noted.season, noted.fee, noted.note, noted.confirmed_on) == (Season(6, 9), "1元", "二楼", TODAY)
    assert (open_again.state, open_again.season) == (ServiceState.AVAILABLE, None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("星级驿站：“4”，2025年，授予“总工会”", (AwardScheme.STARS, "4", 2025, "总工会")),
        ("星级：4，2025", (AwardScheme.STARS, "4", 2025, "")),
        ("最美驿站：级别“国家级”", (AwardScheme.MOST_BEAUTIFUL, "国家级", None, "")),
        ("司机之家等级：AAA，由交通局", (AwardScheme.DRIVER_HOME_GRADE, "AAA", None, "交通局")),
        ('star grade: "4", year 2025, by "the union"', (AwardScheme.STARS, "4", 2025, "the union")),
    ],
)
def test_an_award_in_words_is_read(cell: str, expected: tuple[AwardScheme, str, int | None, str]) -> None:
    scheme, level, year, granted_by = expected

    given = awards_of(cell)

    assert given.awards == (Award(scheme=scheme, level=level, year=year, granted_by=granted_by),)
    assert given.unread == ()


@pytest.mark.parametrize("cell", ["先进集体", "模范职工之家：“省级”", "星级驿站", "；；：，“", 7, [{"scheme": "x"}]])
def test_words_that_name_no_award_of_a_place_are_refused(cell: object) -> None:
    with pytest.raises(UnreadCell) as refusal:
        awards_of(cell)

    assert refusal.value.code == "not_awards"


def test_an_award_among_others_that_is_not_understood_is_named() -> None:
    given = awards_of("星级驿站：“4”；模范集体：“市级”")

    assert [award.level for award in given.awards] == ["4"]
    assert given.unread == ("模范集体：“市级”",)


@given(st.lists(st.text(st.sampled_from('甲a “”"＂、，,;；|'), min_size=1, max_size=8).map(str.strip)), LANGUAGES)
def test_a_list_of_names_is_read_as_it_was(names: list[str], language: str) -> None:
    held = [name for name in names if name]

    assert names_in(listed_names(held, language)) == tuple(held)


@given(st.text(st.sampled_from('甲 “”"，；：'), max_size=10), LANGUAGES)
def test_quoted_words_are_one_fact_whatever_they_are(words: str, language: str) -> None:
    (entry,) = entries_of(f"甲：乙{quoted(words, language)}")

    assert [(fact.bare, fact.quoted) for fact in entry.facts] == [("乙", words)]


@pytest.mark.parametrize("piece", ["“a、", '"', "“”", "a：“", "；：，", "“a”b、"])
def test_a_long_cell_of_odd_signs_is_read_at_once(piece: str) -> None:
    """Were it quadratic, 50,000 signs would take an hour: that the test ends is what it says."""
    cell = piece * (50_000 // len(piece))

    assert names_in(cell) is not None
    assert entries_of(cell) is not None
