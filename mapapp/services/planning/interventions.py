"""What a planner wants planned, as a value and as a JSON document."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.errors import InvalidValue
from geodata.siting.intervention_options import MOST_COST, Costs
from geodata.siting.intervention_plan import Limits, Objective
from geodata.siting.interventions import AROUND_THE_CLOCK, InterventionKind
from geodata.stations.field_problems import InvalidFields, Problems
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.vocabulary import Service
from mapapp.services.planning.question import PlanningQuestion

MOST_COUNT: Final = 200
MOST_NAMED: Final = 200
TIME_LIMITS_S: Final = (5, 600)
_MAX_KEY_CHARS: Final = 80
SITE_RULES: Final = (AROUND_THE_CLOCK, "Mo-Su 06:00-24:00", "Mo-Su 06:00-22:00", "Mo-Su 08:00-18:00")
"""When a new site would be open, most first."""


class Candidates(StrEnum):
    """Where new sites may be thought of."""

    CELLS = "cells"
    PREMISES = "premises"
    SUGGESTIONS = "suggestions"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What may be done, for what, within which limits.

    Parameters
    ----------
    question
        Who is to be covered, by what, when.
    kinds
        What may be done, at least one.
    candidates
        Where new sites may stand; only looked at where `InterventionKind.OPEN_SITE` is among the kinds.
    upload, crs
        The file of premises that was sent in, and how to read it (None: as it says).
    count, budget, target_share
        A count of changes or a budget, one of them; for the fewest the share to reach (0-1) instead.
    costs
        One change of each kind that may be done; where none at all is named, changes are counted.
    site_rule, site_services
        When a new site would be open, and what it would have besides what is asked for (None: what is usual there).
    required, forbidden
        Keys of options that must, or must not, be taken.
    time_limit_s
        How long the search may take, 5 to 600.
    """

    question: PlanningQuestion
    objective: Objective = Objective.MOST_COVERED
    kinds: frozenset[InterventionKind] = frozenset({InterventionKind.OPEN_SITE})
    candidates: frozenset[Candidates] = frozenset({Candidates.CELLS})
    upload: str = ""
    crs: Crs | None = None
    count: int | None = None
    budget: float | None = None
    target_share: float | None = None
    costs: Mapping[InterventionKind, float] = field(default_factory=dict)
    site_rule: str = AROUND_THE_CLOCK
    site_services: frozenset[Service] | None = None
    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    time_limit_s: int = 60

    def __post_init__(self) -> None:
        problems = Problems()
        if not self.kinds:
            problems.add("kinds", "empty", "Say what may be done.")
        if InterventionKind.OPEN_SITE in self.kinds and not self.candidates:
            problems.add("candidates", "empty", "Say where new sites may stand.")
        if Candidates.PREMISES in self.candidates and not self.upload and InterventionKind.OPEN_SITE in self.kinds:
            problems.add("upload", "empty", "Send a file of premises in.")
        self._check_limits(problems)
        self._check_travel(problems)
        problems.attempt("costs", lambda: Costs(self.costs))
        for kind in InterventionKind:
            if self.costs and kind in self.kinds and kind not in self.costs:
                problems.add(f"cost-{kind.value}", "empty", "Give a cost for each kind of change, or for none.")
        problems.attempt("site_rule", lambda: OpeningHours.from_rule(self.site_rule))
        if not TIME_LIMITS_S[0] <= self.time_limit_s <= TIME_LIMITS_S[1]:
            problems.add("time_limit_s", "out_of_range", "The time is 5 to 600 seconds.")
        for name in ("required", "forbidden"):
            keys: frozenset[str] = getattr(self, name)
            if len(keys) > MOST_NAMED or any(not 0 < len(key) <= _MAX_KEY_CHARS for key in keys):
                problems.add(name, "out_of_range", f"At most {MOST_NAMED} may be named.")
        if self.required & self.forbidden:
            problems.add("forbidden", "contradiction", "The same cannot be required and forbidden.")
        problems.refuse_any()

    def _check_limits(self, problems: Problems) -> None:
        if self.objective is Objective.FEWEST:
            if self.target_share is None or not 0 < self.target_share <= 1:
                problems.add("target_share", "out_of_range", "The share to reach is above 0 and at most 1.")
            return
        if (self.count is None) == (self.budget is None):
            problems.add("count", "empty", "Give a count or a budget, one of them.")
        if self.count is not None and not 1 <= self.count <= MOST_COUNT:
            problems.add("count", "out_of_range", f"The count is 1 to {MOST_COUNT}.")
        if self.budget is not None and not 0 < self.budget <= MOST_COST:
            problems.add("budget", "out_of_range", "The budget is above 0.")

    def _check_travel(self, problems: Problems) -> None:
        if not self.objective.is_travel:
            return
        if self.budget is not None:
            problems.add("budget", "not_for_travel", "Travel is planned under a count.")
        if not self.kinds <= {InterventionKind.OPEN_SITE, InterventionKind.REOPEN}:
            problems.add("kinds", "not_for_travel", "Travel is planned with new sites and stations to reopen.")

    @property
    def limits(self) -> Limits:
        """As the core asks."""
        is_fewest = self.objective is Objective.FEWEST
        return Limits(
            count=None if is_fewest else self.count,
            budget=None if is_fewest else self.budget,
            costs=Costs(self.costs if self.budget is not None or is_fewest else {}),
            target_share=self.target_share if is_fewest else None,
        )

    @property
    def key(self) -> str:
        """SHA-256 of the document."""
        return hashlib.sha256(json.dumps(self.to_document(), sort_keys=True).encode()).hexdigest()

    def to_document(self) -> dict[str, Any]:
        """The request as JSON."""
        return {
            "question": self.question.to_document(),
            "objective": self.objective.value,
            "kinds": [kind.value for kind in InterventionKind if kind in self.kinds],
            "candidates": [each.value for each in Candidates if each in self.candidates],
            "upload": self.upload,
            "crs": None if self.crs is None else self.crs.value,
            "count": self.count,
            "budget": self.budget,
            "target_share": self.target_share,
            "costs": {kind.value: self.costs[kind] for kind in InterventionKind if kind in self.costs},
            "site_rule": self.site_rule,
            "site_services": (
                None
                if self.site_services is None
                else [service.value for service in Service if service in self.site_services]
            ),
            "required": sorted(self.required),
            "forbidden": sorted(self.forbidden),
            "time_limit_s": self.time_limit_s,
        }

    @classmethod
    def from_document(cls, document: Any) -> PlanRequest:
        """The request of a document; raises InvalidFields with every problem at its field."""
        if not isinstance(document, Mapping):
            raise InvalidFields.one("request", "not_an_object", "A request is an object.")
        problems = Problems()
        for name in document:
            if name not in _READERS:
                problems.add(str(name)[:40], "unknown_field", "A request has no such field.")
        if "question" not in document:
            problems.add("question", "empty", "Say who is to be covered.")
        values: dict[str, Any] = {}
        for name, read in _READERS.items():
            if name in document:
                values[name] = _read(problems, name, read, document[name])
        problems.refuse_any()
        return cls(**values)


