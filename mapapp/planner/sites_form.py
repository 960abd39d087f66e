"""The form of a plan: the question of `ask_form` with what may be done beside it, all in the address.

Names that a question does not use: ``do`` (kinds of changes), ``objective``, ``places``, ``limit``, ``count``,
``budget``, ``target``, ``cost-…``, ``rule``, ``offer`` (services of a new site, with ``own_offer``), ``must``, ``not``,
``seconds``, ``upload``, ``crs``, ``plan``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final, TypeVar

from werkzeug.datastructures import MultiDict

from geodata.coordinates import Crs
from geodata.errors import InvalidValue
from geodata.siting.intervention_plan import Objective
from geodata.siting.interventions import InterventionKind
from geodata.stations.field_problems import InvalidFields
from geodata.stations.vocabulary import Service
from mapapp.planner.ask_form import AskForm, ask_query, read_ask_form
from mapapp.planner.ask_pages import refusal_words
from mapapp.planner.speech import gettext
from mapapp.planner.typed_numbers import comma_words, typed_number
from mapapp.services.planning.interventions import (
    MOST_COUNT,
    SITE_RULES,
    TIME_LIMITS_S,
    Candidates,
    PlanRequest,
)
from mapapp.services.planning.question import PlanningQuestion

E = TypeVar("E", bound=StrEnum)

COUNT: Final = "count"
_OWN_OFFER: Final = "own_offer"
"""Says that the ticks of ``offer`` hold, even where there are none."""
BUDGET: Final = "budget"
_MAX_CHARS: Final = 60
_MAX_KEYS_CHARS: Final = 12_000
DEFAULT_COSTS: Final[Mapping[InterventionKind, str]] = {
    InterventionKind.OPEN_SITE: "10",
    InterventionKind.TO_LATE: "2",
    InterventionKind.TO_24H: "4",
    InterventionKind.PROVIDE_SERVICE: "1",
    InterventionKind.REOPEN: "3",
}
"""A start to be edited: no source says what these cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesForm:
    """What was chosen; ``request`` is None exactly where there are problems."""

    ask: AskForm
    typed: Mapping[str, str]
    kinds: frozenset[InterventionKind]
    places: frozenset[Candidates]
    services: frozenset[Service] | None
    required: tuple[str, ...]
    forbidden: tuple[str, ...]
    request: PlanRequest | None
    problems: Mapping[str, str] = field(default_factory=dict)

    def pairs(self, timezone: tzinfo, **changes: str) -> list[tuple[str, str]]:
        """The fields of this plan's address, some of them changed; an empty change leaves its field out."""
        question = self.ask.question
        found = [] if question is None else ask_query(question, timezone)
        found += [("do", kind.value) for kind in InterventionKind if kind in self.kinds]
        found += [("places", each.value) for each in Candidates if each in self.places]
        typed = {**self.typed, **changes}
        found += [(name, text) for name, text in typed.items() if text]
        if self.services is not None:
            found += [(_OWN_OFFER, "1")]
            found += [("offer", service.value) for service in Service if service in self.services]
        found += [("must", key) for key in self.required]
        return found + [("not", key) for key in self.forbidden]


def read_sites_form(
    sent: MultiDict[str, str],
    now: datetime,
    known_layers: frozenset[str],
    question: PlanningQuestion | None = None,
    costs: Mapping[InterventionKind, float] | None = None,
) -> SitesForm:
    """The form as it was sent; ``question`` stands in where the address has none (a kept run's).

    ``costs`` are those the planner worked with last; they stand where the address says none.
    """
    if question is not None:
        sent = MultiDict([*sent.items(multi=True), *ask_query(question, now.tzinfo)])  # type: ignore[arg-type]
    ask = read_ask_form(sent, now, known_layers)
    problems: dict[str, str] = {}
    typed = _typed(sent, costs or {})
    kinds = _choices(sent, "do", InterventionKind, problems) or frozenset({InterventionKind.OPEN_SITE})
    places = _choices(sent, "places", Candidates, problems)
    if not places:
        places = frozenset({Candidates.PREMISES if typed["upload"] else Candidates.CELLS})
    required, forbidden = _keys(sent, "must"), _keys(sent, "not")
    offered = _choices(sent, "offer", Service, problems)
    chosen = offered if offered or _OWN_OFFER in sent else None
    request = None
    values = _values(typed, problems)
    if ask.question is not None and not problems:
        try:
            request = PlanRequest(
                question=ask.question,
                kinds=kinds,
                candidates=places,
                upload=typed["upload"],
                site_services=chosen,
                required=frozenset(required),
                forbidden=frozenset(forbidden),
                **values,  # type: ignore[arg-type]
            )
        except InvalidFields as refusal:
            problems |= {_FIELD_OF.get(each.field, each.field): problem_words(each.code) for each in refusal.problems}
    elif ask.question is None:
        sentences = " ".join(dict.fromkeys(ask.problems.values()))
        problems.setdefault("question", sentences or gettext("Something in the question needs another look."))
    return SitesForm(
        ask=ask, typed=typed, kinds=kinds, places=places, services=chosen, required=required, forbidden=forbidden,
        request=request, problems=problems,
    )  # fmt: skip


