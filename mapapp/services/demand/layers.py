"""Use cases around one demand layer: its week of a group is changed, and it is deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from geodata.coordinates import Floats
from geodata.demand.movement import Movement
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import normalised_profile
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.demand.choosing import counting_layers
from mapapp.services.rights import Actor, Right, require
from mapapp.store import LayerCard, Origin, Store
from mapapp.store.revisions import DataAction


class UnknownLayer(LookupError):
    """There is no such layer, or it does not count that group."""


class LayerInUse(ValueError):
    """The layer counts for a group, or (``by_plans``) a kept run or a scenario needs it; so it cannot be deleted."""

    def __init__(self, name: str, *, by_plans: bool = False) -> None:
        super().__init__(name)
        self.by_plans = by_plans


def layer_of(store: Store, actor: Actor, name: str) -> tuple[LayerCard, DemandLayer]:
    """A layer with its points.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    UnknownLayer
        There is none of that name.
    """
    require(actor, Right.RUN_ANALYSES)
    with store.reading() as reader:
        card, layer = reader.demand.card(name), reader.demand.layer(name)
    if card is None or layer is None:
        raise UnknownLayer(name)
    return card, layer


def change_week(
    store: Store,
    actor: Actor,
    name: str,
    group: WorkerGroup,
    levels: Floats,
    movement: Movement,
    *,
    expected_version: int,
    now: datetime,
) -> None:
    """Give a group of a layer another week and another way of getting about.

    ``levels`` are 168 numbers in any unit (hour 0 is Monday 00-01); only their proportions count.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    UnknownLayer
        There is no such layer, or it does not count the group.
    StaleLayer
        Somebody else changed it since that version.
    InvalidValue
        The levels are no week.
    """
    require(actor, Right.RUN_ANALYSES)
    profile = normalised_profile(levels)
    with store.writing(Origin.FORM, at=now) as writer:
        layer = writer.demand.layer(name)
        if layer is None or group not in layer.workers:
            raise UnknownLayer(name)
        changed = replace(
            layer,
            profiles={**layer.profiles, group: profile},
            movement={**layer.movement, group: movement},
        )
        writer.demand.save_profile(changed, expected_version=expected_version)
        if changed.checksum() != layer.checksum():
            detail = {"layer": name, "group": group.value, "checksum": changed.checksum()}
            writer.note_event(DataAction.DEMAND_CHANGED, detail, actor=actor.name)


def delete_layer(store: Store, actor: Actor, name: str, now: datetime) -> None:
    """Delete a layer that counts for nobody.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    UnknownLayer
        There is none of that name.
    LayerInUse
        It counts for a group: by choice, or as the model's layer; or a kept run or a scenario was asked of it.
    """
    require(actor, Right.RUN_ANALYSES)
    with store.writing(Origin.FORM, at=now) as writer:
        card = writer.demand.card(name)
        if card is None:
            raise UnknownLayer(name)
        counting = counting_layers(writer.demand.cards(), writer.demand.choices())
        if name in counting.values() or writer.demand.is_chosen(name):
            raise LayerInUse(name)
        if writer.planning.uses_layer(name) or writer.scenarios.uses_layer(name):
            raise LayerInUse(name, by_plans=True)
        writer.demand.remove(name)
        detail = {"layer": name, "title": card.title, "checksum": card.checksum}
        writer.note_event(DataAction.DEMAND_REMOVED, detail, actor=actor.name)
