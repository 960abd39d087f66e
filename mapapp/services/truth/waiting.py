"""The queue: which stations somebody should look at again, those that affect most people first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from geodata.stations.freshness import FieldGroup
from geodata.stations.station import Station
from mapapp.services.truth.ages import GROUPS, day_of
from mapapp.services.truth.register import DOOR, Mask, Reason, RegisterTruth


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuestion:
    """Which part of the queue. None is no filter; an empty set is nobody's.

    ``districts`` may hold `NO_DISTRICT`. ``door_since`` asks for stations whose door was not confirmed from
    that day on instead of for reasons.
    """

    reason: Reason | None = None
    districts: frozenset[str] | None = None
    codes: frozenset[str] | None = None
    door_since: date | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One station of the queue, with why it stands there.

    ``confirmed_on`` and ``stale`` are by group; ``affected_count`` workers are within 1 km in an average hour.
    """

    station: Station
    reasons: tuple[Reason, ...]
    stale: tuple[FieldGroup, ...]
    confirmed_on: Mapping[FieldGroup, date | None]
    affected_count: float
    report_count: int
    oldest_report_on: date | None
    has_door_warning: bool
    door_confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; the counts are of the whole of it, ``by_reason`` before a reason was chosen."""

    items: tuple[Waiting, ...]
    total: int
    by_reason: Mapping[Reason, int]


def queue_page(truth: RegisterTruth, question: QueueQuestion) -> QueuePage:
    """The stations that answer the question, most workers affected first.

    Among equals come those the public contradicts, then those not confirmed for longest, then by code.
    """
    among = _among(truth, question)
    because = {reason: truth.because[reason] & among for reason in Reason}
    if question.door_since is not None:
        chosen: Mask = among & ~truth.door_confirmed_since(question.door_since.toordinal())
    elif question.reason is not None:
        chosen = because[question.reason]
    else:
        chosen = np.logical_or.reduce(list(because.values()))
    rows = np.flatnonzero(chosen)
    keys = (
        rows,
        truth.confirmed.min(axis=1, initial=np.iinfo(np.int64).max)[rows],
        ~because[Reason.CONTRADICTED][rows],
        -truth.facts.affected[rows],
    )
    ordered = rows[np.lexsort(keys)]
    page = ordered[question.offset : question.offset + question.limit]
    counts = {reason: int(mask.sum()) for reason, mask in because.items()}
    return QueuePage(tuple(waiting_at(truth, int(row)) for row in page), len(rows), counts)


def next_waiting(truth: RegisterTruth, question: QueueQuestion, after: Collection[str]) -> Station | None:
    """The first station of the queue that is none of these."""
    page = queue_page(truth, question)
    return next((item.station for item in page.items if item.station.code not in after), None)


def waiting_at(truth: RegisterTruth, row: int) -> Waiting:
    """What the truth says about one row."""
    stale = truth.stale[row]
    days = [day_of(int(day)) for day in truth.confirmed[row]]
    return Waiting(
        station=truth.snapshot.stations[row],
        reasons=tuple(reason for reason in Reason if truth.because[reason][row]),
        stale=tuple(group for group, is_stale in zip(GROUPS, stale, strict=True) if is_stale),
        confirmed_on=dict(zip(GROUPS, days, strict=True)),
        affected_count=float(truth.facts.affected[row]),
        report_count=int(truth.reported[row]),
        oldest_report_on=day_of(int(truth.oldest_report[row])),
        has_door_warning=bool(truth.warned[row]),
        door_confirmed_on=days[DOOR],
    )


def _among(truth: RegisterTruth, question: QueueQuestion) -> Mask:
    among = np.ones(len(truth.snapshot.stations), dtype=np.bool_)
    if question.districts is not None:
        facts = truth.facts
        wanted = np.array([key in question.districts for key in facts.district_keys], dtype=np.bool_)
        among &= wanted[facts.district_rows]
    if question.codes is not None:
        row_of = truth.facts.row_of
        own = np.zeros(len(among), dtype=np.bool_)
        own[[row_of[code] for code in question.codes if code in row_of]] = True
        among &= own
    return among
