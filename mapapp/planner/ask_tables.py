"""The tables of an answer document: gaps, loads, losses, room, equity, assumptions, towns, idle supply."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import h3

from geodata.coordinates import LonLat
from geodata.coverage.gaps import side_of
from geodata.places import Place
from mapapp.planner.ask_words import cases_words, count_words, fine_words, points_words, share_words
from mapapp.planner.charts import Table, area_name
from mapapp.planner.speech import gettext
from mapapp.planner.wording import NOTHING, percent, plain_number, workers_count

ENDLESS: Final = -1
"""How a document writes workers per seat where there is no seat."""
ROWS_SHOWN: Final = 15


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap of the list."""

    rank: int
    name: str
    facts: str


def gap_rows(document: Mapping[str, Any], language: str, *, by_workers: bool = False) -> tuple[GapRow, ...]:
    """The gaps, most uncovered worker-hours first, or those whose cells hold most workers."""
    gaps, several = document["gaps"], document["hours_count"] > 1
    name = "name_zh" if language.startswith("zh") else "name_en"
    in_order = sorted(gaps, key=lambda gap: gap["rank_by_workers"]) if by_workers else gaps
    return tuple(GapRow(gap["rank"], gap[name], _gap_facts(gap, several)) for gap in in_order)


def _gap_facts(gap: Mapping[str, Any], several: bool) -> str:
    if several:
        facts = gettext(
            "%(hours)s worker-hours not covered; %(workers)s workers in the mean hour",
            hours=workers_count(gap["worker_hours"]),
            workers=workers_count(gap["workers"]),
        )
    else:
        facts = gettext("%(count)s workers without coverage", count=workers_count(gap["worker_hours"]))
    perhaps = workers_count(gap["perhaps_covered_workers"])
    if perhaps != "0":
        facts += gettext("; %(count)s of them perhaps covered by stations whose hours are unknown", count=perhaps)
    return facts


def load_table(document: Mapping[str, Any], most: int = ROWS_SHOWN) -> Table:
    """Whom each station serves if everybody goes to the nearest open one, fullest first."""
    stations = document["stations"]
    rows = _largest(stations, "peak_low", most)
    return Table(
        caption=gettext("Fullest stations"),
        headings=(
            gettext("Station"),
            gettext("Worker-hours"),
            gettext("Workers in its fullest hour"),
            gettext("Seats"),
            gettext("Workers per seat"),
        ),
        rows=tuple(
            (
                _station_name(stations, row),
                cases_words(count_words, *_pair(stations, "load", row)),
                cases_words(count_words, *_pair(stations, "peak", row)),
                NOTHING if stations["seats"][row] is None else plain_number(stations["seats"][row]),
                cases_words(_per_seat, *_pair(stations, "per_seat", row)),
            )
            for row in rows
        ),
    )


def loss_table(document: Mapping[str, Any], most: int = ROWS_SHOWN) -> Table:
    """What nobody covers any more if a station closes, greatest first."""
    stations, total = document["stations"], document["headline"]["worker_hours"]
    rows = _largest(stations, "loss_low", most)
    return Table(
        caption=gettext("What is lost if one closes"),
        headings=(gettext("Station"), gettext("Worker-hours only it covers"), gettext("Points of the city's share")),
        rows=tuple(
            (
                _station_name(stations, row),
                cases_words(count_words, *_pair(stations, "loss", row)),
                cases_words(points_words, *(value / total for value in _pair(stations, "loss", row)))
                if total
                else NOTHING,
            )
            for row in rows
        ),
    )


