"""Use case: a demand layer out of what is shown of one month."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from geodata.unmet.layer import LayerWish, UnmetLayer, unmet_layer
from mapapp.services.demand.steering import MAX_TITLE_CHARS
from mapapp.services.rights import Actor, Right, require
from mapapp.services.unmet.months import ShownMonth, UnknownMonth, shown_month
from mapapp.store import LayerSource, Origin, Store

METHOD: Final = "unmet"
SOURCE_ZH: Final = "劳动者在搜索时反馈“这附近没有合适的驿站”"
SOURCE_EN: Final = "workers who said “There is no suitable station near here” on a search"


class NothingShown(LookupError):
    """There is nothing to make a layer of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetDraft:
    """What a person says of the layer; ``problems`` maps a field to what is wrong with it."""

    title: str
    group: str
    hours_a_week: float | None
    problems: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", " ".join(self.title.split()))
        if not self.title:
            self.problems["title"] = "empty"
        elif len(self.title) > MAX_TITLE_CHARS:
            self.problems["title"] = "too_long"
        elif not self.title.isprintable():
            self.problems["title"] = "unprintable"
        if self.group not in {each.value for each in WorkerGroup}:
            self.problems["group"] = "empty"
        if self.hours_a_week is None or not 0 < self.hours_a_week <= HOURS_A_WEEK:
            self.problems["hours_a_week"] = "out_of_range"


def make_layer(
    store: Store, place: Place, actor: Actor, month: str, draft: UnmetDraft, now: datetime, *, is_sample: bool
) -> str:
    """Save the layer, which counts for nobody until somebody chooses it; its name.

    Whoever asks for the same of the same squares again gets the layer there is.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    NothingShown
        Nothing of that month may be shown, or none of it lies in the city.
    ValueError
        The draft has problems.
    """
    require(actor, Right.RUN_ANALYSES)
    if draft.problems or draft.hours_a_week is None:
        raise ValueError(draft.problems)
    try:
        shown = shown_month(store, actor, month, now.astimezone(place.timezone).date())
    except UnknownMonth:
        raise NothingShown(month) from None
    if shown is None:
        raise NothingShown(month)
    wish = LayerWish(name=_name(shown, draft), group=WorkerGroup(draft.group), hours_a_week=draft.hours_a_week)
    try:
        made = unmet_layer(shown.squares, wish, place, origin_note=_note(shown, wish), is_sample=is_sample)
    except InvalidValue:
        raise NothingShown(month) from None
    source = _source(shown, wish, made, draft.title)
    with store.writing(Origin.FORM, at=now) as writer:
        if writer.demand.card(wish.name) is None:
            writer.save_demand_layer(made.layer, actor=actor.name, source=source)
    return wish.name


def _name(shown: ShownMonth, draft: UnmetDraft) -> str:
    """The same for the same layer of the same squares."""
    squares = [
        (each.square.lon_c, each.square.lat_c, each.devices_at_least, each.signals_count) for each in shown.squares
    ]
    content = repr((shown.month, shown.is_closed, squares, draft.title, draft.group, draft.hours_a_week))
    return f"unmet-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def _note(shown: ShownMonth, wish: LayerWish) -> str:
    zh = (
        f"来源：{SOURCE_ZH}（{shown.month}，{len(shown.squares)} 个网格）；每台设备按一名{wish.group.zh}、"
        f"每周在岗 {wish.hours_a_week:g} 小时计；只含可公开的网格，是下限，不是人数统计。"
    )
    en = (
        f"Source: {SOURCE_EN} ({shown.month}, {len(shown.squares)} squares); each device taken as one of "
        f"{wish.group.en}, out {wish.hours_a_week:g} hours a week; only squares that may be shown: a lower bound, "
        "no count of people."
    )
    return f"{zh}\n{en}"


def _source(shown: ShownMonth, wish: LayerWish, made: UnmetLayer, title: str) -> LayerSource:
    return LayerSource(
        title=title,
        source=f"{SOURCE_ZH} / {SOURCE_EN}",
        method={
            "code": METHOD,
            "month": shown.month,
            "is_closed": shown.is_closed,
            "square_count": len(shown.squares),
            "signals_count": sum(each.signals_count for each in shown.squares),
            "hours_a_week": wish.hours_a_week,
            "has_own_week": made.has_own_week,
        },
        totals={
            group: (total.given_count, total.placed_count, total.outside_count)
            for group, total in made.gathered.totals.items()
        },
    )
