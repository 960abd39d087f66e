"""When a clause of the hours holds: days, holidays, season, months, gathered word by word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from geodata.stations.hours_problems import unreadable
from geodata.stations.hours_words import WEEKEND, WORKDAYS, Kind, MonthRange, Token, whole_months


@dataclass(frozen=True, slots=True)
class Scope:
    """When a clause holds. ``days`` None: no day was named. ``season``: summer, winter or nothing.

    ``bracket`` is the number of the brackets it was first named in, 0 for none.
    """

    days: frozenset[int] | None = None
    on_holidays: bool = False
    workdays_named: bool = False
    season: str = ""
    months: MonthRange | None = None
    text: str = ""
    bracket: int = 0

    def __post_init__(self) -> None:
        midseason = {"summer": 7, "winter": 1}.get(self.season)
        if midseason is not None and self.months is not None and not self.months.includes(midseason):
            raise unreadable("season_unclear", self.text)

    @property
    def names_days(self) -> bool:
        """Whether days of the week or holidays are named."""
        return self.days is not None or self.on_holidays

    @property
    def names_months(self) -> bool:
        """Whether a season or months are named."""
        return bool(self.season) or self.months is not None


def widened(scope: Scope, token: Token) -> Scope:
    """The scope with one more word said."""
    scope = replace(scope, text=f"{scope.text}{'、' if scope.text else ''}{token.text}")
    days = scope.days or frozenset()
    if token.kind is Kind.HOLIDAY:
        return replace(scope, on_holidays=True)
    if token.kind is Kind.WORKDAY:
        return replace(scope, days=days & WORKDAYS or WORKDAYS, workdays_named=True)
    if token.kind is Kind.SEASON:
        if scope.season and scope.season != token.value:
            raise unreadable("season_unclear", scope.text)
        return replace(scope, season=str(token.value))
    if token.kind is Kind.MONTHS:
        if scope.months is not None:
            raise unreadable("season_unclear", scope.text)
        return replace(scope, months=whole_months(cast("MonthRange", token.value)))
    if token.value == "rest_days":
        return replace(scope, days=days | WEEKEND, on_holidays=True)
    return replace(scope, days=days | cast("frozenset[int]", token.value))


def both_of(first: Scope, second: Scope) -> Scope | None:
    """One scope of two that name different sorts of things (days here, months there), else None."""
    if (first.names_days and second.names_days) or (first.months is not None and second.names_months):
        return None
    if first.season and second.season:
        return None
    return Scope(
        days=first.days if first.names_days else second.days,
        on_holidays=first.on_holidays or second.on_holidays,
        workdays_named=first.workdays_named or second.workdays_named,
        season=first.season or second.season,
        months=first.months or second.months,
        text="、".join(filter(None, (first.text, second.text))),
    )


def joined(first: Scope, second: Scope) -> Scope:
    """One scope of one and what its brackets add: "节假日（周六、周日）", "夏季（5-9月）"."""
    both = both_of(first, second)
    if both is None and ((first.season and second.season) or (first.months and second.months)):
        raise unreadable("season_unclear", f"{first.text}、{second.text}")
    if both is None:
        both = replace(
            first,
            days=(first.days or frozenset()) | (second.days or frozenset()),
            on_holidays=first.on_holidays or second.on_holidays,
            workdays_named=first.workdays_named or second.workdays_named,
            season=first.season or second.season,
            months=first.months or second.months,
            text=f"{first.text}、{second.text}",
        )
    return replace(both, bracket=first.bracket)