def _read(problems: Problems, name: str, read: Callable[[str, Any], Any], value: Any) -> Any:
    try:
        return read(name, value)
    except InvalidFields as refusal:
        for problem in refusal.problems:
            problems.add(problem.field, problem.code, problem.message)
        return None
    except InvalidValue as refusal:
        return problems.add(name, refusal.code, str(refusal))


def _question(_name: str, value: Any) -> PlanningQuestion:
    return PlanningQuestion.from_document(value)


def _code(vocabulary: type[StrEnum], name: str, value: Any) -> Any:
    try:
        return vocabulary(value)
    except ValueError as error:
        raise InvalidValue("There is no such choice.", field=name, code="unknown_choice") from error


def _one(vocabulary: type[StrEnum]) -> Callable[[str, Any], Any]:
    return lambda name, value: _code(vocabulary, name, value)


def _codes(vocabulary: type[StrEnum]) -> Callable[[str, Any], Any]:
    return lambda name, value: frozenset(_code(vocabulary, name, each) for each in _list(name, value))


def _list(name: str, value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidValue("This is a list.", field=name, code="not_a_list")
    return value


def _texts(name: str, value: Any) -> frozenset[str]:
    return frozenset(_text(name, each) for each in _list(name, value))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("This is a word.", field=name, code="not_text")
    return value


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidValue("This is a number.", field=name, code="not_a_number")
    return float(value)


def _whole(name: str, value: Any) -> int | None:
    number = _number(name, value)
    if number is not None and number != int(number):
        raise InvalidValue("This is a whole number.", field=name, code="not_a_number")
    return None if number is None else int(number)


def _costs(name: str, value: Any) -> dict[InterventionKind, float]:
    if not isinstance(value, Mapping):
        raise InvalidValue("Costs are given by kind.", field=name, code="not_an_object")
    return {_code(InterventionKind, name, kind): _cost(name, cost) for kind, cost in value.items()}


def _cost(name: str, value: Any) -> float:
    number = _number(name, value)
    if number is None:
        raise InvalidValue("A cost is a number.", field=name, code="not_a_number")
    return number


def _crs(name: str, value: Any) -> Crs | None:
    return None if value is None else _code(Crs, name, value)


_READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "question": _question,
    "objective": _one(Objective),
    "kinds": _codes(InterventionKind),
    "candidates": _codes(Candidates),
    "upload": _text,
    "crs": _crs,
    "count": _whole,
    "budget": _number,
    "target_share": _number,
    "costs": _costs,
    "site_rule": _text,
    "site_services": lambda name, value: None if value is None else _codes(Service)(name, value),
    "required": _texts,
    "forbidden": _texts,
    "time_limit_s": lambda name, value: _whole(name, value) or 0,
}
