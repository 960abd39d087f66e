"""Use case: what a scenario would do, told at once where that is quick, else by kept runs of today's data.

Along streets an answer takes longer than a request may. It is then asked for as two runs, one of the register as it is
and one with the scenario's changes; whoever looks later finds them by question, changes and data revision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.siting.interventions import Intervention, intervention_document
from geodata.travel.pairs import Network
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.runs import Run, RunDesk, RunState
from mapapp.services.planning.version import code_version
from mapapp.services.rights import Actor
from mapapp.store import Store

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of the register that is asked about: what is changed, and what a run of it is called."""

    interventions: tuple[Intervention, ...]
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One answer a state: ``documents`` in the states' order, None where it is not there yet.

    ``runs`` are those that compute, or computed, an answer that takes long; ``may_ask``: some have no run yet.
    """

    documents: tuple[Document | None, ...]
    runs: tuple[Run, ...]
    may_ask: bool

    @property
    def is_whole(self) -> bool:
        """Whether every answer is there."""
        return all(document is not None for document in self.documents)

    @property
    def is_waiting(self) -> bool:
        """Whether some run is still computed."""
        return any(run.state in {RunState.QUEUED, RunState.RUNNING} for run in self.runs)


def evaluate(
    desk: RunDesk, store: Store, actor: Actor, question: PlanningQuestion, states: Sequence[State]
) -> Evaluation:
    """What is known of some states now; raises as `RunDesk.answer`."""
    if desk.is_quick(question):
        documents = tuple(desk.document(actor, question, state.interventions, to_compare=True) for state in states)
        return Evaluation(documents=documents, runs=(), may_ask=False)
    found = [_run_of(desk, store, actor, question, state) for state in states]
    return Evaluation(
        documents=tuple(run.document if run is not None and run.state is RunState.DONE else None for run in found),
        runs=tuple(run for run in found if run is not None),
        may_ask=any(run is None or run.state in {RunState.FAILED, RunState.CANCELLED} for run in found),
    )


def evaluated(
    desk: RunDesk, store: Store, actor: Actor, question: PlanningQuestion, interventions: Sequence[Intervention]
) -> Document | None:
    """The answer with some changes, if it is there; raises as `RunDesk.answer`."""
    state = State(interventions=tuple(interventions), title="")
    return evaluate(desk, store, actor, question, [state]).documents[0]


def ask_evaluation(
    desk: RunDesk, store: Store, actor: Actor, question: PlanningQuestion, states: Sequence[State]
) -> None:
    """Ask for every answer that is neither there nor under way, as a run of its own; raises as `RunDesk.ask`."""
    if desk.is_quick(question):
        return
    for state in states:
        run = _run_of(desk, store, actor, question, state)
        if run is None or run.state in {RunState.FAILED, RunState.CANCELLED}:
            desk.ask(actor, question, title=state.title, interventions=state.interventions)


def _run_of(desk: RunDesk, store: Store, actor: Actor, question: PlanningQuestion, state: State) -> Run | None:
    """The newest run of today's data, streets and code, or one still to be computed, with just these changes."""
    wanted = tuple(intervention_document(each) for each in state.interventions)
    streets = desk.ground().streets
    uses_streets = streets is not None and question.network is Network.STREETS
    made_with = (code_version(), streets.source.sha256 if streets is not None and uses_streets else "")
    with store.reading() as reader:
        cards = reader.planning.asked(question.key, reader.data_revision())
    same = [
        card
        for card in cards
        if tuple(dict(each) for each in card.interventions) == wanted
        and (card.data_revision is None or (card.code_version, card.network_checksum) == made_with)
    ]
    return desk.run(actor, same[0].id) if same else None
