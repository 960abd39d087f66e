"""The register's list: found, sorted and turned over by pages on the server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from flask import render_template, request

from geodata.stations.vocabulary import LabelledCode, LifeCycle, StationKind
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.rights import Actor, Right, may
from mapapp.staff.blueprint import staff
from mapapp.staff.lists import PAGE_ROWS, asking_again, offset_of, page_number, page_of_list, sorted_headings
from mapapp.staff.speech import gettext
from mapapp.staff.station_pages import wording
from mapapp.store import StationRow, StationSort, StationsQuestion
from mapapp.store.accounts import Role
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

MAX_TEXT_CHARS: Final = 60
_FILTERS: Final = ("text", "district", "kind", "life_cycle", "unplaced", "unknown_hours", "all")
_Code = TypeVar("_Code", bound=LabelledCode)


@dataclass(frozen=True, slots=True)
class WordedRow:
    """One line of the list, as people read it."""

    code: str
    name: str
    address: str
    kind: str
    district: str
    status: str
    is_in_use: bool
    hours: str
    is_placed: bool
    verified: str
    updated: str


@staff.get("/stations")
def stations() -> str:
    """A page of the register; without a question a keeper's own stations, or an editor's own districts."""
    actor = signed_in().actor
    question = _question(actor)
    with services().store.reading() as reader:
        rows, total = reader.stations_page(question)
    return render_template(
        "staff/stations.html",
        rows=[_worded(row) for row in rows],
        **page_of_list(question.offset, len(rows), total, _url),
        columns=_columns(question),
        asked=request.args,
        is_asked=any(request.args.get(name) for name in _FILTERS),
        choices=_choices(),
        own_only=_limits_by_itself(actor),
        may_create=may(actor, Right.CREATE_STATIONS),
    )


def _question(actor: Actor) -> StationsQuestion:
    asked = request.args
    district = asked.get("district", "")
    question = StationsQuestion(
        text=asked.get("text", "")[:MAX_TEXT_CHARS],
        district_codes=frozenset({district}) if district.isdigit() and district.isascii() else frozenset(),
        without_district=district == NO_DISTRICT,
        kinds=_codes(StationKind, asked.get("kind", "")),
        life_cycles=_codes(LifeCycle, asked.get("life_cycle", "")),
        only_unplaced=bool(asked.get("unplaced")),
        only_unknown_hours=bool(asked.get("unknown_hours")),
        sort=_sort(),
        descending=asked.get("order") == "down",
        limit=PAGE_ROWS,
        offset=offset_of(page_number(asked.get("page", ""))),
    )
    return question if asked.get("all") else _own(question, actor)


def _own(question: StationsQuestion, actor: Actor) -> StationsQuestion:
    """Only what is the actor's to keep; an editor's districts give way to a district asked for."""
    if actor.role is Role.KEEPER:
        return replace(question, codes=actor.stations)
    is_asked = bool(question.district_codes or question.without_district)
    if actor.role is Role.EDITOR and actor.districts and not is_asked:
        return replace(question, district_codes=actor.districts, without_district=True)
    return question


def _limits_by_itself(actor: Actor) -> bool:
    """Whether the list begins with what is one's own."""
    return actor.role in {Role.KEEPER, Role.EDITOR}


def _codes(vocabulary: type[_Code], text: str) -> frozenset[_Code]:
    return frozenset(code for code in vocabulary if code.value == text)


def _sort() -> StationSort:
    asked = request.args.get("sort", "")
    return next((sort for sort in StationSort if sort.value == asked), StationSort.CODE)


def _url(**changes: Any) -> str:
    """The list's address with the present question, but for these; a new order begins on the first page."""
    return asking_again("staff.stations", (*_FILTERS, "sort", "order"), changes)


def _columns(question: StationsQuestion) -> list[dict[str, str]]:
    names = {
        StationSort.CODE: gettext("Code"),
        StationSort.NAME: gettext("Name"),
        StationSort.KIND: gettext("Kind"),
        StationSort.DISTRICT: gettext("District"),
        StationSort.LIFE_CYCLE: gettext("Status"),
        StationSort.VERIFIED: gettext("Last confirmed"),
        StationSort.UPDATED: gettext("Last change"),
    }
    return sorted_headings(names, question.sort, question.descending, _url)


def _choices() -> dict[str, list[tuple[str, str]]]:
    language = current_language()
    return {
        "district": [
            *((unit.code, unit.name(language)) for unit in services().place.units),
            (NO_DISTRICT, gettext("none")),
        ],
        "kind": [(kind.value, kind.label(language)) for kind in StationKind],
        "life_cycle": [(cycle.value, cycle.label(language)) for cycle in LifeCycle],
    }


def _worded(row: StationRow) -> WordedRow:
    words, language = wording(), current_language()
    return WordedRow(
        code=row.code,
        name=row.name,
        address=row.address,
        kind=row.kind.label(language),
        district=words.value("district_code", row.district_code),
        status=row.life_cycle.label(language),
        is_in_use=row.life_cycle is LifeCycle.ACTIVE,
        hours="" if row.hours_known else gettext("hours unknown"),
        is_placed=row.is_placed,
        verified=row.verified_on.isoformat() if row.verified_on else gettext("never"),
        updated=words.moment(row.updated_at),
    )
