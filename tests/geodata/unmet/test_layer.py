"""Shown squares as a demand layer: totals add up, and the week is the one that may be shown."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.demand.profiles import week_profile
from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from geodata.unmet.hour_parts import HourPart
from geodata.unmet.layer import LayerWish, UnmetLayer, unmet_layer
from geodata.unmet.release import ShownSquare
from geodata.unmet.signal import GridSquare

RIDERS = WorkerGroup.RIDERS
NIGHT, DAY = HourPart(0, 6, 22, 8), HourPart(0, 6, 6, 16)


def shown(place: Place, step: int = 0, **facts: object) -> ShownSquare:
    middle = GridSquare.around(place.center)
    facts = {"devices_at_least": 10, "days_count": 4, "signals_count": 30} | facts
    return ShownSquare(square=GridSquare(middle.lon_c + step, middle.lat_c), **facts)  # type: ignore[arg-type]


def made(place: Place, *squares: ShownSquare, hours_a_week: float = 42.0) -> UnmetLayer:
    wish = LayerWish(name="unmet-test", group=RIDERS, hours_a_week=hours_a_week)
    return unmet_layer(squares, wish, place, origin_note="来源\nsource", is_sample=True)


def test_devices_become_workers_by_their_hours_and_none_is_lost(place: Place) -> None:
    made_layer = made(place, shown(place), shown(place, 1, devices_at_least=5))
    total = made_layer.gathered.totals[RIDERS]

    assert total.given_count == pytest.approx(15 * 42 / 168)
    assert total.placed_count + total.outside_count == pytest.approx(total.given_count)
    assert made_layer.layer.total(RIDERS) == pytest.approx(total.placed_count)


def test_a_square_is_spread_over_the_cells_it_covers(place: Place) -> None:
    layer = made(place, shown(place)).layer
    middle = GridSquare.around(place.center).middle

    assert 9 <= layer.point_count <= 25
    assert np.abs(layer.lon - middle.lon).max() < 0.009
    assert np.abs(layer.lat - middle.lat).max() < 0.009


def test_it_is_marked_as_modelled_and_as_sample_where_the_register_is(place: Place) -> None:
    layer = made(place, shown(place)).layer

    assert layer.is_modelled
    assert layer.is_sample


def test_without_shown_hours_the_week_is_the_assumed_one(place: Place) -> None:
    found = made(place, shown(place))

    assert not found.has_own_week
    assert found.layer.profiles[RIDERS].tolist() == pytest.approx(week_profile(RIDERS).tolist())


def test_shown_hours_make_the_week_evenly_within_their_parts(place: Place) -> None:
    found = made(place, shown(place, hours=((NIGHT, 24), (DAY, 16))), shown(place, 1))
    week = found.layer.profiles[RIDERS]

    assert found.has_own_week
    assert week[23] / week[10] == pytest.approx((24 / 8) / (16 / 16))
    assert week.mean() == pytest.approx(1)


def test_nothing_shown_makes_no_layer(place: Place) -> None:
    with pytest.raises(InvalidValue):
        made(place)


@pytest.mark.parametrize("hours", [0.0, -1.0, 169.0, float("nan")])
def test_hours_a_week_are_hours_of_a_week(place: Place, hours: float) -> None:
    with pytest.raises(InvalidValue):
        made(place, shown(place), hours_a_week=hours)
