"""What counts as one station, and what is shown to a person as a probable duplicate."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.stations.duplicates import (
    DuplicateReason,
    names_alike,
    normalised_name,
    probable_duplicates,
    same_station,
    telling_name,
)
from geodata.stations.station import Station
from tests.floor import slowness
from tests.geodata.stations.worlds import MIDDLE, station

METRE_DEG = 1 / 111_195
"""A metre of latitude."""


def named(code: str, name: str, north_m: float | None = 0.0, address: str = "") -> Station:
    """A station so many metres north of the middle; None: unplaced."""
    lon = None if north_m is None else MIDDLE.lon
    return station(code, lon, MIDDLE.lat + (north_m or 0.0) * METRE_DEG, name=name, address=address)


def found(*stations: Station) -> list[tuple[str, str, DuplicateReason]]:
    return [(pair.station.code, pair.other.code, pair.reason) for pair in probable_duplicates(stations)]


@pytest.mark.parametrize(
    "written",
    [
        "工会驿站（示例银行）",
        "工会驿站(示例银行)",
        " 工会驿站 ( 示例银行 ) ",
        "工会驿站【示例银行】",
        "工会驿站·示例银行",
    ],
)
def test_brackets_spaces_and_punctuation_are_no_part_of_a_name(written: str) -> None:
    assert normalised_name(written) == "工会驿站示例银行"


def test_width_and_case_are_no_part_of_a_name() -> None:
    assert normalised_name("ＡＢ１２ｃ驿站") == normalised_name("ab12C驿站")


def test_a_name_of_punctuation_alone_keeps_it() -> None:
    assert normalised_name(" ★☆ ") != normalised_name("——")


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_more(name: str) -> None:
    assert normalised_name(normalised_name(name)) == normalised_name(name)


def test_the_telling_part_is_the_same_in_both_spellings_of_a_roster() -> None:
    assert telling_name("工会驿站(示例银行)") == telling_name("示例银行工会驿站") == "示例银行"


def test_a_name_of_common_words_alone_stays_whole() -> None:
    assert telling_name("工会驿站") == "工会驿站"


@pytest.mark.parametrize(("apart_m", "expected"), [(0, True), (79.9, True), (80.1, False)])
def test_one_name_within_80_metres_is_one_station(apart_m: float, expected: bool) -> None:
    assert same_station(named("TC-1", "示例驿站"), named("TC-2", "示例 驿站", apart_m)) is expected


def test_two_names_on_one_spot_are_two_stations() -> None:
    assert not same_station(named("TC-1", "示例甲"), named("TC-2", "示例乙"))


@pytest.mark.parametrize(
    ("north_m", "other_north_m", "address", "other_address", "expected"),
    [
        (None, None, "示例路1号", "示例路 1 号", True),
        (None, None, "", "", True),
        (None, None, "示例路1号", "示例路2号", False),
        (None, 0.0, "示例路1号", "示例路1号", True),
        (None, 0.0, "", "", False),
    ],
)
def test_without_a_position_the_address_decides(
    north_m: float | None, other_north_m: float | None, address: str, other_address: str, expected: bool
) -> None:
    here = named("TC-1", "示例驿站", north_m, address)
    there = named("TC-2", "示例驿站", other_north_m, other_address)

    assert same_station(here, there) is expected
    assert same_station(there, here) is expected


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("工会驿站(示例银行城东支行)", "示例银行城东支行工会驿站", True),
        ("某某市示例银行城东支行工会驿站", "示例银行城东支行工会驿站", True),
        ("示例社区党群服务中心户外劳动者驿站", "示例社区党群服务站中心驿站", True),
        ("示例路1号驿站", "示例路2号驿站", False),
        ("示例公园第一驿站", "示例公园第二驿站", False),
        ("甲乙丙驿站", "丁戊己驿站", False),
        ("甲驿站", "甲乙丙丁驿站", False),
    ],
)
def test_names_are_alike_when_their_telling_parts_and_numbers_are(name: str, other: str, alike: bool) -> None:
    assert names_alike(name, other) is alike
    assert names_alike(other, name) is alike


def test_alike_names_near_each_other_are_shown_with_the_distance() -> None:
    stations = (named("TC-2", "示例银行工会驿站", 120), named("TC-1", "工会驿站(示例银行)"))

    (pair,) = probable_duplicates(stations)

    assert (pair.station.code, pair.other.code, pair.reason) == ("TC-1", "TC-2", DuplicateReason.NEAR)
    assert pair.distance_m == pytest.approx(120, abs=0.5)
    assert pair.message("zh-CN") == "名称相近，相距 120 米"
    assert pair.message("en") == "alike names, 120 m apart"


def test_alike_names_more_than_150_metres_apart_are_two_stations() -> None:
    assert found(named("TC-1", "工会驿站(示例银行)"), named("TC-2", "示例银行工会驿站", 151)) == []


def test_one_name_at_one_address_is_shown_however_far_apart_the_positions_are() -> None:
    stations = (named("TC-1", "示例驿站", address="某街1号"), named("TC-2", "示例 驿站", 9_000, address="某街 1 号"))

    (pair,) = probable_duplicates(stations)

    assert pair.reason is DuplicateReason.MOVED
    assert pair.message("en") == "same name and address, but 9000 m apart"


@pytest.mark.parametrize(("name", "address"), [("示例驿站", ""), ("工会驿站", "某街1号")])
def test_what_could_be_many_stations_is_not_shown_from_far_away(name: str, address: str) -> None:
    assert found(named("TC-1", name, address=address), named("TC-2", name, 9_000, address=address)) == []


def test_a_certain_duplicate_is_shown_as_the_same() -> None:
    assert found(named("TC-1", "示例驿站"), named("TC-2", "示例驿站", 20)) == [("TC-1", "TC-2", DuplicateReason.SAME)]


def test_an_unplaced_station_is_compared_by_name_and_address() -> None:
    placed = named("TC-1", "工会驿站(示例银行)", 0, "示例市示例路18号一层")

    assert found(placed, named("TC-2", "示例银行工会驿站", None, "示例路18号一层")) == [
        ("TC-1", "TC-2", DuplicateReason.ADDRESS)
    ]
    assert found(placed, named("TC-2", "示例银行工会驿站", None, "另一条大街99号")) == []


def test_the_same_telling_name_without_any_whereabouts_is_shown() -> None:
    stations = (named("TC-1", "工会驿站(示例银行)", 0, "示例路1号"), named("TC-2", "示例银行工会驿站", None))

    assert found(*stations) == [("TC-1", "TC-2", DuplicateReason.NAME)]


def test_a_name_every_station_could_have_says_nothing_by_itself() -> None:
    assert found(named("TC-1", "工会驿站", 0, "示例路1号"), named("TC-2", "工会驿站", None)) == []


def test_known_stations_are_compared_with_new_ones_only() -> None:
    known = [named("TC-1", "示例驿站"), named("TC-2", "示例驿站", 10)]
    new = [named("TC-3", "示例驿站", 20)]

    pairs = probable_duplicates(new, known)

    assert [(pair.station.code, pair.other.code) for pair in pairs] == [("TC-1", "TC-3"), ("TC-2", "TC-3")]


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_stations_have_no_duplicates(count: int) -> None:
    assert found(*[named("TC-1", "示例驿站")][:count]) == []


@given(
    st.permutations([("示例银行工会驿站", 10.0), ("工会驿站(示例银行)", 0.0), ("示例驿站", None), ("示例驿站", 30.0)])
)
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[str, float | None]]) -> None:
    stations = [named(f"TC-{name}{north_m}".encode().hex().upper()[:30], name, north_m) for name, north_m in rows]

    assert {frozenset(pair[:2]) for pair in found(*stations)} == {
        frozenset(pair[:2]) for pair in found(*sorted(stations, key=lambda one: one.code))
    }


def test_a_roster_of_thousands_takes_seconds_and_finds_every_planted_pair() -> None:
    rng = random.Random(5)
    words = ["银行", "社区", "大药房", "公园", "加油站", "邮政所", "服务中心", "营业厅"]
    stations, planted = [], set()
    for number in range(3000):
        name = "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(4)) + rng.choice(words)
        north_m = rng.uniform(-20_000, 20_000)
        stations.append(named(f"TC-A{number:04d}", f"工会驿站({name})", north_m))
        if number % 10 == 0:
            stations.append(named(f"TC-B{number:04d}", f"{name}工会驿站", north_m + rng.uniform(-100, 100)))
            planted.add((f"TC-A{number:04d}", f"TC-B{number:04d}"))
    rng.shuffle(stations)

    started = time.process_time()
    pairs = {(pair.station.code, pair.other.code) for pair in probable_duplicates(stations)}

    assert planted <= pairs
    assert time.process_time() - started < 10 * slowness()
