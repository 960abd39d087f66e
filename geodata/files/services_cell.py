"""What a row says about services: a list in one cell, one column a service, or the API's own objects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from geodata.errors import InvalidStation
from geodata.files.cells import date_of, folded, raw_text, text_of
from geodata.files.lexicon import plain_word
from geodata.files.messages import Message, UnreadCell
from geodata.files.words import SERVICE_STATE_WORDS, SERVICE_WORDS
from geodata.stations.station import Season, ServiceOffer
from geodata.stations.vocabulary import Service, ServiceState


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesGiven:
    """What a row says about services.

    ``named`` are offered, with nothing said about their state. ``detailed`` come with their state.
    ``denied`` are not offered. ``is_complete``: a list names all there are, so what it leaves out goes.
    """

    named: tuple[Service, ...] = ()
    detailed: tuple[ServiceOffer, ...] = ()
    denied: frozenset[Service] = frozenset()
    is_complete: bool = False

    def leaves_out(self, service: Service) -> bool:
        """Whether the service is said not to be offered, or is not in a list of all."""
        said = set(self.named) | {offer.service for offer in self.detailed}
        return service in self.denied or (self.is_complete and service not in said)

    def over(self, known: tuple[ServiceOffer, ...]) -> tuple[ServiceOffer, ...]:
        """The offers after this row: a service only named keeps the state it is known to have."""
        offers = {offer.service: offer for offer in known}
        said = set(self.named) | {offer.service for offer in self.detailed}
        for service in list(offers):
            if service in self.denied or (self.is_complete and service not in said):
                del offers[service]
        for offer in self.detailed:
            offers[offer.service] = offer
        for service in self.named:
            offers.setdefault(service, ServiceOffer(service=service))
        order = {service: place for place, service in enumerate(Service)}
        kept = tuple(offer for offer in known if offers.get(offer.service) == offer)
        if len(kept) == len(offers) == len(known):
            return known
        return tuple(sorted(offers.values(), key=lambda offer: order[offer.service]))


_MAX_CELL_CHARS: Final = 2_000
_MAX_PIECES: Final = 150
"""Several times all the services there are; each piece is looked up among hundreds of words."""
_SEPARATORS: Final = re.compile(r"[、，,;；|\n。+]+")
_NEGATION: Final = re.compile(r"^(?:没有|暂无|无|不提供|不含)")
_DOUBT: Final = re.compile(r"没|无|不|未|暂停|损坏|故障|停用|报修|除外")


def services_of_list(cell: object) -> tuple[ServicesGiven, tuple[str, ...]]:
    """The services a list names, and the pieces that were not understood."""
    if isinstance(cell, (list, tuple)) and any(isinstance(item, Mapping) for item in cell):
        return ServicesGiven(detailed=_offers(list(cell)), is_complete=True), ()
    named: list[Service] = []
    denied: list[Service] = []
    pieces = _pieces(cell)
    if len(pieces) > _MAX_PIECES:
        message = Message(f"超过 {_MAX_PIECES} 项。", f"More than {_MAX_PIECES} services.")
        raise UnreadCell("too_long", message)
    unread = [piece.strip() for piece in pieces if piece.strip() and not _read_piece(piece.strip(), named, denied)]
    given = ServicesGiven(
        named=tuple(dict.fromkeys(named)),
        denied=frozenset(denied) - frozenset(named),
        is_complete=bool(named) and not unread,
    )
    return given, tuple(unread)


def _pieces(cell: object) -> list[str]:
    """The list's pieces: between commas, and between slashes and spaces where the whole is no known word."""
    if isinstance(cell, (list, tuple)):
        return [text_of(item, _MAX_CELL_CHARS) for item in cell[: _MAX_PIECES + 1]]
    parts = _SEPARATORS.split(text_of(cell, _MAX_CELL_CHARS))
    return [piece for part in parts for piece in _pieces_of_part(part)]


def _pieces_of_part(part: str) -> list[str]:
    if SERVICE_WORDS.code_of(part) is not None:
        return [part]
    finest = re.split(r"[/\s]+", part)
    return finest if _all_known(finest) else part.split("/")


