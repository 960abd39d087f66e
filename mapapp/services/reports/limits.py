"""How many reports are taken from one sender: counted in the database, so that all processes count alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from geodata.reports.report import ReportDraft
from geodata.reports.sender import SenderKeys
from geodata.reports.vocabulary import ReportKind
from mapapp.store import ReportReader
from mapapp.store.clock_slack import not_ahead

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
SAME_DOOR: Final = timedelta(minutes=10)
DEVICE_PER_HOUR: Final = 10
DEVICE_PER_DAY: Final = 30
PHOTOS_PER_HOUR: Final = 6


class TooManyReports(RuntimeError):
    """A sender who must wait; ``retry_after_s`` is how long, in whole seconds from 1."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many reports; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Count:
    """``most`` of what was received at ``received_at`` (earliest first) may lie in one ``window``."""

    most: int
    window: timedelta
    received_at: list[datetime]

    def wait(self, now: datetime) -> timedelta:
        """How long until one more fits; not above zero when it does now. What lies ahead does not count."""
        received_at = not_ahead(self.received_at, now)
        if len(received_at) < self.most:
            return timedelta(0)
        return received_at[-self.most] + self.window - now


def refuse_too_many(
    reports: ReportReader, draft: ReportDraft, sender: SenderKeys, now: datetime, *, address_per_hour: int
) -> None:
    """Refuse the report of a sender who sent enough for now.

    Raises
    ------
    TooManyReports
        With the longest of the waits.
    """
    of_device, of_address = sender.device, sender.address
    counts = [
        Count(DEVICE_PER_HOUR, HOUR, reports.received_since(now - HOUR, device_key=of_device)),
        Count(DEVICE_PER_DAY, DAY, reports.received_since(now - DAY, device_key=of_device)),
        Count(address_per_hour, HOUR, reports.received_since(now - HOUR, address_key=of_address)),
    ]
    if draft.kind in {ReportKind.LOCKED, ReportKind.GOT_IN}:
        same = reports.received_since(
            now - SAME_DOOR, device_key=of_device, station_code=draft.station_code, kind=draft.kind
        )
        counts.append(Count(1, SAME_DOOR, same))
    if draft.photo is not None:
        photos = reports.received_since(now - HOUR, device_key=of_device, with_photo=True)
        counts.append(Count(PHOTOS_PER_HOUR, HOUR, photos))
    longest = max(count.wait(now) for count in counts)
    if longest > timedelta(0):
        raise TooManyReports(max(1, ceil(longest.total_seconds())))
