"""An answer as a JSON document: what a kept run holds, and what pages, charts, comparisons and reports read.

Shape (``format`` 1). A *tally* is ``{"worker_hours", "covered_low", "covered_high", "share_low", "share_high"}``;
shares are 0 to 1, or null without workers; ``low`` has every station of unknown hours shut, ``high`` open. Units are in
the names. Counts of workers are expectations: not whole. Keys ending ``_low``/``_high`` are such a pair.

::

    {"format": 1,
     "question": PlanningQuestion.to_document(),
     "interventions": [intervention_document, …],
     "basis": {"data_revision", "code_version", "place", "is_sample", "is_modelled", "station_count",
               "counted_count", "unknown_hours_count", "holidays": "known|missing|not_used",
               "layers": [{"name", "title", "groups", "origin_zh", "origin_en", "is_sample", "is_modelled",
                           "checksum"}],
               "travel": [{"groups", "network", "mode", "speed_kmh", "detour_factor", "source", "checksum",
                           "source_date", "off_network_kmh"}]},
     "parts": ["coverage", "week", "losses", "travel", "room", "sensitivity"],   # a partial answer has the first few
     "hours_count": 168,                      # how many hours of the week are added up; 1 for an instant
     "headline": tally + {"workers": mean workers in an hour, "uncovered_workers_low", "uncovered_workers_high"},
     "groups": [tally + {"group"}],
     "districts": [tally + {"code" ("" outside), "day_low", "day_high", "night_low", "night_high"}],
     "towns": [tally + {"cell" (H3 resolution 7)}],
     "week": {"needs": ["" (the question's own), "rest", …], "workers": [168],
              "share_low": [[168] a need], "share_high": [[168] a need]},   # shares null without workers
     "night_gaps": [{"need", "day_low", "day_high", "night_low", "night_high"}],   # `night_gap` has the gap of a row
     "travel": {"low"|"high": {"p50_s", "p90_s", "mean_s", "beyond_worker_hours", "beyond_share",
                               "curve": [[minutes, share], …]},
                "cut_off_min": 30, or the rule's own minutes where these are more},
     "gaps": [{"rank", "rank_by_workers", "name_zh", "name_en", "workers", "worker_hours", "perhaps_covered_workers",
               "lon", "lat", "district", "other_districts", "cells": [place in cells.h3, …]}],
     "stations": {column: [one a station, by code]}: "code", "name", "kind", "life_cycle", "lon", "lat", "district",
                 "seats", "counts" (may cover anybody), "is_new", "load_low", "load_high" (worker-hours),
                 "peak_low", "peak_high" (workers), "per_seat_low", "per_seat_high" (null unknown, -1 endless),
                 "loss_low", "loss_high" (worker-hours only it covers), "idle" (open, but nobody in reach),
     "single_share_low", "single_share_high",
     "unserved_low", "unserved_high",         # worker-hours with no open station within the cut-off
     "room": {"unit": "seats|stations", "assumed_seats", "assumed_count", "bands_min": [5, 10, 15], "weights": […],
              "mean_low", "mean_high" (per 1,000 workers), "idle_supply_hours_low", "idle_supply_hours_high"},
     "equity": [{"of": "room|covered_share", "gini_low", "gini_high", "palma_low", "palma_high", "line",
                 "line_high" (room's lines differ by bound),
                 "fgt0_low", "fgt0_high", "fgt1_low", "fgt1_high", "fgt2_low", "fgt2_high"}],
     "sensitivity": [tally + {"speed_factor", "detour_factor"}],   # empty for a rule in metres
     "unreachable": {"points": count, "worker_hours", "stations": [codes]},
     "cells": {"h3": […], "worker_hours": […], "covered_low": […], "covered_high": […], "room_low": […],
               "station_low": [row of the station that serves most of it, or -1]}}

What a partial answer has not got yet is left out: ``week`` and ``night_gaps`` (part ``week``), ``loss_*`` and
``single_share_*`` (``losses``), ``travel``, ``load_*``, ``peak_*``, ``per_seat_*``, ``unserved_*``, ``unreachable`` and
``cells.station_low`` (``travel``), ``room``, ``equity``, ``idle`` and ``cells.room_low`` (``room``), ``sensitivity``.
A document that is read from a kept run has ``seconds`` besides: how long it took; a whole one has ``footprint``, which
comparisons read (`footprints`).
Numbers are rounded to what can be told apart: shares to 6 decimals, workers and worker-hours to 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.analysis import travel_cut_off_s
from geodata.coverage.gaps import Gap
from geodata.coverage.matrix import NightGap, Tally
from geodata.coverage.nearest import TravelTimes
from geodata.coverage.supply import NOTHING_SPECIAL, Need
from geodata.siting.interventions import intervention_document
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.pairs import TravelNote
from mapapp.services.planning import footprints
from mapapp.services.planning.answer_parts import EquityAnswer, Part, PlanningAnswer, RoomAnswer, WeekAnswer
from mapapp.services.planning.version import code_version
from mapapp.store import RunFindings

FORMAT: Final = 1
ENDLESS: Final = -1
"""Workers per seat where there is no seat and somebody comes."""
_SHARE_DECIMALS: Final = 6
_COUNT_DECIMALS: Final = 4
_PER: Final = 1000.0


def answer_document(answer: PlanningAnswer) -> dict[str, Any]:
    """The answer, or as much of it as there is."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "question": answer.question.to_document(),
        "interventions": [intervention_document(each) for each in answer.interventions],
        "basis": _basis(answer),
        "parts": [part.value for part in answer.parts],
        "hours_count": len(answer.hours),
        "headline": _headline(answer),
        "groups": [{"group": group.value} | tally_document(tally) for group, tally in answer.by_group],
        "districts": _districts(answer),
        "towns": [{"cell": town.code} | tally_document(town.tally) for town in answer.towns],
        "gaps": _gaps(answer),
        "stations": _stations(answer),
        "cells": _cells(answer),
    }
    if answer.week is not None:
        document |= _week(answer.week)
    if answer.losses is not None:
        low, high = answer.losses
        document |= _pair("single_share", low.single_share, high.single_share, _share)
    if answer.travel is not None:
        document |= _travel(answer)
    if answer.room is not None:
        document["room"] = _room(answer.room)
        document["equity"] = [_equity(each) for each in answer.equity]
    if Part.SENSITIVITY in answer.parts:
        document["sensitivity"] = [
            {"speed_factor": each.assumption.speed_factor, "detour_factor": each.assumption.detour_factor}
            | tally_document(each.tally)
            for each in answer.sensitivity
        ]
    return document


