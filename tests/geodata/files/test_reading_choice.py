"""What a person says about the columns of a sheet, over what was recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import Crs
from geodata.errors import InvalidValue
from geodata.files.csv_out import plain_text, text_as_it_was
from geodata.files.headers import Field, columns_of
from geodata.files.reading_choice import ColumnsClash, ReadingChoice, held_by
from geodata.stations.vocabulary import Service


def test_a_chosen_column_takes_the_place_of_the_recognised_one() -> None:
    columns = ReadingChoice(columns={1: "name", 2: "service.water"}).applied_to(columns_of(["名称", "点儿", "水"]))

    assert columns.at == {Field.NAME: (1,)}
    assert columns.services == {2: Service.WATER}
    assert columns.unread == ("名称",)


def test_a_column_said_to_hold_nothing_is_not_read() -> None:
    columns = ReadingChoice(columns={1: ""}).applied_to(columns_of(["名称", "地址"]))

    assert Field.ADDRESS not in columns.at
    assert columns.unread == ("地址",)


def test_chosen_coordinates_keep_the_system_their_headings_name() -> None:
    names = ["名称", "经度(百度)", "纬度(百度)", "经度(高德)", "纬度(高德)"]

    columns = ReadingChoice(columns={1: "", 2: "", 3: "lon", 4: "lat"}).applied_to(columns_of(names))

    assert (columns.at[Field.LON], columns.at[Field.LAT], columns.position_crs) == ((3,), (4,), Crs.GCJ02)


def test_two_columns_cannot_be_chosen_to_hold_the_same() -> None:
    with pytest.raises(ColumnsClash) as clash:
        ReadingChoice(columns={0: "name", 1: "name"}).applied_to(columns_of(["甲", "乙"]))

    assert clash.value.held == "name"


def test_several_columns_may_hold_parts_of_a_contact() -> None:
    columns = ReadingChoice(columns={1: "internal_contact", 2: "internal_contact"}).applied_to(
        columns_of(["名称", "甲", "乙"])
    )

    assert columns.at[Field.CONTACT] == (1, 2)


def test_columns_that_are_not_there_and_codes_of_nothing_are_passed_over() -> None:
    assert ReadingChoice(columns={9: "name", 1: "nonsense"}).applied_to(columns_of(["名称", "乙"])).at == {
        Field.NAME: (0,)
    }
    assert held_by("service.nonsense") is None


@pytest.mark.parametrize("document", [7, {"columns": 7}, {"columns": {"x": "name"}}, [1]])
def test_a_choice_of_another_form_is_refused(document: object) -> None:
    with pytest.raises(InvalidValue):
        ReadingChoice.of(document)


def test_a_choice_survives_being_kept_with_a_job() -> None:
    choice = ReadingChoice("表", {0: "name", 3: ""})

    assert ReadingChoice.of(choice.document()) == choice
    assert ReadingChoice.of(None) == ReadingChoice()


@given(st.text())
def test_text_kept_from_being_a_formula_is_read_back_as_it_was(text: str) -> None:
    assert text_as_it_was(plain_text(text)) == text
