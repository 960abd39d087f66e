"""What a visitor asks of a station: the filters, and the two orders of an answer.

An empty set filters nothing. A station passes when **all** of these hold:

- its kind is one of ``kinds``;
- **each** of ``services`` can be counted on in the month (1-12, in the place's time zone) of the
  arrival instant: available, or seasonal and in season. Broken, unknown and absent ones do not count;
- it has **at least one** of ``entry_methods``;
- its district is one of ``district_codes``;
- ``open`` holds: ``arrival``: the state on arrival is open or closing soon; ``at``: the station is open
  at the instant of the question (no minimum stay); ``any``: always;
- if ``open_late``: it would let in whoever arrives at 22:00 of the evening of the arrival, by the same rule
  as on arrival, minimum stay included (``geodata.stations.late_evening``);
- if ``always_open``: its life cycle is active, and its hours are those of a station open around the clock
  (``Schedule.is_24h``): derived, never a label.

The last three ask something of the hours. Unknown hours pass none of them but ``open=any``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geodata.stations.vocabulary import EntryMethod, Service, StationKind


class OpenFilter(StrEnum):
    """Which instant a station must be open at."""

    ARRIVAL = "arrival"
    AT = "at"
    ANY = "any"


class Order(StrEnum):
    """How an answer is ordered; ``geodata.stations.ordering`` defines both."""

    DISTANCE = "distance"
    USEFUL = "useful"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFilter:
    """The stations a question is about."""

    kinds: frozenset[StationKind] = frozenset()
    services: frozenset[Service] = frozenset()
    entry_methods: frozenset[EntryMethod] = frozenset()
    district_codes: frozenset[str] = frozenset()
    open: OpenFilter = OpenFilter.ARRIVAL
    open_late: bool = False
    always_open: bool = False

    @property
    def asks_hours(self) -> bool:
        """Whether stations of unknown hours are left out."""
        return self.open is not OpenFilter.ANY or self.open_late or self.always_open
