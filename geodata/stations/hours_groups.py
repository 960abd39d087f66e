"""From tokens to clauses: which times belong to which days, seasons and holidays.

The words come as groups, scope ("周一至周五") and content ("8:30-18:00", "休息") in turn. Closed words
belong to the scope before them, or after 除. Times belong to the scope before them; where the text
begins with times and ends with days ("9:00-17:00（周一至周五）"), to the scope after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from geodata.stations.hours_clock import ClockTime, span_minutes
from geodata.stations.hours_plan import Clause, Spans, in_order, without_break
from geodata.stations.hours_problems import unreadable
from geodata.stations.hours_scope import Scope, both_of, joined, widened
from geodata.stations.hours_words import ALL_DAYS, WORKDAYS, Kind, Token
from geodata.stations.rule_text import DAY_MIN

_SCOPE_KINDS: Final = frozenset({Kind.DAYS, Kind.WORKDAY, Kind.HOLIDAY, Kind.MONTHS, Kind.SEASON})
_SILENT: Final = frozenset(
    {Kind.FILLER, Kind.COMMA, Kind.BRACKET_OPEN, Kind.BRACKET_CLOSE, Kind.RANGE, Kind.EXCEPT_END}
)
_WHOLE_DAY: Final = (0, DAY_MIN)


@dataclass(slots=True)
class _Content:
    """Open times as written, in order, and the breaks taken out of them."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[tuple[int, int]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    all_day: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def resolved(self, scope: Scope) -> Spans:
        """The spans less the breaks."""
        if self.all_day:
            if self.spans or self.breaks:
                raise unreadable("contradiction", self.text)
            if self.all_day == "all_day" and scope.names_days and scope.days != ALL_DAYS:
                raise unreadable("all_day_unclear", f"{scope.text} {self.text}".strip())
            return (_WHOLE_DAY,)
        spans = in_order(self.spans, self.text)
        for pause in self.breaks:
            spans = without_break(spans, pause, self.text)
        return spans


@dataclass(slots=True)
class Reading:
    """What the groups said: the clauses, and the days that were said to be like any other."""

    clauses: list[Clause] = field(default_factory=list)
    holidays_as_usual: bool = False
    days_as_usual: frozenset[int] = frozenset()
    never_closed: str = ""
    says_24h: str = ""


