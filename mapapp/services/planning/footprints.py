"""In which hours which cells are covered, as the part of a kept answer that comparisons read.

Key ``footprint`` of a document (`results`), of whole answers only::

    {"groups": ["riders", …], "heads": numbers (groups, cells), "profiles": numbers (groups, 168),
     "hours": [the hours asked about],
     "asked": {"bit_of_hour": [168], "parts": [{"groups": […], "low": bits, "more": bits}]},
     "week": the same for each of the document's week.needs, or null of very many cells}

``numbers`` and ``bits`` are arrays (kind, shape, deflated, Base64). ``bits`` have the shape (needs, cells, words);
``more`` are those that ``high`` has besides ``low``.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from geodata.coverage.footprint import Footprint, FootprintPart, Headcount
from geodata.coverage.matrix import CoveredHours
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.planning.analysing import Asked
from mapapp.services.planning.answer import season_of
from mapapp.services.planning.answer_parts import PlanningAnswer

KEY: Final = "footprint"
MOST_CELLS: Final = 60_000
"""Of more cells only the question itself is kept, not every service: 25 bytes a cell and need."""
_LEVEL: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class KeptFootprint:
    """What a document keeps: who is where, and which of them are covered when."""

    people: Headcount
    hours: frozenset[int]
    asked: Footprint
    week: Footprint | None

    @classmethod
    def of(cls, answer: PlanningAnswer) -> Self:
        """That of a whole answer; its pairs are on the shelf still."""
        asked = Asked(answer.question, answer.ground, answer.demand, answer.register)
        analysis = asked.covering() if asked.in_metres else asked.travelling(lambda _what, _done, _of: None)
        footprint, layer = analysis.asked_footprint, answer.demand.layer
        week = None
        if answer.week is not None and layer.point_count <= MOST_CELLS:
            week = analysis.week_footprint(answer.week.needs, season_of(answer.question, answer.ground))
        return cls(Headcount.of(layer, footprint.groups), answer.hours, footprint, week)

    def document(self) -> dict[str, Any]:
        """As a document keeps it."""
        return {
            "groups": [group.value for group in self.people.groups],
            "heads": _packed(self.people.heads.astype("<f4")),
            "profiles": _packed(self.people.profiles.astype("<f8")),
            "hours": sorted(self.hours),
            "asked": _footprint_document(self.asked),
            "week": None if self.week is None else _footprint_document(self.week),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self | None:
        """That of an answer's document; None where it has none: answers of before had not."""
        kept = document.get(KEY)
        if kept is None:
            return None
        groups = tuple(WorkerGroup(code) for code in kept["groups"])
        return cls(
            Headcount(groups, _unpacked(kept["heads"]).astype(np.float64), _unpacked(kept["profiles"])),
            frozenset(kept["hours"]),
            _read_footprint(kept["asked"]),
            None if kept["week"] is None else _read_footprint(kept["week"]),
        )


def _footprint_document(footprint: Footprint) -> dict[str, Any]:
    return {"bit_of_hour": footprint.bit_of_hour.tolist(), "parts": [_part(part) for part in footprint.parts]}


def _part(part: FootprintPart) -> dict[str, Any]:
    low = np.array([each.low for each in part.covered], dtype="<u8")
    high = np.array([each.high for each in part.covered], dtype="<u8")
    return {"groups": [group.value for group in part.groups], "low": _packed(low), "more": _packed(high & ~low)}


def _read_footprint(kept: Mapping[str, Any]) -> Footprint:
    return Footprint(np.array(kept["bit_of_hour"], dtype=np.int64), tuple(_read_part(part) for part in kept["parts"]))


def _read_part(kept: Mapping[str, Any]) -> FootprintPart:
    low, more = (_unpacked(kept[name]).astype(np.uint64) for name in ("low", "more"))
    covered = tuple(CoveredHours(of_need, of_need | besides) for of_need, besides in zip(low, more, strict=True))
    return FootprintPart(tuple(WorkerGroup(code) for code in kept["groups"]), covered)


def _packed(values: NDArray[Any]) -> list[Any]:
    content = base64.b64encode(zlib.compress(np.ascontiguousarray(values).tobytes(), _LEVEL)).decode()
    return [values.dtype.str, list(values.shape), content]


def _unpacked(kept: list[Any]) -> NDArray[Any]:
    kind, shape, content = kept
    return np.frombuffer(zlib.decompress(base64.b64decode(content)), dtype=kind).reshape(shape)
