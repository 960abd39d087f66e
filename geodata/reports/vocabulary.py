"""The closed vocabularies of a report, with their words in both languages."""

from __future__ import annotations

from typing import Final

from geodata.stations.vocabulary import LabelledCode


class ReportKind(LabelledCode):
    """What somebody reports. Order is display order."""

    GOT_IN = "got_in", "进去了", "got in"
    LOCKED = "locked", "开放时间内门锁着", "door locked during opening hours"
    WRONG_HOURS = "wrong_hours", "时间不对", "wrong hours"
    WRONG_PLACE = "wrong_place", "位置不对", "wrong place"
    BROKEN = "broken", "设施坏了", "something is broken"
    SUPPLIES_OUT = "supplies_out", "用品没了", "supplies have run out"
    CLOSED_FOR_GOOD = "closed_for_good", "已经没有了", "closed for good"
    OTHER = "other", "其他", "something else"
    SUGGEST_SITE = "suggest_site", "这里该有一个驿站", "a station is needed here"

    @property
    def is_about_station(self) -> bool:
        """Whether it needs a station; a suggested site needs a place instead."""
        return self is not ReportKind.SUGGEST_SITE

    @property
    def names_services(self) -> bool:
        """Whether it may say which services it is about."""
        return self in {ReportKind.BROKEN, ReportKind.SUPPLIES_OUT}

    @property
    def names_place(self) -> bool:
        """Whether it may say where: the right place of a station, or of a site."""
        return self in {ReportKind.WRONG_PLACE, ReportKind.SUGGEST_SITE}


class ReportState(LabelledCode):
    """Where a report stands on its way."""

    OPEN = "open", "待处理", "waiting"
    IN_PROGRESS = "in_progress", "处理中", "in progress"
    RESOLVED = "resolved", "已解决", "resolved"
    REJECTED = "rejected", "不予采纳", "not taken up"

    @property
    def is_closed(self) -> bool:
        """Whether nobody works on it any more."""
        return self in {ReportState.RESOLVED, ReportState.REJECTED}

    @property
    def next_states(self) -> tuple[ReportState, ...]:
        """The states staff may move it to."""
        return _NEXT_STATES[self]


_NEXT_STATES: Final = {
    ReportState.OPEN: (ReportState.IN_PROGRESS, ReportState.RESOLVED, ReportState.REJECTED),
    ReportState.IN_PROGRESS: (ReportState.RESOLVED, ReportState.REJECTED, ReportState.OPEN),
    ReportState.RESOLVED: (ReportState.IN_PROGRESS,),
    ReportState.REJECTED: (ReportState.IN_PROGRESS,),
}
