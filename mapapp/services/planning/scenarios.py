"""Use case: scenarios are named, saved, changed, deleted, and taken into the register.

A scenario is a set of interventions with the question it was planned for. Whoever runs analyses sees all of them; only
its maker (and administrators) changes or deletes one. Taking one into the register is the act of whoever may create
stations: its new sites become planned stations, all of them or none, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from geodata.errors import GeodataError, InvalidValue
from geodata.places import Place
from geodata.siting.interventions import Intervention, OpenSite, intervention_document, intervention_of
from geodata.stations.field_problems import InvalidFields, Problems
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.editing.rules import checked_reason, refuse_unfit
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.scenario_drift import StationDrift, drift_key, drift_of
from mapapp.services.rights import Actor, Forbidden, Right, may, require, require_change
from mapapp.store import Origin, Scenario, ScenarioDraft, ScenarioSort, Store, UnknownScenario, Writer
from mapapp.store.accounts import Role

MAX_NAME_CHARS: Final = 60
MAX_NOTE_CHARS: Final = 500
MOST_INTERVENTIONS: Final = 400
_UNNAMED: Final = "NEW"
_MAX_FORM_KEY_CHARS: Final = 64
_LASTING_DETAILS: Final = ("stations", "form_key", "costs")
"""What stays true of a scenario some of whose changes were left out."""


class ChangedSince(GeodataError, RuntimeError):
    """Stations of the scenario changed since somebody looked at it; nothing was saved."""


class AlreadyTaken(GeodataError, RuntimeError):
    """The scenario went into the register before, or has no new sites."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedScenario:
    """A scenario as somebody sees it."""

    scenario: Scenario
    interventions: tuple[Intervention, ...]
    question: PlanningQuestion
    may_change: bool
    may_take: bool

    def drift(self, stations: Iterable[Station]) -> tuple[StationDrift, ...]:
        """What became of its stations since it was planned."""
        facts = self.scenario.details.get("stations")
        return drift_of(self.interventions, facts if isinstance(facts, Mapping) else {}, stations)

    @property
    def sites(self) -> tuple[OpenSite, ...]:
        """The new sites."""
        return tuple(each for each in self.interventions if isinstance(each, OpenSite))


def scenario_draft(
    name: str,
    note: str,
    question: PlanningQuestion,
    interventions: Sequence[Intervention],
    *,
    details: Mapping[str, Any] | None = None,
    run_id: int | None = None,
) -> ScenarioDraft:
    """What is to be kept; raises InvalidFields at ``name``, ``note`` or ``interventions``."""
    problems = Problems()
    plain, words = " ".join(name.split()), note.strip()
    if not plain:
        problems.add("name", "empty", "A scenario needs a name.")
    for field, text, most in (("name", plain, MAX_NAME_CHARS), ("note", words, MAX_NOTE_CHARS)):
        if len(text) > most:
            problems.add(field, "too_long", f"At most {most} characters.")
        if not all(character.isprintable() or character in "\r\n" for character in text):
            problems.add(field, "unprintable", "This holds characters that cannot be printed.")
    if not interventions:
        problems.add("interventions", "out_of_range", "A scenario has at least one intervention.")
    if len(interventions) > MOST_INTERVENTIONS:
        problems.add("interventions", "too_many", f"A scenario has at most {MOST_INTERVENTIONS} interventions.")
    problems.refuse_any()
    return ScenarioDraft(
        name=plain,
        note=words,
        run_id=run_id,
        question=question.to_document(),
        interventions=tuple(intervention_document(each) for each in interventions),
        details=dict(details or {}),
    )


def save_scenario(store: Store, actor: Actor, draft: ScenarioDraft, now: datetime, *, form_key: str = "") -> Scenario:
    """Keep a new scenario, once a form: whoever sends it twice gets the same. Raises Forbidden unless the actor runs
    analyses.
    """
    require(actor, Right.RUN_ANALYSES)
    key = form_key[:_MAX_FORM_KEY_CHARS]
    if key:
        draft = replace(draft, details={**draft.details, "form_key": key})
    with store.writing(Origin.FORM, at=now) as writer:  # writers go one after the other
        if key and actor.account_id is not None:
            same = writer.scenarios.of_form(actor.account_id, key)
            if same is not None:
                return same
        return writer.scenarios.add(draft, created_by=actor.name, account_id=actor.account_id, at=now)


def change_scenario(
    store: Store,
    actor: Actor,
    scenario_id: int,
    *,
    name: str,
    note: str,
    dropped: frozenset[int] = frozenset(),
    expected_version: int,
    now: datetime,
) -> Scenario:
    """Give a scenario another name and note, and leave out the interventions at some places (from 0).

    Raises
    ------
    Forbidden, UnknownScenario, StaleScenario
    InvalidFields
        At ``name``, ``note`` or ``interventions``.
    AlreadyTaken
        What is in the register is not changed here.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        opened = _opened(actor, writer.scenarios.get(scenario_id))
        if not opened.may_change:
            raise Forbidden(actor, Right.RUN_ANALYSES, code="not_yours")
        if opened.scenario.taken_at is not None:
            raise AlreadyTaken("taken")
        kept = [each for number, each in enumerate(opened.interventions) if number not in dropped]
        old = opened.scenario
        lasting = {name: old.details[name] for name in _LASTING_DETAILS if name in old.details}
        details = old.details if len(kept) == len(opened.interventions) else {**lasting, "edited": True}
        draft = scenario_draft(name, note, opened.question, kept, details=details, run_id=old.run_id)
        return writer.scenarios.change(scenario_id, draft, expected_version=expected_version, at=now)


def delete_scenario(store: Store, actor: Actor, scenario_id: int, now: datetime) -> None:
    """Delete a scenario of the actor's; what it brought into the register stays there. Raises as `change_scenario`."""
    with store.writing(Origin.FORM, at=now) as writer:
        if not _opened(actor, writer.scenarios.get(scenario_id)).may_change:
            raise Forbidden(actor, Right.RUN_ANALYSES, code="not_yours")
        writer.scenarios.remove(scenario_id)


