"""Ready sentences for answering a report, in both languages: nobody knows which one its sender reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flask_babel
from flask_babel import LazyString, lazy_gettext

from geodata.reports.vocabulary import ReportKind

LANGUAGES: Final = ("zh", "en")
_force_locale: Final[Callable[..., object]] = flask_babel.force_locale


@dataclass(frozen=True, slots=True)
class ReadyReply:
    """A sentence to begin a reply with; without kinds it is good for every report."""

    code: str
    words: LazyString
    kinds: frozenset[ReportKind] = frozenset()

    def suits(self, kind: ReportKind) -> bool:
        """Whether it answers such a report."""
        return not self.kinds or kind in self.kinds


READY_REPLIES: Final = (
    ReadyReply("looking", lazy_gettext("Thank you for telling us. We are looking into it.")),
    ReadyReply(
        "hours_right",
        lazy_gettext("Thank you. We asked the station and have put the opening hours right."),
        frozenset({ReportKind.WRONG_HOURS, ReportKind.LOCKED}),
    ),
    ReadyReply(
        "door_open",
        lazy_gettext("Thank you. We spoke with the station: the door is to be open during the opening hours."),
        frozenset({ReportKind.LOCKED}),
    ),
    ReadyReply(
        "place_right",
        lazy_gettext("Thank you. We have put the position on the map right."),
        frozenset({ReportKind.WRONG_PLACE}),
    ),
    ReadyReply("repaired", lazy_gettext("Thank you. It has been repaired."), frozenset({ReportKind.BROKEN})),
    ReadyReply(
        "repair_ordered",
        lazy_gettext("Thank you. The repair is ordered; until then the map says that it is out of order."),
        frozenset({ReportKind.BROKEN}),
    ),
    ReadyReply("refilled", lazy_gettext("Thank you. It has been refilled."), frozenset({ReportKind.SUPPLIES_OUT})),
    ReadyReply(
        "closed",
        lazy_gettext("Thank you. The station is closed, and the map says so now."),
        frozenset({ReportKind.CLOSED_FOR_GOOD}),
    ),
    ReadyReply(
        "site_kept",
        lazy_gettext("Thank you. We have kept this place for planning. Whether a station comes takes time to decide."),
        frozenset({ReportKind.SUGGEST_SITE}),
    ),
    ReadyReply(
        "site_near",
        lazy_gettext("Thank you. There is a station close by; the map shows it."),
        frozenset({ReportKind.SUGGEST_SITE}),
    ),
    ReadyReply("as_shown", lazy_gettext("Thank you. We have checked, and found it as the page says.")),
    ReadyReply("not_ours", lazy_gettext("Thank you. This is beyond what the station can do.")),
)


def ready_replies(kind: ReportKind, language: str) -> list[tuple[str, str]]:
    """Code and words of what suits such a report, what is made for it first."""
    suitable = [ready for ready in READY_REPLIES if ready.suits(kind)]
    suitable.sort(key=lambda ready: not ready.kinds)
    return [(ready.code, words_in(ready, language)) for ready in suitable]


def with_ready_reply(typed: str, code: str, language: str) -> str:
    """What was typed, and after it the ready sentence in that language."""
    ready = next((each for each in READY_REPLIES if each.code == code), None)
    if ready is None or language not in LANGUAGES:
        return typed
    return "\n".join(filter(None, (typed.strip(), words_in(ready, language))))


def words_in(ready: ReadyReply, language: str) -> str:
    """The sentence in a language, whatever the page's is."""
    with _force_locale(language):  # type: ignore[attr-defined]
        return str(ready.words)
