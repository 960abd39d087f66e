"""Use case: which layer counts the workers of each group.

A group is counted by exactly one layer, so that nobody is counted twice: by the one chosen for it, else by the
model's layer (the first by name that no file was sent in for, real before sample). A file that is sent in counts for
nothing until somebody chooses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from geodata.demand.combining import combined_layer
from geodata.demand.points import DemandLayer
from geodata.errors import GeodataError, InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.rights import Actor, Right, require
from mapapp.store import LayerCard, Origin, Reader, Store
from mapapp.store.revisions import DataAction


class ChosenSince(GeodataError, RuntimeError):
    """Another layer was chosen for a group since somebody looked; nothing was saved."""


def model_layer(cards: Sequence[LayerCard]) -> LayerCard | None:
    """The layer that counts every group nobody chose one for, if there is one."""
    own = sorted((card for card in cards if not card.is_upload), key=lambda card: (card.is_sample, card.name))
    return own[0] if own else None


def counting_layers(cards: Sequence[LayerCard], choices: Mapping[WorkerGroup, str]) -> dict[WorkerGroup, str]:
    """The name of the layer that counts each group, in the vocabulary's order; uncounted groups are left out."""
    model = model_layer(cards)
    by_name = {card.name: card for card in cards}
    found: dict[WorkerGroup, str] = {}
    for group in WorkerGroup:
        card = by_name.get(choices.get(group, ""), model)
        if card is not None and group in card.groups:
            found[group] = card.name
    return found


def counted_demand(reader: Reader) -> DemandLayer | None:
    """The demand that coverage is about: each group from the layer that counts it. None where there is none."""
    counting = counting_layers(reader.demand.cards(), reader.demand.choices())
    layers = {name: reader.demand.layer(name) for name in set(counting.values())}
    chosen = {group: layer for group, name in counting.items() if (layer := layers[name]) is not None}
    return combined_layer(chosen) if chosen else None


def unlike_shown(
    choices: Mapping[WorkerGroup, str], shown: Mapping[WorkerGroup, str], present: Mapping[WorkerGroup, str]
) -> dict[WorkerGroup, str]:
    """Of a form's choices those that somebody made: all that differ from what was shown. Nothing shown: the present."""
    return {group: name for group, name in choices.items() if name != shown.get(group, present.get(group, ""))}


def overtaken(
    choices: Mapping[WorkerGroup, str], shown: Mapping[WorkerGroup, str], present: Mapping[WorkerGroup, str]
) -> frozenset[WorkerGroup]:
    """The groups for which somebody else chose another layer since the form was shown."""
    made = unlike_shown(choices, shown, present)
    return frozenset(
        group
        for group, name in made.items()
        if present.get(group, "") not in {name, shown.get(group, present.get(group, ""))}
    )


def choose_layers(
    store: Store,
    actor: Actor,
    choices: Mapping[WorkerGroup, str],
    now: datetime,
    shown: Mapping[WorkerGroup, str] | None = None,
) -> None:
    """Set the layer of each of these groups; ``""`` leaves a group to the model's layer.

    ``shown`` is what was chosen when the actor looked: groups left as they were shown are not written.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    InvalidValue
        A layer is gone meanwhile, or does not count that group.
    ChosenSince
        Somebody else chose another layer for such a group meanwhile; nothing was saved.
    """
    require(actor, Right.RUN_ANALYSES)
    with store.writing(Origin.FORM, at=now) as writer:
        by_name = {card.name: card for card in writer.demand.cards()}
        before = writer.demand.choices()
        made = unlike_shown(choices, shown or {}, before)
        for group, name in made.items():
            if name and (name not in by_name or group not in by_name[name].groups):
                raise InvalidValue(f"No such layer counts {group}.", field=group.value, code="unknown_layer")
        if overtaken(choices, shown or {}, before):
            raise ChosenSince("Somebody else chose meanwhile.")
        changed = {group: name or None for group, name in made.items() if before.get(group, "") != name}
        if not changed:
            return
        writer.demand.choose(changed)
        detail = {"before": _named(before), "after": _named(writer.demand.choices())}
        writer.note_event(DataAction.DEMAND_CHOSEN, detail, actor=actor.name)


def _named(choices: Mapping[WorkerGroup, str]) -> dict[str, str]:
    return {group.value: choices[group] for group in WorkerGroup if group in choices}
