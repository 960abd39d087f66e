"""A station's form: nothing typed is lost, untouched fields keep their exact value, and every error is at its field."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import Crs
from geodata.places import Place
from geodata.stations.station import MAX_OTHER_NAMES, Position, Season, ServiceOffer, Station
from geodata.stations.vocabulary import EntryMethod, Service, ServiceState
from mapapp.staff.station_form import StationForm, blank_station, fresh_form, read_form
from mapapp.staff.station_typed import BY_POSITION, FIELD_INPUTS, texts_of
from tests.geodata.stations.any_station import stations

ALL_FIELDS: Final = frozenset(FIELD_INPUTS)


@pytest.fixture
def station(place: Place) -> Station:
    unit = place.units[0]
    blank = blank_station(place, "YC-0009")
    position = Position.wgs84(unit.label_at.lon + 1e-9, unit.label_at.lat)
    return replace(blank, name="东街驿站", district_code=unit.code, position=position)


def typed(station: Station, place: Place, **changes: str) -> StationForm:
    """The form of the station with some inputs changed; ``__`` stands for a dot in their names."""
    posted = dict(texts_of(station, place)) | {"entry.shown": "on"}
    posted |= {name.replace("__", "."): text for name, text in changes.items()}
    return read_form(posted, station, place, ALL_FIELDS)


def saved(form: StationForm) -> Station:
    assert form.station is not None, form.problems
    return form.station


def faults(form: StationForm) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in form.problems]


@given(station=stations)
@settings(max_examples=60)
def test_a_form_nobody_touched_is_the_station_to_the_last_digit(station: Station, place: Place) -> None:
    assert saved(typed(station, place)) == station


@given(station=stations, name=st.sampled_from(["name", "address", "town", "source"]))
@settings(max_examples=30)
def test_changing_one_field_changes_no_other(station: Station, name: str, place: Place) -> None:
    changed = saved(typed(station, place, **{name: "another text"}))

    differing = {each.name for each in fields(Station) if getattr(changed, each.name) != getattr(station, each.name)}
    assert differing <= {name}


def test_a_new_stations_form_asks_for_a_name_at_its_field(place: Place) -> None:
    blank = blank_station(place)

    form = read_form(dict(fresh_form(blank, place).texts), blank, place, ALL_FIELDS)

    assert faults(form) == [("name", "empty")]


@pytest.mark.parametrize("row", ["1" * 5000, "99", "x", "²"])
def test_an_award_in_a_row_there_is_not_is_left_alone(station: Station, place: Place, row: str) -> None:
    assert saved(typed(station, place, **{f"award.{row}.level": "3"})) == station


def test_all_errors_come_at_once_in_the_order_of_the_form(station: Station, place: Place) -> None:
    form = typed(station, place, name=" ", lon="here", capacity_count="many", award__0__level="3")

    assert [field for field, _ in faults(form)] == ["name", "lon", "capacity_count", "awards"]


def test_what_cannot_be_read_comes_back_as_it_was_typed(station: Station, place: Place) -> None:
    form = typed(station, place, capacity_count=" about 20 ", entry_note="ask\r\ninside")

    assert (form.texts["capacity_count"], form.texts["entry_note"]) == (" about 20 ", "ask\ninside")


def test_full_width_digits_are_digits(station: Station, place: Place) -> None:
    assert saved(typed(station, place, capacity_count="１２", area_m2="３５.５")).area_m2 == 35.5


def test_a_position_is_kept_in_the_system_it_was_given_in(station: Station, place: Place) -> None:
    position = saved(typed(station, place, lon="106.28", lat="38.47", crs="gcj02")).position

    assert position is not None
    assert (position.given_crs, position.given_lon, position.given_lat) == (Crs.GCJ02, 106.28, 38.47)
    assert position.point.lon == pytest.approx(106.2756, abs=0.001)


def test_a_position_needs_both_numbers(station: Station, place: Place) -> None:
    assert faults(typed(station, place, lat="")) == [("lat", "missing")]


def test_swapped_numbers_are_said_to_be_swapped(station: Station, place: Place) -> None:
    assert faults(typed(station, place, lon="38.47", lat="106.23")) == [("position", "swapped_axes")]


def test_emptying_both_numbers_takes_the_position_away(station: Station, place: Place) -> None:
    assert saved(typed(station, place, lon="", lat="")).position is None


def test_the_district_follows_the_position_where_it_is_left_to_it(station: Station, place: Place) -> None:
    there = place.units[1].label_at

    moved = saved(typed(station, place, lon=str(there.lon), lat=str(there.lat)))

    assert texts_of(station, place)["district_code"] == BY_POSITION
    assert moved.district_code == place.units[1].code


def test_a_district_chosen_by_hand_stays_where_the_pin_moves(station: Station, place: Place) -> None:
    there = place.units[1].label_at
    choice = place.units[0].code

    moved = saved(typed(station, place, lon=str(there.lon), lat=str(there.lat), district_code=choice))

    assert moved.district_code == choice


def test_boxes_that_are_not_ticked_are_taken_away(station: Station, place: Place) -> None:
    attended = replace(station, entry_methods=(EntryMethod.ATTENDED, EntryMethod.QR))
    posted = {name: text for name, text in texts_of(attended, place).items() if name != "entry.attended"}

    form = read_form(posted | {"entry.shown": "on"}, attended, place, ALL_FIELDS)

    assert saved(form).entry_methods == (EntryMethod.QR,)


def test_a_seasonal_service_needs_its_months_at_the_service(station: Station, place: Place) -> None:
    form = typed(station, place, service__cool_warm__state="seasonal")

    assert faults(form) == [("services.cool_warm", "season_missing")]


def test_a_service_has_state_months_fee_and_note(station: Station, place: Place) -> None:
    row = {"state": "seasonal", "first": "11", "last": "3", "fee": "1 元", "note": "二楼"}

    changed = saved(typed(station, place, **{f"service__shower__{part}": text for part, text in row.items()}))

    offer = ServiceOffer(
        service=Service.SHOWER, state=ServiceState.SEASONAL, season=Season(11, 3), fee="1 元", note="二楼"
    )
    assert changed.services == (offer,)


def test_a_notice_needs_its_end(station: Station, place: Place) -> None:
    assert faults(typed(station, place, alert_text="今日停水")) == [("alert", "end_missing")]


def test_a_notice_ends_by_the_clock_of_the_place(station: Station, place: Place) -> None:
    alert = saved(typed(station, place, alert_text="今日停水", alert_until="2026-11-20T18:00")).alert

    assert alert is not None
    assert alert.expires_at.astimezone(place.timezone).isoformat() == "2026-11-20T18:00:00+08:00"


def test_hours_that_cannot_be_read_are_an_error_at_the_hours(station: Station, place: Place) -> None:
    form = typed(station, place, hours_text="看门口通知牌")

    assert {field for field, _ in faults(form)} == {"hours"}
    assert form.texts["hours_text"] == "看门口通知牌"


def test_what_somebody_may_not_change_is_not_read(station: Station, place: Place) -> None:
    form = read_form({"name": "Another", "capacity_count": "5"}, station, place, {"capacity_count"})

    assert (saved(form).name, saved(form).capacity_count) == (station.name, 5)


def test_inputs_no_form_of_ours_has_are_left_alone(station: Station, place: Place) -> None:
    strange = {
        "service__gold__state": "available",
        "award__99__scheme": "stars",
        "entry__magic": "on",
        "version__x": "1",
    }

    assert saved(typed(station, place, **strange)) == station


def test_choices_outside_the_lists_are_errors_at_their_fields(station: Station, place: Place) -> None:
    strange = {"kind": "castle", "host_type": "moon", "crs": "utm", "service__wifi__state": "perhaps"}

    form = typed(station, place, **strange)

    assert {field for field, _ in faults(form)} >= {"kind", "host_type", "position"}
    assert any(field.startswith("services") for field, _ in faults(form))


def test_more_other_names_than_a_station_keeps_are_an_error_at_their_field(station: Station, place: Place) -> None:
    names = "\n".join(f"旧名{number}" for number in range(MAX_OTHER_NAMES + 1))
    form = typed(station, place, other_names=names)

    assert faults(form) == [("other_names", "too_many")]
    assert form.texts["other_names"] == names