def findings_of(answer: PlanningAnswer, document: Mapping[str, Any], seconds: float) -> RunFindings:
    """What a kept run holds of an answer and its document, which took so long; of a whole one its footprint too."""
    footprint = {footprints.KEY: footprints.KeptFootprint.of(answer).document()} if answer.is_whole else {}
    streets = answer.ground.streets
    uses_streets = any(note.checksum is not None for note, _groups in answer.notes)
    return RunFindings(
        data_revision=answer.ground.revision,
        layers={use.name: use.checksum for use in answer.demand.uses},
        network_checksum=streets.source.sha256 if streets is not None and uses_streets else "",
        code_version=code_version(),
        headline=document["headline"] | {"is_sample": answer.is_sample},
        result={**document, **footprint},
        seconds=round(seconds, 3),
        is_whole=answer.is_whole,
    )


def tally_document(tally: Tally) -> dict[str, Any]:
    """A tally with its shares."""
    return {
        "worker_hours": _count(tally.worker_hours),
        "covered_low": _count(tally.low),
        "covered_high": _count(tally.high),
        "share_low": _share(tally.share_low),
        "share_high": _share(tally.share_high),
    }


def _basis(answer: PlanningAnswer) -> dict[str, Any]:
    ground, demand, counts = answer.ground, answer.demand, answer.counts
    opens = answer.week_opens
    is_unknown = counts & ((opens.perhaps & ~opens.surely) != 0).any(axis=1)
    return {
        "data_revision": ground.revision,
        "code_version": code_version(),
        "place": ground.place.id,
        "is_sample": answer.is_sample,
        "is_modelled": demand.layer.is_modelled,
        "station_count": len(answer.register.stations),
        "counted_count": int(np.count_nonzero(counts)),
        "unknown_hours_count": int(np.count_nonzero(is_unknown)),
        "holidays": answer.holidays.value,
        "layers": [
            {
                "name": use.name,
                "title": use.title,
                "groups": [group.value for group in use.groups],
                "origin_zh": use.origin("zh"),
                "origin_en": use.origin("en"),
                "is_sample": use.is_sample,
                "is_modelled": use.is_modelled,
                "checksum": use.checksum,
            }
            for use in demand.uses
        ],
        "travel": [_note(note, groups) for note, groups in answer.notes],
    }


