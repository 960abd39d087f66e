"""Holiday tables and demand layers go in and come out as they are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay
from geodata.stations.vocabulary import WorkerGroup
from mapapp.store import Store

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=10).filter(str.strip)
special_days = st.builds(SpecialDay, st.dates(), st.sampled_from(DayKind), words, words, words)
tables = st.builds(
    HolidayTable,
    st.lists(special_days, unique_by=lambda day: day.date, max_size=8).map(tuple),
    st.frozensets(st.integers(1900, 2200), max_size=4),
)


def layer(name: str = "counted", workers: float = 1 / 3) -> DemandLayer:
    return DemandLayer(
        name=name,
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=True,
        lon=np.array([113.1, 113.0]),
        lat=np.array([34.5, 34.6]),
        h3_cells=("8931aa4e2afffff", "8931aa4e2abffff"),
        workers={WorkerGroup.RIDERS: np.array([workers, 2.5]), WorkerGroup.DRIVERS: np.array([0.0, 1e-9])},
        profiles={
            WorkerGroup.RIDERS: np.linspace(0.5, 1.5, HOURS_A_WEEK),
            WorkerGroup.DRIVERS: np.ones(HOURS_A_WEEK),
        },
    )


def save(store: Store, *layers: DemandLayer) -> None:
    with store.writing("command") as writer:
        for each in layers:
            writer.save_demand_layer(each, actor="li")


def read(store: Store) -> tuple[DemandLayer, ...]:
    with store.reading() as reader:
        return reader.demand_layers()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(tables)
def test_any_holiday_table_comes_back_as_it_went_in(store: Store, table: HolidayTable) -> None:
    with store.writing("form") as writer:
        writer.replace_holidays(table, actor="li")

    with store.reading() as reader:
        assert reader.holidays() == table


def test_replacing_a_table_with_itself_changes_nothing(store: Store) -> None:
    table = HolidayTable((SpecialDay(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节", "National Day"),), frozenset({2026}))
    for _ in range(2):
        with store.writing("form") as writer:
            writer.replace_holidays(table, actor="li")

    assert store.data_revision() == 1


def test_a_demand_layer_comes_back_number_by_number(store: Store) -> None:
    saved = layer()
    save(store, saved)

    (found,) = read(store)

    assert (found.name, found.origin_note, found.is_sample, found.is_modelled, found.h3_cells) == (
        saved.name,
        saved.origin_note,
        saved.is_sample,
        saved.is_modelled,
        saved.h3_cells,
    )
    np.testing.assert_array_equal([found.lon, found.lat], [saved.lon, saved.lat])
    for group in (WorkerGroup.RIDERS, WorkerGroup.DRIVERS):
        np.testing.assert_array_equal(found.workers[group], saved.workers[group])
        np.testing.assert_array_equal(found.profiles[group], saved.profiles[group])


def test_a_layer_takes_the_place_of_one_with_its_name(store: Store) -> None:
    save(store, layer("a"), layer("b"))
    save(store, layer("a", workers=7.0))

    assert [found.name for found in read(store)] == ["a", "b"]
    assert read(store)[0].workers[WorkerGroup.RIDERS][0] == 7.0


@pytest.mark.parametrize("count", [1, 2])
def test_saving_layers_raises_the_data_revision_once_a_transaction(store: Store, count: int) -> None:
    save(store, *(layer(str(number)) for number in range(count)))

    assert store.data_revision() == 1
