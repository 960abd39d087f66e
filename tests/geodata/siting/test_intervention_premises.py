"""Lists of premises: what is read of them, what is refused row by row, and how far the reading goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import UnreadableFile
from geodata.places import load_place
from geodata.siting.intervention_premises import MOST_PREMISES, PremisesList, read_premises

PLACE = load_place("yinchuan")
EAST, NORTH = 106.2309, 38.4872


def read(tmp_path: Path, *lines: str) -> PremisesList:
    path = tmp_path / "premises.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_premises(path, PLACE)


def test_a_row_is_a_name_and_a_place_and_what_is_neither_is_said_at_its_line(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "名称,经度,纬度",
        f"甲网点,{EAST},{NORTH}",
        f",{EAST},{NORTH}",
        "乙网点,,",
        "丙网点,116.4,39.9",
    )

    assert [(each.line, each.name, each.lon, each.lat) for each in found.premises] == [(2, "甲网点", EAST, NORTH)]
    assert {(problem.line, problem.code) for problem in found.problems} == {
        (3, "empty"),
        (4, "no_position"),
        (5, "outside"),
    }


def test_more_rows_than_a_list_may_have_are_left_and_that_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "名称,经度,纬度", *(f"网点{number},{EAST},{NORTH}" for number in range(MOST_PREMISES + 7)))

    assert len(found.premises) == MOST_PREMISES
    assert [(problem.line, problem.code) for problem in found.problems] == [(MOST_PREMISES + 2, "too_many")]


def test_the_reading_ends_where_far_more_empty_rows_than_a_list_stand(tmp_path: Path) -> None:
    row = f"甲网点,{EAST},{NORTH}"

    near = read(tmp_path, "名称,经度,纬度", *[""] * 50, row)
    far = read(tmp_path, "名称,经度,纬度", row, *[""] * 150_000, row)

    assert [each.line for each in near.premises] == [52]
    assert [each.line for each in far.premises] == [2]


@pytest.mark.parametrize("header", ["经度,纬度", "名称,地址"], ids=["no names", "no places"])
def test_a_list_without_names_or_places_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(UnreadableFile):
        read(tmp_path, header, f"{EAST},{NORTH}")