def _note(note: TravelNote, groups: Iterable[WorkerGroup]) -> dict[str, Any]:
    return {
        "groups": [group.value for group in groups],
        "network": note.network.value,
        "mode": note.mode.value,
        "speed_kmh": note.speed_kmh,
        "detour_factor": note.detour_factor,
        "source": note.source,
        "checksum": note.checksum,
        "source_date": None if note.source_date is None else note.source_date.isoformat(),
        "off_network_kmh": note.off_network_kmh,
    }


def _headline(answer: PlanningAnswer) -> dict[str, Any]:
    whole, hours_count = answer.whole, max(len(answer.hours), 1)
    return tally_document(whole) | {
        "workers": _count(whole.worker_hours / hours_count),
        "uncovered_workers_low": _count(max(whole.worker_hours - whole.low, 0.0) / hours_count),
        "uncovered_workers_high": _count(max(whole.worker_hours - whole.high, 0.0) / hours_count),
    }


def _districts(answer: PlanningAnswer) -> list[dict[str, Any]]:
    rows = []
    for area in answer.districts:
        row = {"code": area.code} | tally_document(area.tally)
        if answer.week is not None:
            row |= _day_and_night(*answer.week.days_and_nights[area.code])
        rows.append(row)
    return rows


def _gaps(answer: PlanningAnswer) -> list[dict[str, Any]]:
    place, row_of = answer.ground.place, {cell: row for row, cell in enumerate(answer.demand.layer.h3_cells)}
    by_workers = sorted(answer.gaps, key=lambda gap: (-gap.workers_count, gap.cells))
    rank_by_workers = {gap.rank: rank for rank, gap in enumerate(by_workers, start=1)}

    def document(gap: Gap) -> dict[str, Any]:
        return {
            "rank": gap.rank,
            "rank_by_workers": rank_by_workers[gap.rank],
            "name_zh": gap.name(place, "zh"),
            "name_en": gap.name(place, "en"),
            "workers": _count(gap.workers_count),
            "worker_hours": _count(gap.worker_hours_count),
            "perhaps_covered_workers": _count(gap.perhaps_covered_count),
            "lon": round(gap.label_at.lon, 6),
            "lat": round(gap.label_at.lat, 6),
            "district": gap.unit_code,
            "other_districts": list(gap.other_units),
            "cells": [row_of[cell] for cell in gap.cells],
        }

    return [document(gap) for gap in answer.gaps]


def _stations(answer: PlanningAnswer) -> dict[str, list[Any]]:
    register, columns = answer.register, answer.register.supply.columns
    found: dict[str, list[Any]] = {
        "code": list(columns.codes),
        "name": [station.name for station in register.stations],
        "kind": [station.kind.value for station in register.stations],
        "life_cycle": [station.life_cycle.value for station in register.stations],
        "lon": _numbers(columns.lon, 6),
        "lat": _numbers(columns.lat, 6),
        "district": [station.district_code for station in register.stations],
        "seats": _numbers(register.supply.seats, 0),
        "counts": answer.counts.tolist(),
        "is_new": [station.code in register.fresh for station in register.stations],
    }
    if answer.travel is not None:
        for side, loads in zip(("low", "high"), answer.travel.loads, strict=True):
            found[f"load_{side}"] = _numbers(loads.worker_hours)
            found[f"peak_{side}"] = _numbers(loads.peak_workers)
            found[f"per_seat_{side}"] = _numbers(loads.per_seat)
    if answer.losses is not None:
        for side, each in zip(("low", "high"), answer.losses, strict=True):
            found[f"loss_{side}"] = _numbers(each.lost)
    if answer.room is not None:
        is_open = (answer.week_opens.surely != 0).any(axis=1)
        low = answer.room.rooms[0]
        found["idle"] = (answer.counts & is_open & (low.offered > 0) & (low.idle == low.offered)).tolist()
    return found


def _cells(answer: PlanningAnswer) -> dict[str, list[Any]]:
    present, low, high = answer.by_point
    found: dict[str, list[Any]] = {
        "h3": list(answer.demand.layer.h3_cells),
        "worker_hours": _numbers(present),
        "covered_low": _numbers(low),
        "covered_high": _numbers(high),
    }
    if answer.travel is not None:
        found["station_low"] = answer.travel.main_rows.tolist()
    if answer.room is not None:
        found["room_low"] = _numbers(answer.room.rooms[0].at_points * _PER)
    return found