def scenario_of(store: Store, actor: Actor, scenario_id: int) -> OpenedScenario:
    """One scenario, for whoever runs analyses or creates stations; raises Forbidden or UnknownScenario."""
    if not may(actor, Right.CREATE_STATIONS):
        require(actor, Right.RUN_ANALYSES)
    with store.reading() as reader:
        return _opened(actor, reader.scenarios.get(scenario_id))


def scenarios_page(
    store: Store,
    actor: Actor,
    *,
    sort: ScenarioSort = ScenarioSort.UPDATED_AT,
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[tuple[Scenario, ...], int]:
    """A page of the scenarios, and how many there are; raises Forbidden."""
    if not may(actor, Right.CREATE_STATIONS):
        require(actor, Right.RUN_ANALYSES)
    with store.reading() as reader:
        return reader.scenarios.page(sort=sort, descending=descending, offset=offset, limit=limit)


def take_into_register(
    store: Store,
    place: Place,
    actor: Actor,
    scenario_id: int,
    *,
    expected_version: int,
    reason: str,
    now: datetime,
    seen: str = "",
) -> tuple[Station, ...]:
    """Make every new site of a scenario a planned station, in one transaction, and mark the scenario.

    The other interventions are not made: hours and services of a station are changed where they are kept. ``seen`` is
    the `drift_key` of what the actor was told has changed since the plan was made.

    Raises
    ------
    Forbidden
        The actor may not create stations, or not in one of the sites' districts.
    AlreadyTaken
        It was taken before (``taken``; ``just_now`` where this very action did), or has no new sites (``no_sites``).
    ChangedSince
        Stations of the scenario changed since the actor looked.
    InvalidFields, UnknownScenario, StaleScenario, MixedSampleAndReal, StoreBusy
        Nothing was saved.
    """
    require(actor, Right.CREATE_STATIONS)
    with store.writing(Origin.FORM, at=now) as writer:
        opened = _opened(actor, writer.scenarios.get(scenario_id))
        if opened.scenario.taken_at is not None:
            is_same = (opened.scenario.taken_by, opened.scenario.version) == (actor.name, expected_version + 1)
            raise AlreadyTaken("just_now" if is_same else "taken")
        if not opened.sites:
            raise AlreadyTaken("no_sites")
        if drift_key(opened.drift(writer.stations())) != seen:
            raise ChangedSince("Stations of the scenario changed.")
        writer.scenarios.take(scenario_id, expected_version=expected_version, by=actor.name, at=now)
        words = _reason(reason, opened.scenario)
        return tuple(_add(writer, place, actor, site, words, opened.scenario, now) for site in opened.sites)


def _reason(reason: str, scenario: Scenario) -> str:
    if not reason.strip():
        raise InvalidFields.one("reason", "missing", "Say why.")
    origin = f"方案 {scenario.id} / scenario {scenario.id}: {scenario.name}"
    return checked_reason(f"{' '.join(reason.split())} ({origin})")


def _add(
    writer: Writer, place: Place, actor: Actor, site: OpenSite, reason: str, scenario: Scenario, now: datetime
) -> Station:
    is_of_sample = writer.has_sample_stations()
    station = replace(
        site.station(),
        code=_UNNAMED,
        life_cycle=LifeCycle.PLANNED,
        district_code=site.district_code,
        source=f"规划方案 {scenario.id}（{scenario.name}）",
        is_sample=is_of_sample,
    )
    refuse_unfit(None, station, place, reason, now)
    require_change(actor, None, replace(station, is_sample=False))
    return writer.add_station(
        replace(station, code=writer.next_code(place.code_prefix)), actor=actor.name, reason=reason
    )


def _opened(actor: Actor, scenario: Scenario) -> OpenedScenario:
    try:
        interventions = tuple(intervention_of(each) for each in scenario.interventions)
        question = PlanningQuestion.from_document(scenario.question)
    except InvalidValue as error:
        raise UnknownScenario(scenario.id) from error
    is_own = actor.account_id is not None and actor.account_id == scenario.account_id
    runs = may(actor, Right.RUN_ANALYSES) and actor.scopes is None
    has_sites = any(isinstance(each, OpenSite) for each in interventions)
    return OpenedScenario(
        scenario=scenario,
        interventions=interventions,
        question=question,
        may_change=runs and (is_own or actor.role is Role.ADMIN),
        may_take=may(actor, Right.CREATE_STATIONS) and scenario.taken_at is None and has_sites,
    )
