"""双休, 双休日 and 休息日: days that are named, or days that are said to be off.

"双休日10:00-16:00" names Saturday and Sunday; "9:00-18:00，双休" says that they are off, and "周一为休息日" that Monday
is. What stands beside the word decides; where it does not, the hours are left unread: unknown is better than wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from geodata.stations.hours_problems import unreadable
from geodata.stations.hours_words import WEEKEND, Kind, Token

_TIMES: Final = frozenset({Kind.CLOCK, Kind.ALL_DAY})
_ENDS: Final = frozenset({None, Kind.STOP, Kind.BRACKET_CLOSE})
_SAID: Final = frozenset({Kind.CLOSED, Kind.AS_USUAL})
_MORE_DAYS: Final = frozenset({Kind.DAYS, Kind.HOLIDAY})


def settled(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with each such word as days, as closed days, or as the beginning of what is closed.

    Raises
    ------
    HoursReadingError
        ``days_unclear``: it can be meant either way.
    """
    return [each for place, token in enumerate(tokens) for each in _Word(tokens, place).meant(token)]


class _Word:
    """A token and what stands beside it, fillers passed over."""

    def __init__(self, tokens: Sequence[Token], place: int) -> None:
        self._tokens, self._place = tokens, place

    def meant(self, token: Token) -> tuple[Token, ...]:
        """The tokens it stands for; itself where it is no such word."""
        if token.kind is not Kind.REST_DAYS:
            return (token,)
        if token.text == "双休":
            return self._both_off(token)
        return self._rest_day(token) if token.text == "休息日" else self._named(token)

    def _both_off(self, token: Token) -> tuple[Token, ...]:
        after = self._beside(1)
        kind = _kind(after)
        is_listed = after is not None and "、" in after.text and _kind(self._beside(1, Kind.COMMA)) in _MORE_DAYS
        if kind in _SAID or is_listed:
            return self._label(token)
        if kind in _TIMES:
            return self._named(token)
        off = (*self._label(token), replace(token, kind=Kind.CLOSED))
        before = self._beside(-1)
        if before is not None and before.kind is Kind.DAYS and before.value == WEEKEND:  # "周末双休"
            return off
        return Token(Kind.STOP, "", bracket=token.bracket), *off

    def _rest_day(self, token: Token) -> tuple[Token, ...]:
        before, after = self._beside(-1), self._beside(1)
        if before is not None and before.kind is Kind.DAYS:
            is_weekend = before.value == WEEKEND
            if is_weekend and (before.bracket != token.bracket or _kind(after) in _TIMES):
                return self._label(token)
            if _kind(after) in _TIMES:
                raise unreadable("days_unclear", f"{before.text}{token.text}")
            return () if _kind(after) is Kind.CLOSED else (replace(token, kind=Kind.CLOSED),)
        if after is not None and after.kind is Kind.DAYS and (self._tokens[self._place + 1] is not after):
            return (replace(token, kind=Kind.EXCEPT),)  # "休息日：周一"
        if after is not None and after.kind is Kind.DAYS and after.value != WEEKEND:
            return (replace(token, kind=Kind.EXCEPT),)
        return self._named(token)

    def _named(self, token: Token) -> tuple[Token, ...]:
        """Days that something else is said of; what that is must be clear."""
        following = _kind(self._beside(1, Kind.COMMA))
        is_direct = _kind(self._beside(1)) in _TIMES
        has_days = any(each.kind in {Kind.DAYS, Kind.WORKDAY} for each in self._tokens[: self._place])
        after_times = _kind(self._beside(-1, Kind.COMMA, Kind.BRACKET_OPEN)) in _TIMES
        if following in _ENDS and after_times:
            raise unreadable("days_unclear", token.text)
        if following in _TIMES and not has_days and (not is_direct or token.text == "双休"):
            raise unreadable("days_unclear", token.text)
        return self._label(token)

    def _label(self, token: Token) -> tuple[Token, ...]:
        return (replace(token, kind=Kind.DAYS, value=WEEKEND),)

    def _beside(self, step: int, *passed_over: Kind) -> Token | None:
        place = self._place + step
        while 0 <= place < len(self._tokens) and self._tokens[place].kind in {Kind.FILLER, *passed_over}:
            place += step
        return self._tokens[place] if 0 <= place < len(self._tokens) else None


def _kind(token: Token | None) -> Kind | None:
    return token.kind if token is not None else None