class Grouper:
    """Walks the tokens once, then pairs what is left of scopes and times."""

    def __init__(self) -> None:
        self._reading = Reading()
        self._groups: list[Scope | _Content] = []
        self._excluding = False
        self._including = False
        self._scope_ended = False
        self._content_ended = False
        self._bracket = 0

    def read(self, tokens: Sequence[Token]) -> Reading:
        """The clauses the tokens say; raises HoursReadingError where they say none or several."""
        position = 0
        while position < len(tokens):
            position = self._take(tokens, position)
        self._close_exclusion()
        self._leave_bracket()
        self._pair()
        return self._reading

    # --- one token at a time ---

    def _take(self, tokens: Sequence[Token], position: int) -> int:
        """Take the token at ``position``; the position to go on from."""
        token = tokens[position]
        if token.kind is Kind.EXCEPT_END and not self._excluding:
            raise unreadable("unread", token.text)  # "周末外" without 除 could mean either
        if token.kind not in _SCOPE_KINDS | {Kind.FILLER, Kind.COMMA}:
            self._including = False
            self._close_exclusion()
        if token.bracket != self._bracket:
            self._leave_bracket()
            self._bracket = token.bracket
        if token.kind is Kind.CLOCK:
            return self._take_span(tokens, position)
        if token.kind is Kind.LUNCH:
            return self._take_lunch(tokens, position)
        if token.kind is Kind.AS_USUAL:
            self._take_as_usual(tokens, position)
        elif token.kind in _SCOPE_KINDS:
            self._take_scope(token)
        else:
            self._take_word(token)
        return position + 1

    def _take_word(self, token: Token) -> None:
        if token.kind is Kind.ALL_DAY:
            self._take_all_day(token)
        elif token.kind is Kind.CLOSED:
            self._take_closed(token)
        elif token.kind is Kind.EXCEPT:
            self._excluding, self._scope_ended = True, True
        elif token.kind is Kind.INCLUDING:
            self._including = True
        elif token.kind is Kind.STOP:
            self._scope_ended = True
        elif token.kind not in _SILENT:
            raise unreadable("unread", token.text)

    def _take_all_day(self, token: Token) -> None:
        content = self._content()
        content.all_day = str(token.value)
        content.words.append(token.text)
        if token.value == "24h":
            self._reading.says_24h = token.text

    def _take_span(self, tokens: Sequence[Token], position: int) -> int:
        first = tokens[position]
        following = _next(tokens, position)
        second = _next(tokens, following) if _kind(tokens, following) is Kind.RANGE else following
        if _kind(tokens, second) is not Kind.CLOCK or (
            second == following and not _early_to_late(tokens, position, second)
        ):
            raise unreadable("half_span", first.text)
        text = f"{first.text}-{tokens[second].text}"
        span = span_minutes(cast("ClockTime", first.value), cast("ClockTime", tokens[second].value), text)
        content = self._content()
        content.words.append(text)
        after = _next(tokens, second)
        if _kind(tokens, after) in {Kind.CLOSED, Kind.LUNCH} and content.spans:
            content.breaks.append(span)
            return after + 1
        content.spans.append(span)
        return second + 1

    def _take_lunch(self, tokens: Sequence[Token], position: int) -> int:
        """Read “午休12:00-14:00”: the span after the word is a break."""
        following = _next(tokens, position, {Kind.FILLER, Kind.COMMA})
        if _kind(tokens, following) is not Kind.CLOCK or not self._ends_with_times():
            raise unreadable("unread", tokens[position].text)
        content = self._content()
        kept = len(content.spans)
        after = self._take_span(tokens, following)
        content.breaks.extend(content.spans[kept:])
        del content.spans[kept:]
        return after

    def _take_scope(self, token: Token) -> None:
        last = self._groups[-1] if self._groups else None
        if self._including and isinstance(last, Scope) and last.on_holidays:  # "节假日（含周末）10:00-16:00"
            self._groups[-1] = widened(last, token)
            return
        if self._including:
            self._as_usual(widened(Scope(), token))
            return
        goes_on = isinstance(last, Scope) and not self._scope_ended and token.bracket in {0, last.bracket}
        if isinstance(last, Scope) and goes_on:
            self._groups[-1] = widened(last, token)
        else:
            self._groups.append(widened(Scope(bracket=token.bracket), token))
        self._scope_ended = False

    def _take_closed(self, token: Token) -> None:
        scope = self._pop_scope()
        if scope is None:
            raise unreadable("unread", token.text)
        if scope.on_holidays and scope.days is not None and scope.days >= WORKDAYS:
            scope = self._without_workdays(scope, token)
        self._reading.clauses.append(Clause(replace(scope, text=f"{scope.text}{token.text}"), ()))

    def _without_workdays(self, scope: Scope, token: Token) -> Scope:
        """Read “周一至周五，节假日除外，9:00-17:00”: the days are those of the times to come, not closed ones."""
        if token.text != "除外" or self._groups:
            raise unreadable("days_unclear", f"{scope.text}{token.text}")
        self._groups.append(replace(scope, on_holidays=False))
        self._scope_ended = True
        return Scope(on_holidays=True, text=scope.text)

    def _take_as_usual(self, tokens: Sequence[Token], position: int) -> None:
        """Read “节假日正常开放”: nothing special on those days. Before times the word only fills."""
        token = tokens[position]
        if _kind(tokens, _next(tokens, position, {Kind.FILLER})) in {Kind.CLOCK, Kind.ALL_DAY}:
            return
        last = self._groups[-1] if self._groups else None
        if isinstance(last, Scope) and last.names_days and not last.names_months and last.days != ALL_DAYS:
            self._groups.pop()
            self._as_usual(last)
        elif token.value == "no_rest":
            self._reading.never_closed = token.text

    def _as_usual(self, scope: Scope) -> None:
        if scope.names_months or not scope.names_days:
            raise unreadable("unread", scope.text)
        self._reading.holidays_as_usual |= scope.on_holidays
        self._reading.days_as_usual |= scope.days or frozenset()

    def _close_exclusion(self) -> None:
        if self._excluding:
            self._excluding = False
            scope = self._pop_scope()
            if scope is None:
                raise unreadable("unread", "除")
            self._reading.clauses.append(Clause(scope, ()))
            self._scope_ended = True

    def _pop_scope(self) -> Scope | None:
        """The scope just said, which a closed word settles."""
        if self._groups and isinstance(self._groups[-1], Scope):
            scope = cast("Scope", self._groups.pop())
            if scope.names_days or scope.names_months:
                return scope
        return None

    def _leave_bracket(self) -> None:
        """Days or months alone in brackets belong to what stands before: "9:00-17:00（周末）", "夏季（5-9月）"."""
        scope = self._groups[-1] if self._groups else None
        if not isinstance(scope, Scope) or scope.bracket != self._bracket or not self._bracket:
            return
        if len(self._groups) < 2:
            return
        content = self._groups[-2]
        if isinstance(content, Scope):
            self._groups[-2:] = [joined(content, scope)]
            return
        before = self._groups[-3] if len(self._groups) > 2 else None
        both = both_of(before, scope) if isinstance(before, Scope) else scope
        if both is not None:
            self._groups[-3 if isinstance(before, Scope) else -2 :] = [both, content]
            self._content_ended = True

    def _content(self) -> _Content:
        if not self._ends_with_times() or self._content_ended:
            self._groups.append(_Content())
        self._content_ended = False
        return cast("_Content", self._groups[-1])

    def _ends_with_times(self) -> bool:
        return bool(self._groups) and isinstance(self._groups[-1], _Content)

    # --- pairing ---

    def _pair(self) -> None:
        groups = self._groups
        begins_with_times = bool(groups) and isinstance(groups[0], _Content)
        ends_with_days = bool(groups) and isinstance(groups[-1], Scope)
        if begins_with_times and ends_with_days:
            groups = [group for pair in zip(groups[1::2], groups[::2], strict=False) for group in pair]
            if len(groups) != len(self._groups):
                raise unreadable("no_times", cast("Scope", self._groups[-1]).text)
        scope = Scope()
        for number, group in enumerate(groups):
            if isinstance(group, Scope):
                if number + 1 == len(groups) or isinstance(groups[number + 1], Scope):
                    self._take_lone_scope(group)
                    continue
                scope = self._with_days(self._in_season(group, scope))
            else:
                if number and isinstance(groups[number - 1], _Content):
                    raise unreadable("days_unclear", group.text)
                spans = group.resolved(scope)
                text = f"{scope.text} {group.text}".strip()
                self._reading.clauses.append(Clause(replace(scope, text=text), spans))

    def _take_lone_scope(self, scope: Scope) -> None:
        if scope.days != ALL_DAYS or scope.on_holidays or scope.names_months:
            raise unreadable("no_times", scope.text)

    def _in_season(self, scope: Scope, before: Scope) -> Scope:
        """The scope, in the season of the one before when it names none and that one named days too."""
        if scope.names_months or not before.names_months:
            return scope
        if before.names_days and not scope.on_holidays:
            return replace(scope, season=before.season, months=before.months)
        if scope.on_holidays and scope.days is None:
            return scope
        raise unreadable("season_unclear", scope.text)

    def _with_days(self, scope: Scope) -> Scope:
        """The scope; where it names a season alone, with the days named before: "周一至周五7-19点，冬季8-18点"."""
        if scope.names_days or not scope.names_months:
            return scope
        named = {each.scope.days for each in self._reading.clauses if each.spans and not _of_holidays(each.scope)}
        if not named or None in named or frozenset().union(*(days or () for days in named)) == ALL_DAYS:
            return scope
        if len(named) > 1:
            raise unreadable("days_unclear", scope.text)
        return replace(scope, days=named.pop())


def _of_holidays(scope: Scope) -> bool:
    return scope.on_holidays and scope.days is None


def _next(tokens: Sequence[Token], position: int, skipped: frozenset[Kind] | set[Kind] = frozenset()) -> int:
    """The position after, blanks (and ``skipped``) passed over."""
    position += 1
    while position < len(tokens) and (tokens[position].text == "" or tokens[position].kind in skipped):
        position += 1
    return position


def _kind(tokens: Sequence[Token], position: int) -> Kind | None:
    return tokens[position].kind if position < len(tokens) else None


def _early_to_late(tokens: Sequence[Token], first: int, second: int) -> bool:
    """Whether two times without a dash are a span, by their words: 早8晚6, 朝九晚五."""
    begins, ends = cast("ClockTime", tokens[first].value), cast("ClockTime", tokens[second].value)
    return begins.period in {"早", "早上", "朝", "上午"} and ends.period in {"晚", "晚上", "下午"}
