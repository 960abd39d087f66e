"""Text that one of the databases could not hold is refused by both, before either sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geodata.stations.holidays import DayKind, SpecialDay
from geodata.stations.opening_hours import OpeningHours
from mapapp.store import DataAction, Store, UnstorableText, Writer
from tests.mapapp.store.station_writing import add, real
from tests.mapapp.store.test_holidays_and_demand import layer

UNSTORABLE = {"NUL": "a\0b", "surrogate": "a\ud800b", "half an emoji": "\ude00"}
DOORS: dict[str, Callable[[Writer, str], object]] = {
    "actor": lambda writer, text: writer.add_station(real(), actor=text, reason=""),
    "reason": lambda writer, text: writer.add_station(real(), actor="", reason=text),
    "batch": lambda writer, text: writer.add_station(real(), actor="", reason="", batch=text),
    "hours": lambda writer, text: writer.add_station(real(hours=OpeningHours(None, text)), actor="", reason=""),
    "special day": lambda writer, text: writer.set_special_day(
        SpecialDay(date(2026, 1, 1), DayKind.HOLIDAY, text, ""), actor=""
    ),
    "layer": lambda writer, text: writer.save_demand_layer(replace(layer(), origin_note=f"{text}\ntest"), actor=""),
    "event": lambda writer, text: writer.note_event(DataAction.DEMAND_SAVED, {"list": [{text: 1}]}, actor=""),
    "code prefix": lambda writer, text: writer.next_code(text),
}

LIMITED: dict[str, tuple[Callable[[Writer, str], object], int]] = {
    "batch": (lambda writer, text: writer.add_station(real(f"TC-{len(text)}"), actor="", reason="", batch=text), 64),
    "layer": (lambda writer, text: writer.save_demand_layer(layer(text), actor=""), 120),
    "code prefix": (lambda writer, text: writer.next_code(text), 16),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_text_that_is_none_is_refused_at_every_door(store: Store, door: Callable[[Writer, str], object]) -> None:
    for text in UNSTORABLE.values():
        with pytest.raises(UnstorableText), store.writing("form") as writer:
            door(writer, text)

        assert store.data_revision() == 0, repr(text)


@pytest.mark.parametrize(("door", "most"), LIMITED.values(), ids=LIMITED)
def test_text_that_is_too_long_is_refused_on_both_databases(
    store: Store, door: Callable[[Writer, str], object], most: int
) -> None:
    with store.writing("form") as writer:
        door(writer, "L" * most)

    with pytest.raises(UnstorableText, match="longer"), store.writing("form") as writer:
        door(writer, "L" * (most + 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text())
@example("\0")
@example("\ud800")
@example("TC-0001" * 100)
def test_any_code_may_be_asked_for(store: Store, code: str) -> None:
    with store.reading() as reader:
        assert reader.station(code) is None
        assert reader.revisions(code) == ()


@pytest.mark.parametrize("text", ["\\u0000", '\\"\\u0000', "\\\\u0000", "\ufffe\uffff", "😀", "'; --", "%s :x %(a)s"])
def test_odd_text_comes_back_as_it_went_in(store: Store, text: str) -> None:
    with store.writing("form") as writer:
        writer.note_event(DataAction.DEMAND_SAVED, {text: [text]}, actor=text)
    add(store, real(hours=OpeningHours(None, text)))

    with store.reading() as reader:
        (event,) = reader.events()
        (station,) = reader.stations()
        (revision,) = reader.revisions("TC-0001")
    assert (event.detail, event.actor, station.hours.original_text) == ({text: [text]}, text, text)
    assert revision.changes["hours"][1]["original_text"] == text
