"""The unplaced stations as the database knows them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.store import Store, UnplacedQuestion

NOW: Final = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
ALL: Final = UnplacedQuestion(aside_since=NOW - timedelta(days=365))
OWN: Final = replace(ALL, district_codes=frozenset({"640104"}))
PLAIN: Final = Station(code="YC-0001", kind=StationKind.REST_STATION, name="驿站")


@pytest.fixture
def city(store: Store) -> Store:
    """Five stations: two unplaced in two districts, one in none, one placed, one delisted."""
    found = (
        replace(PLAIN, code="YC-0001", district_code="640104"),
        replace(PLAIN, code="YC-0002", district_code="640105"),
        replace(PLAIN, code="YC-0003"),
        replace(PLAIN, code="YC-0004", district_code="640104", position=Position.wgs84(106.2, 38.4)),
        replace(PLAIN, code="YC-0005", district_code="640104", life_cycle=LifeCycle.DELISTED),
    )
    with store.writing("form", at=NOW - timedelta(days=500)) as writer:
        for station in found:
            writer.add_station(station, actor="test", reason="to begin with")
    return store


def say(store: Store, code: str, how: ConfirmedHow, at: datetime = NOW) -> None:
    with store.writing("form", at=at) as writer:
        writer.confirmations.add(code, (FieldGroup.POSITION,), at=at, actor="somebody", how=how)


def left(store: Store, question: UnplacedQuestion = ALL) -> list[str]:
    """Every code that is left, as one goes through them."""
    codes: list[str] = []
    with store.reading() as reader:
        while code := reader.unplaced.next_code(question, codes[-1] if codes else ""):
            codes.append(code)
    return codes


def test_one_goes_through_the_unplaced_in_the_order_of_their_codes(city: Store) -> None:
    assert left(city) == ["YC-0001", "YC-0002", "YC-0003"]


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        (OWN, ["YC-0001", "YC-0003"]),
        (replace(OWN, without_district=False), ["YC-0001"]),
        (replace(ALL, district_codes=frozenset()), ["YC-0003"]),
        (replace(ALL, district_codes=frozenset(), without_district=False), []),
    ],
)
def test_only_those_asked_for_are_there(city: Store, question: UnplacedQuestion, codes: list[str]) -> None:
    assert left(city, question) == codes
    with city.reading() as reader:
        assert sum(reader.unplaced.counts(question).values()) == len(codes)


def test_they_are_counted_by_district(city: Store) -> None:
    with city.reading() as reader:
        assert reader.unplaced.counts(ALL) == {"640104": 1, "640105": 1, None: 1}


def test_one_that_was_said_to_have_no_place_is_not_left_until_that_is_old(city: Store) -> None:
    say(city, "YC-0001", ConfirmedHow.PHONE)

    assert left(city) == ["YC-0002", "YC-0003"]
    assert "YC-0001" in left(city, replace(ALL, aside_since=NOW + timedelta(seconds=1)))
    with city.reading() as reader:
        (row,) = reader.unplaced.aside(ALL)
        assert reader.unplaced.counts(ALL) == {"640105": 1, None: 1}
    assert (row.code, row.actor, row.at) == ("YC-0001", "somebody", NOW)


def test_of_two_who_said_so_the_later_is_named(city: Store) -> None:
    say(city, "YC-0001", ConfirmedHow.PHONE)
    say(city, "YC-0001", ConfirmedHow.ON_SITE, NOW + timedelta(days=1))

    with city.reading() as reader:
        assert [row.at for row in reader.unplaced.aside(ALL)] == [NOW + timedelta(days=1)]


@pytest.mark.parametrize("how", [ConfirmedHow.EDIT, ConfirmedHow.IMPORT])
def test_what_was_written_after_that_asks_again(city: Store, how: ConfirmedHow) -> None:
    say(city, "YC-0001", ConfirmedHow.PHONE)
    say(city, "YC-0001", how)

    assert "YC-0001" in left(city)
    with city.reading() as reader:
        assert reader.unplaced.aside(ALL) == ()


def test_it_can_be_asked_again(city: Store) -> None:
    say(city, "YC-0001", ConfirmedHow.ON_SITE)
    say(city, "YC-0002", ConfirmedHow.ON_SITE)

    with city.writing("form") as writer:
        writer.unplaced.ask_again("YC-0001")

    assert left(city) == ["YC-0001", "YC-0003"]
