"""New stations that may be ones already known, or each other: for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geodata.files import Message
from geodata.stations import duplicates
from geodata.stations.station import Station
from mapapp.services.importing.report import ProbableDuplicate


def duplicates_among(new: Mapping[int, Station], known: Sequence[Station]) -> tuple[ProbableDuplicate, ...]:
    """The pairs worth a look, by line; ``new`` is line → station as it was, or would be, saved."""
    line_of = {station.code: line for line, station in new.items()}
    pairs = duplicates.probable_duplicates(list(new.values()), known)
    return tuple(sorted((_told(pair, line_of) for pair in pairs), key=lambda told: (told.line, told.other_code)))


def _told(pair: duplicates.ProbableDuplicate, line_of: Mapping[str, int]) -> ProbableDuplicate:
    """The pair seen from its new station; of two new ones, from the later."""
    first, second = pair.station, pair.other
    if line_of.get(first.code, 0) < line_of.get(second.code, 0):
        first, second = second, first
    return ProbableDuplicate(
        line=line_of[first.code],
        name=first.name,
        other_name=second.name,
        other_code=second.code,
        other_line=line_of.get(second.code),
        reason=Message(pair.message("zh"), pair.message("en")),
    )
