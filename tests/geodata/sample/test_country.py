"""The made-up country: stations anywhere in it, the same for the same seed, and marked as a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.places import Place, load_place
from geodata.sample.country import country_stations, write_country


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("country")
    write_country(folder)
    return load_place(str(folder))


def test_every_station_lies_in_the_unit_it_names_and_is_marked_as_a_sample(country: Place) -> None:
    stations = list(country_stations(country, 300, 1))

    assert [station.code for station in stations] == sorted({station.code for station in stations})
    for station in stations:
        assert station.is_sample
        assert station.position is not None
        assert country.district_of(station.position.point) == station.district_code
        assert "示例" in station.name


def test_the_same_seed_gives_the_same_stations_and_another_seed_others(country: Place) -> None:
    one, again, other = (list(country_stations(country, 60, seed)) for seed in (1, 1, 2))

    assert one == again
    assert one != other


def test_towns_are_of_very_different_size(country: Place) -> None:
    counts = [0] * len(country.units)
    for station in country_stations(country, 600, 1):
        counts[[unit.code for unit in country.units].index(station.district_code or "")] += 1

    assert max(counts) > 5 * (sum(counts) / len(counts)) / 2
    assert sum(count > 0 for count in counts) > len(counts) / 2


def test_no_unit_has_a_code_that_a_real_one_may_have_and_the_folder_says_what_it_is(tmp_path: Path) -> None:
    write_country(tmp_path / "country")

    assert all(unit.code.startswith("99") for unit in load_place(str(tmp_path / "country")).units)
    assert "invented" in (tmp_path / "country" / "SOURCES.md").read_text(encoding="utf-8")
