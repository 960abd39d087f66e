"""What a list of services does not say: state, months, fee, note and last confirmation of each, in one cell.

Written so that it can be read by people, and read back: ``热饭：报修中；纳凉取暖：季节性，6–9月，费用“免费”``.
What is not said of a service stays as it is; a state without months has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from geodata.files.cells import date_of, folded, one_line, text_of
from geodata.files.detail_cells import Entry, Fact, entries_of, joined_entries, quoted, written_entry
from geodata.files.messages import UnreadCell
from geodata.files.words import SERVICE_STATE_WORDS, SERVICE_WORDS
from geodata.stations.station import MAX_NAME_CHARS, MAX_TEXT_CHARS, Season, ServiceOffer
from geodata.stations.vocabulary import Service, ServiceState

MAX_DETAILS_CHARS: Final = 32_767
"""As long as a workbook's cell can be."""
_FEE: Final = re.compile(r"(?:费用|收费|价格|fee)[:：]?\s*", re.IGNORECASE)
_NOTE: Final = re.compile(r"(?:备注|说明|note)[:：]?\s*", re.IGNORECASE)
_CONFIRMED: Final = re.compile(r"(?:确认于|确认|核实于|核实|confirmed(?: on)?)[:：]?\s*", re.IGNORECASE)
_MONTHS: Final = re.compile(r"(?:months?\s*)?(\d{1,2})月?\s*(?:[–—\-~至到]\s*(\d{1,2})月?)?")
_FREE: Final = frozenset({"免费", "free"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSaid:
    """What a cell says of one service; None where it says nothing."""

    service: Service
    state: ServiceState | None = None
    season: Season | None = None
    fee: str | None = None
    note: str | None = None
    confirmed_on: date | None = None

    def over(self, offer: ServiceOffer) -> ServiceOffer:
        """The offer after this; a confirmation is never replaced by an older one."""
        confirmed = [day for day in (offer.confirmed_on, self.confirmed_on) if day is not None]
        stays = self.state is None
        return replace(
            offer,
            state=offer.state if self.state is None else self.state,
            season=self.season if self.season is not None or not stays else offer.season,
            fee=_words_after(offer.fee, self.fee),
            note=_words_after(offer.note, self.note),
            confirmed_on=max(confirmed, default=None),
        )


def _words_after(known: str, said: str | None) -> str:
    """What is said, unless nothing is, or only what is known as a cell holds it."""
    return known if said is None or said == one_line(known) else said


def details_cell(offers: tuple[ServiceOffer, ...], language: str) -> str:
    """The cell of a station's offers; those that are simply available are not in it."""
    entries = [
        written_entry(offer.service.label(language), _facts_of(offer, language), language)
        for offer in offers
        if offer != ServiceOffer(service=offer.service)
    ]
    return joined_entries(entries, language)


def details_of(cell: object, today: date) -> tuple[tuple[ServiceSaid, ...], tuple[str, ...]]:
    """What the cell says of services, and the pieces that were not understood."""
    said: dict[Service, ServiceSaid] = {}
    unread: list[str] = []
    for entry in entries_of(text_of(cell, MAX_DETAILS_CHARS)):
        service = SERVICE_WORDS.code_of(entry.head)
        if service is None or not entry.facts:
            unread.append(entry.text)
            continue
        told, pieces = _said(service, entry, today)
        said[service] = told
        unread.extend(f"{entry.head}：{piece}" for piece in pieces)
    return tuple(said.values()), tuple(unread)


def _facts_of(offer: ServiceOffer, language: str) -> list[str]:
    is_zh = language == "zh"
    facts = [offer.state.label(language)]
    if offer.season:
        months = f"{offer.season.first_month}–{offer.season.last_month}"
        facts.append(f"{months}月" if is_zh else f"months {months}")
    if offer.fee:
        facts.append(f"{'费用' if is_zh else 'fee '}{quoted(offer.fee, language)}")
    if offer.note:
        facts.append(f"{'备注' if is_zh else 'note '}{quoted(offer.note, language)}")
    if offer.confirmed_on:
        facts.append(f"{'确认于' if is_zh else 'confirmed '}{offer.confirmed_on.isoformat()}")
    return facts


def _said(service: Service, entry: Entry, today: date) -> tuple[ServiceSaid, list[str]]:
    said = ServiceSaid(service=service)
    unread: list[str] = []
    for fact in entry.facts:
        try:
            known = _with_fact(said, fact, today)
        except UnreadCell:
            known = None
        if known is None:
            unread.append(fact.bare if fact.quoted is None else f"{fact.bare}“{fact.quoted}”")
        else:
            said = known
    return said, unread


def _with_fact(said: ServiceSaid, fact: Fact, today: date) -> ServiceSaid | None:
    """What is said with one fact more; None when it is not understood."""
    if fact.is_broken:
        return None
    worded = _worded(said, fact)
    if worded is not None or fact.quoted is not None:
        return worded
    state = SERVICE_STATE_WORDS.code_of(fact.bare)
    if state is not None:
        return replace(said, state=state)
    if (key := _CONFIRMED.match(fact.bare)) is not None:
        day = date_of(fact.bare[key.end() :])
        return replace(said, confirmed_on=day) if day is not None and day <= today else None
    if folded(fact.bare) in _FREE:
        return replace(said, fee=fact.bare)
    return _with_months(said, fact.bare)


def _worded(said: ServiceSaid, fact: Fact) -> ServiceSaid | None:
    """A fee or a note."""
    for key, name, max_chars in ((_FEE, "fee", MAX_NAME_CHARS), (_NOTE, "note", MAX_TEXT_CHARS)):
        match = key.match(fact.bare)
        if match is None:
            continue
        words = fact.bare[match.end() :] if fact.quoted is None else fact.quoted
        if (fact.quoted is not None and match.end() < len(fact.bare)) or len(words) > max_chars:
            return None
        return replace(said, fee=words) if name == "fee" else replace(said, note=words)
    return None


def _with_months(said: ServiceSaid, text: str) -> ServiceSaid | None:
    match = _MONTHS.fullmatch(text.strip().lower())
    if match is None:
        return None
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    return replace(said, season=Season(first, last)) if 1 <= first <= 12 and 1 <= last <= 12 else None