def idle_names(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Stations that are open while nobody is in reach."""
    stations = document["stations"]
    return tuple(_station_name(stations, row) for row, idle in enumerate(stations["idle"]) if idle)


def equity_table(document: Mapping[str, Any]) -> Table:
    """How even it is, with all unknown hours shut / all open."""
    names = {"room": gettext("Room per worker (E2SFCA)"), "covered_share": gettext("Covered share")}
    return Table(
        caption=gettext("How even it is"),
        headings=(
            gettext("Of"),
            gettext("Gini"),
            gettext("Palma"),
            gettext("Line"),
            gettext("Below it (FGT 0)"),
            gettext("FGT 1"),
            gettext("FGT 2"),
        ),
        rows=tuple(
            (
                names.get(row["of"], str(row["of"])),
                _bounds(row, "gini"),
                _bounds(row, "palma"),
                cases_words(_line, row["line"], row.get("line_high", row["line"])),
                cases_words(share_words, *_low_and_high(row, "fgt0")),
                _bounds(row, "fgt1"),
                _bounds(row, "fgt2"),
            )
            for row in document["equity"]
        ),
    )


def sensitivity_table(document: Mapping[str, Any]) -> Table:
    """The share under other speeds and detours."""
    whole = document["headline"]
    return Table(
        caption=gettext("How much hangs on the assumptions"),
        headings=(gettext("Speed"), gettext("Detour"), gettext("Share"), gettext("Points more or less")),
        rows=tuple(
            (
                percent(row["speed_factor"]),
                NOTHING if row["detour_factor"] is None else plain_number(row["detour_factor"]),
                share_words(row["share_low"], row["share_high"]),
                points_words(*(_less(row[name], whole[name]) for name in ("share_low", "share_high")), is_change=True),
            )
            for row in document["sensitivity"]
        ),
    )


def town_table(document: Mapping[str, Any], place: Place, language: str, most: int = ROWS_SHOWN) -> Table:
    """Town-sized cells where most worker-hours are not surely covered."""
    rows = sorted(document["towns"], key=lambda row: (row["covered_low"] - row["worker_hours"], row["cell"]))[:most]
    return Table(
        caption=gettext("Town-sized cells with most worker-hours not covered"),
        headings=(
            gettext("Where"),
            gettext("Cell"),
            gettext("Worker-hours"),
            gettext("Not covered"),
            gettext("Share covered"),
        ),
        rows=tuple(
            (
                _where(row["cell"], place, language),
                row["cell"],
                workers_count(row["worker_hours"]),
                count_words(row["worker_hours"] - row["covered_high"], row["worker_hours"] - row["covered_low"]),
                share_words(row["share_low"], row["share_high"]),
            )
            for row in rows
        ),
        texts=frozenset({1}),
    )


def group_table(document: Mapping[str, Any], name_of: Callable[[str], str]) -> Table:
    """The groups asked about, each by its own way of getting about."""
    return Table(
        caption=gettext("By group of workers"),
        headings=(gettext("Group"), gettext("Worker-hours"), gettext("Covered"), gettext("Share")),
        rows=tuple(
            (
                name_of(row["group"]),
                workers_count(row["worker_hours"]),
                count_words(row["covered_low"], row["covered_high"]),
                share_words(row["share_low"], row["share_high"]),
            )
            for row in document["groups"]
        ),
    )


def _largest(stations: Mapping[str, Any], column: str, most: int) -> list[int]:
    """The rows with most, none of those with nothing; ties by code."""
    values: Sequence[float | None] = stations[column]
    some = [row for row, value in enumerate(values) if value is not None and value > 0]
    return sorted(some, key=lambda row: (-float(values[row] or 0), stations["code"][row]))[:most]


def _station_name(stations: Mapping[str, Any], row: int) -> str:
    return f"{stations['name'][row]} ({stations['code'][row]})"


def _pair(stations: Mapping[str, Any], name: str, row: int) -> tuple[float, float]:
    return stations[f"{name}_low"][row], stations[f"{name}_high"][row]


def _line(value: float | None, _same: float | None) -> str:
    return NOTHING if value is None else plain_number(value)


def _per_seat(value: float | None, _same: float | None) -> str:
    if value is None:
        return gettext("unknown")
    return gettext("no seat") if value == ENDLESS else f"{value:.1f}"


def _low_and_high(row: Mapping[str, Any], name: str) -> tuple[float | None, float | None]:
    return row[f"{name}_low"], row[f"{name}_high"]


def _bounds(row: Mapping[str, Any], name: str) -> str:
    return cases_words(fine_words, *_low_and_high(row, name))


def _less(value: float | None, than: float | None) -> float | None:
    if value is None or than is None or not math.isfinite(value - than):
        return None
    return value - than


def _where(cell: str, place: Place, language: str) -> str:
    """The district and the side of it that the middle of a cell lies on."""
    lat, lon = h3.cell_to_latlng(cell)
    at = LonLat(lon, lat)
    code = place.district_of(at)
    if code is None:
        return area_name("", place, language)
    unit = place.unit(code)
    zh, en = side_of(unit, at).value
    return f"{unit.name_zh}{zh}" if language.startswith("zh") else f"{en} of {unit.name_en}"
