"""Names of places for new sites: by the side of the district they are on, in the language of whoever reads.

A site that becomes a station takes its Chinese name along; an answer's stations are named by `in_language`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.gaps import sides_of
from geodata.places import Place
from geodata.siting.interventions import NEW_SITE_PREFIX

Names = tuple[str, str]
"""In Chinese, in English."""


def names_at(
    place: Place, lon: Floats, lat: Floats, districts: Sequence[str], what: Names, marks: Sequence[str]
) -> list[Names]:
    """What sites at some places are called: "兴庆区东北部候选点 6b3", "candidate 6b3, north-east of Xingqing District".

    WGS-84 degrees and districts' codes, (n,) each; ``marks`` tell those on the same side apart.
    """
    zh, en = what
    found: list[Names] = [("", "")] * len(marks)
    for code in dict.fromkeys(districts):
        unit = place.unit(code)
        rows = np.array([row for row, other in enumerate(districts) if other == code], dtype=np.int64)
        for row, side in zip(rows.tolist(), sides_of(unit, lon[rows], lat[rows]), strict=True):
            side_zh, side_en = side.value
            found[row] = (
                f"{unit.name_zh}{side_zh}{zh} {marks[row]}",
                f"{en} {marks[row]}, {side_en} of {unit.name_en}",
            )
    return found


def in_language(document: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """An answer with its new sites named in the language; the same where all are."""
    changes = document.get("interventions") or ()
    named = {f"{NEW_SITE_PREFIX}{each['key']}": each["name_en"] for each in changes if each.get("name_en")}
    if language.startswith("zh") or not named:
        return document
    stations = document["stations"]
    names = [named.get(code, name) for code, name in zip(stations["code"], stations["name"], strict=True)]
    return {**document, "stations": {**stations, "name": names}}