def _all_known(parts: list[str]) -> bool:
    return all(
        not part or SERVICE_WORDS.code_of(part) is not None or SERVICE_WORDS.codes_within(part)[0] for part in parts
    )


def _read_piece(piece: str, named: list[Service], denied: list[Service]) -> bool:
    exact = SERVICE_WORDS.code_of(piece)
    if exact is not None:
        named.append(exact)
        return True
    without = SERVICE_WORDS.code_of(_NEGATION.sub("", plain_word(piece)))
    if without is not None:
        denied.append(without)
        return True
    found, rest = SERVICE_WORDS.codes_within(piece)
    if not found or _DOUBT.search(rest):
        return False
    named.extend(found)
    return True


def _offers(items: list[Any]) -> tuple[ServiceOffer, ...]:
    offers: dict[Service, ServiceOffer] = {}
    for item in items:
        try:
            offer = _offer(item)
        except (ValueError, TypeError, KeyError, OverflowError, InvalidStation) as error:
            raise UnreadCell(
                "bad_service", Message(f"不是服务对象：{str(item)[:60]}。", f"Not a service object: {str(item)[:60]}.")
            ) from error
        offers[offer.service] = offer
    return tuple(offers.values())


def _offer(item: Any) -> ServiceOffer:
    if not isinstance(item, Mapping):
        raise TypeError(item)
    season = item.get("season")
    return ServiceOffer(
        service=Service(item["service"]),
        state=ServiceState(item.get("state") or ServiceState.AVAILABLE),
        season=Season(int(season["first_month"]), int(season["last_month"])) if season else None,
        fee=text_of(item.get("fee"), 200),
        note=text_of(item.get("note"), 500),
        confirmed_on=date_of(item.get("confirmed_on")),
    )


_YES: Final = frozenset(
    {"√", "✓", "✔", "☑", "●", "○", "v", "t", "y", "ok", "yes", "true", "available", "是", "有", "可", "可以", "可用"}
    | {"具备", "已配", "配备", "已配备", "提供", "支持", "免费", "有效"}
)
_NO: Final = frozenset(
    {"×", "✗", "✘", "✕", "☒", "x", "f", "n", "0", "no", "none", "false", "否", "无", "没有", "暂无", "不具备", "不可"}
    | {"不可用", "未配", "未配备", "不提供", "不支持"}
)


def service_mark(service: Service, cell: object) -> ServicesGiven:
    """What a mark in a service's own column says; nothing when it is blank or a dash.

    Raises
    ------
    UnreadCell
        The mark is neither a yes, a no, a count nor a state.
    """
    word = folded(raw_text(cell)).strip("。.!")
    if word in {"", "-", "--", "—", "——", "/", "\\", "未知", "不详", "unknown"}:
        return ServicesGiven()
    if word in _YES or re.fullmatch(r"[1-9]\d{0,3}\s*[个台张套把部组间处]?", word):
        return ServicesGiven(named=(service,))
    if word in _NO or word == "0.0":
        return ServicesGiven(denied=frozenset({service}))
    state = SERVICE_STATE_WORDS.code_of(word)
    if state is not None and state is not ServiceState.UNKNOWN:
        return ServicesGiven(detailed=(ServiceOffer(service=service, state=state),))
    raise UnreadCell(
        "not_a_mark",
        Message("看不出有没有这项服务，请写“有”或“无”。", "Neither a yes nor a no; write 有/无, yes/no or 1/0."),
    )


def together(given: list[ServicesGiven]) -> ServicesGiven | None:
    """Several columns' statements as one; None when nothing was said."""
    if not any(one.named or one.detailed or one.denied for one in given):
        return None
    whole = ServicesGiven()
    for one in given:
        whole = replace(
            whole,
            named=tuple(dict.fromkeys(whole.named + one.named)),
            detailed=whole.detailed + one.detailed,
            denied=whole.denied | one.denied,
            is_complete=whole.is_complete or one.is_complete,
        )
    detailed = {offer.service: offer for offer in whole.detailed}
    named = tuple(service for service in whole.named if service not in whole.denied and service not in detailed)
    return replace(whole, named=named, detailed=tuple(detailed.values()))