def problem_words(code: str) -> str:
    """What is wrong, in the page's language."""
    refusals = {name: refusal_words(InvalidValue("", code=name)) for name in _OF_QUESTIONS}
    return {
        "not_for_travel": gettext("Travel is planned under a count, with new sites and stations to reopen."),
        "contradiction": gettext("The same cannot be required and forbidden."),
        "too_large": gettext("There are too many ways to look at. Ask about fewer hours."),
        "no_options": gettext("There is nothing to choose from. Allow other changes, or other places."),
        "unknown_option": gettext("One of the named places is no choice here. Take it out of the list."),
        "gone": gettext("That file is not there any more. Send it again."),
        "unreadable": gettext("The file cannot be read as a list of premises."),
        "empty": gettext("Please fill this in."),
        "out_of_range": gettext("This number is too small or too large."),
        "not_allowed": gettext("These choices are no plan for the question any more. Look at the plan as it is now."),
        **refusals,
    }.get(code, gettext("Please look at this again."))


_OF_QUESTIONS: Final = ("no_streets", "unknown_layer", "not_counted", "too_many_pairs")
_FIELD_OF: Final = {
    "target_share": "target",
    "candidates": "places",
    "kinds": "do",
    "time_limit_s": "seconds",
    "required": "must",
    "forbidden": "not",
    "site_rule": "rule",
    "site_services": "offer",
    "chosen": "chosen",
}


def field_of(name: str) -> str:
    """The form's field of a request's part."""
    return _FIELD_OF.get(name, name if name in {"count", "budget", "upload"} else "question")


def _typed(sent: MultiDict[str, str], costs: Mapping[InterventionKind, float]) -> dict[str, str]:
    defaults = {
        "objective": Objective.MOST_COVERED.value,
        "limit": COUNT,
        "count": "10",
        "budget": "100",
        "target": "80",
        "rule": SITE_RULES[0],
        "seconds": "60",
        "upload": "",
        "crs": "",
    }
    typed = {name: _plain(sent.get(name, "")) or default for name, default in defaults.items()}
    for kind, start in DEFAULT_COSTS.items():
        default = number_text(costs[kind]) if kind in costs else start
        typed[f"cost-{kind.value}"] = _plain(sent.get(f"cost-{kind.value}", "")) or default
    return typed


def _values(typed: Mapping[str, str], problems: dict[str, str]) -> dict[str, object]:
    objective = _one(typed, "objective", Objective, problems)
    by_budget = typed["limit"] == BUDGET
    is_fewest = objective is Objective.FEWEST
    costs = {kind: _number(typed, f"cost-{kind.value}", problems) for kind in DEFAULT_COSTS}
    seconds = _number(typed, "seconds", problems)
    count = _number(typed, "count", problems) if not by_budget and not is_fewest else None
    if count is not None and not (count == int(count) and 1 <= count <= MOST_COUNT):
        problems["count"] = gettext("A whole number from 1 to %(most)s.", most=MOST_COUNT)
        count = None
    if not TIME_LIMITS_S[0] <= seconds <= TIME_LIMITS_S[1]:
        problems["seconds"] = gettext("A whole number from %(least)s to %(most)s.", least=5, most=600)
    if typed["rule"] not in SITE_RULES:
        problems["rule"] = gettext("Please choose one of the list.")
    return {
        "objective": objective or Objective.MOST_COVERED,
        "count": None if count is None else int(count),
        "budget": _number(typed, "budget", problems) if by_budget and not is_fewest else None,
        "target_share": _number(typed, "target", problems) / 100 if is_fewest else None,
        "costs": costs if by_budget else {},
        "site_rule": typed["rule"],
        "time_limit_s": int(seconds),
        "crs": _one(typed, "crs", Crs, problems) if typed["crs"] else None,
    }


def _one(typed: Mapping[str, str], name: str, vocabulary: type[E], problems: dict[str, str]) -> E | None:
    try:
        return vocabulary(typed[name])
    except ValueError:
        problems[name] = gettext("Please choose one of the list.")
        return None


def _choices(sent: MultiDict[str, str], name: str, vocabulary: type[E], problems: dict[str, str]) -> frozenset[E]:
    known = {each.value for each in vocabulary}
    texts = {text for text in sent.getlist(name) if text}
    if texts - known:
        problems[name] = gettext("Please choose from the list.")
    return frozenset(vocabulary(text) for text in texts & known)


def _number(typed: Mapping[str, str], name: str, problems: dict[str, str]) -> float:
    text = typed[name]
    value = typed_number(text, decimals=3)
    if value is not None:
        return value
    problems[name] = comma_words() if "," in text else gettext("A number, please.")
    return 0.0


def number_text(value: float) -> str:
    """A number as the form reads it: no exponent, at most three decimals."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _keys(sent: MultiDict[str, str], name: str) -> tuple[str, ...]:
    words = " ".join(sent.getlist(name))[:_MAX_KEYS_CHARS].split()
    return tuple(dict.fromkeys(words))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_MAX_CHARS]).strip()