def _week(week: WeekAnswer) -> dict[str, Any]:
    matrix = week.matrix
    low, high = matrix.shares()
    gaps = [
        {"need": need_code(need, week.needs[0])} | _day_and_night(*matrix.day_and_night(need)) for need in week.needs
    ]
    return {
        "week": {
            "needs": [need_code(need, week.needs[0]) for need in week.needs],
            "workers": _numbers(matrix.workers.sum(axis=(0, 1))),
            "share_low": [_numbers(row, _SHARE_DECIMALS) for row in low],
            "share_high": [_numbers(row, _SHARE_DECIMALS) for row in high],
        },
        "night_gaps": gaps,
    }


def _day_and_night(day: Tally, night: Tally) -> dict[str, Any]:
    return _pair("day", day.share_low, day.share_high, _share) | _pair(
        "night", night.share_low, night.share_high, _share
    )


def night_gap(row: Mapping[str, Any]) -> NightGap:
    """The night gap of a row with ``day_…`` and ``night_…``; of a district that was kept without them, nothing."""
    return NightGap.of(*((row.get(f"{part}_low"), row.get(f"{part}_high")) for part in ("day", "night")))


def need_code(need: Need, own: Need) -> str:
    """``""`` for the question's own need, else the code of the one service."""
    return "" if need in {own, NOTHING_SPECIAL} else next(iter(need.all_of)).value


def _travel(answer: PlanningAnswer) -> dict[str, Any]:
    travel = answer.travel
    assert travel is not None  # noqa: S101 - asked by the caller
    low, high = travel.times
    loads_low, loads_high = travel.loads
    columns = answer.register.supply.columns
    return {
        "travel": {
            "low": _times(low),
            "high": _times(high),
            "cut_off_min": round(travel_cut_off_s(answer.question.within) / 60, 2),
        },
        "unserved_low": _count(loads_low.unserved),
        "unserved_high": _count(loads_high.unserved),
        "unreachable": {
            "points": len(travel.unreachable_points),
            "worker_hours": _count(travel.unreachable_worker_hours),
            "stations": [columns.codes[row] for row in travel.unreachable_stations],
        },
    }


def _times(times: TravelTimes) -> dict[str, Any]:
    total = times.worker_hours
    return {
        "p50_s": _seconds(times.p50_s),
        "p90_s": _seconds(times.p90_s),
        "mean_s": _seconds(times.mean_s),
        "beyond_worker_hours": _count(times.beyond),
        "beyond_share": _share(times.beyond / total if total > 0 else None),
        "curve": [[minutes, _share(share)] for minutes, share in times.curve],
    }


def _room(room: RoomAnswer) -> dict[str, Any]:
    low, high = room.means
    return {
        "unit": "seats" if room.in_seats else "stations",
        "assumed_seats": room.assumed_seats,
        "assumed_count": room.assumed_count,
        "bands_min": [band.limit_s / 60 for band in room.bands],
        "weights": [band.weight for band in room.bands],
        **_pair("mean", None if low is None else low * _PER, None if high is None else high * _PER, _count),
        **_pair("idle_supply_hours", float(room.rooms[0].idle.sum()), float(room.rooms[1].idle.sum()), _count),
    }


def _equity(equity: EquityAnswer) -> dict[str, Any]:
    low, high = equity.spreads
    found: dict[str, Any] = {"of": equity.of}
    factor = _PER if equity.of == "room" else 1.0
    line_low, line_high = (_share(None if line is None else line * factor) for line in equity.lines)
    found |= {"line": line_low, "line_high": line_high} | _pair("gini", low.gini, high.gini, _share)
    found |= _pair("palma", low.palma, high.palma, _share)
    for order in range(3):
        found |= _pair(f"fgt{order}", low.fgt[order], high.fgt[order], _share)
    return found


def _pair(name: str, low: float | None, high: float | None, rounded: Callable[[float | None], Any]) -> dict[str, Any]:
    return {f"{name}_low": rounded(low), f"{name}_high": rounded(high)}


def _share(value: float | None) -> float | None:
    return None if value is None else round(float(value), _SHARE_DECIMALS)


def _count(value: float | None) -> float | None:
    return None if value is None else round(float(value), _COUNT_DECIMALS)


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(float(value), 1)


def _numbers(values: Floats, decimals: int = _COUNT_DECIMALS) -> list[float | int | None]:
    """Rounded numbers for JSON; NaN becomes null, what has no end `ENDLESS`."""
    rounded = np.round(values, decimals)
    if np.isfinite(rounded).all():
        found: list[float | int | None] = rounded.tolist()
        return found
    return [None if math.isnan(each) else ENDLESS if math.isinf(each) else each for each in rounded.tolist()]
