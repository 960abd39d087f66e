"""What a file would change: a pure function of the file, the known stations and the place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from geodata.coordinates import Crs, LonLat
from geodata.errors import InvalidValue
from geodata.files import Message, OtherCrs, RowProblem, StationDraft, StationSheet, looks_like_another
from geodata.places import Place
from geodata.stations.document import changed_fields
from geodata.stations.station import Station
from mapapp.services.importing.changes import district_in_words, new_station, updated_station
from mapapp.services.importing.matching import AmbiguousMatchError, Register

_PENDING = "PENDING-ROW-"
"""Begins the code that stands in for a new station's until it is saved; never stored."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A row that is a new station. ``station`` has the row's own code, or a stand-in if ``needs_code``."""

    line: int
    station: Station
    needs_code: bool


@dataclass(frozen=True, slots=True)
class Update:
    """A row of a known station: what it was and what it becomes; the same where nothing changed."""

    line: int
    before: Station
    after: Station

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to save."""
        return bool(changed_fields(self.before, self.after))


@dataclass(slots=True)
class ImportPlan:
    """What to do with each row that holds, in file order, and what is wrong with the others."""

    additions: list[Addition] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    outside_lines: tuple[int, ...] = ()
    other_crs: OtherCrs | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no row holds."""
        return not (self.additions or self.updates)


def plan_import(
    sheet: StationSheet,
    known: Sequence[Station],
    place: Place,
    on_row: Callable[[int, int], None] = lambda done, total: None,
) -> ImportPlan:
    """Decide about every row of ``sheet``; ``known`` are the real stations there are.

    ``on_row`` is told before each row how many are done, and of how many; it may raise to end the planning.
    """
    return _Planner(sheet, known, place).plan(on_row)


class _Planner:
    def __init__(self, sheet: StationSheet, known: Sequence[Station], place: Place) -> None:
        self._sheet = sheet
        self._place = place
        self._known = Register(known)
        self._rows = Register()
        self._row_of: dict[str, StationDraft] = {}
        self._plan = ImportPlan(problems=list(sheet.problems))

    def plan(self, on_row: Callable[[int, int], None]) -> ImportPlan:
        drafts = self._sheet.drafts
        districts = self._districts(drafts)
        for done_count, (draft, district) in enumerate(zip(drafts, districts, strict=True)):
            on_row(done_count, len(drafts))
            self._decide(draft, district)
        placed = [draft for draft in drafts if draft.position is not None]
        self._plan.outside_lines = tuple(
            draft.line
            for draft, district in zip(drafts, districts, strict=True)
            if draft.position is not None and district is None
        )
        self._plan.other_crs = self._other_crs(placed)
        self._plan.problems.sort(key=lambda problem: problem.line)
        return self._plan

    # --- One row -------------------------------------------------------------------------------

    def _decide(self, draft: StationDraft, district_of_position: str | None) -> None:
        try:
            described = new_station(draft, draft.code or f"{_PENDING}{draft.line}", district_of_position)
            station = self._known_station(draft, described)
            earlier = self._earlier_row(draft, described, station)
            if earlier is not None:
                self._reject(draft, *_what_repeats(draft, earlier), _repeats(earlier.line, self._sheet))
            else:
                self._accept(draft, described, station, self._district(draft, district_of_position))
        except AmbiguousMatchError as several:
            self._reject(draft, "name", draft.name, "ambiguous", _ambiguous(several.count))
        except InvalidValue as error:
            message = Message(f"这一行不成立：{error}", f"The row cannot hold: {error}")
            self._reject(draft, error.field, "", error.code, message)

    def _known_station(self, draft: StationDraft, described: Station) -> Station | None:
        station = self._known.coded(draft.code) if draft.code else None
        if station is not None:
            return station
        return self._known.find(described) if self._sheet.locates else self._known.only_named(draft.name)

    def _earlier_row(self, draft: StationDraft, described: Station, station: Station | None) -> StationDraft | None:
        """The row before that is the same station; two new rows with codes of their own are two stations."""
        for code in (draft.code, station.code if station else ""):
            if code in self._row_of:
                return self._row_of[code]
        if station is not None:
            return None
        same = self._rows.find(described)
        earlier = self._row_of[same.code] if same else None
        return None if earlier is not None and earlier.code and draft.code else earlier

    def _accept(self, draft: StationDraft, described: Station, station: Station | None, district: str | None) -> None:
        if station is None:
            result = replace(described, district_code=district)
            self._plan.additions.append(Addition(draft.line, result, needs_code=not draft.code))
        else:
            result = updated_station(station, draft, district)
            self._plan.updates.append(Update(draft.line, station, result))
            if draft.code and draft.code != station.code:
                self._remark(draft, "code", draft.code, "code_not_used", _code_not_used(station.code))
        self._rows.add(result)
        self._row_of[result.code] = draft
        if draft.code:
            self._row_of[draft.code] = draft

    # --- Districts and coordinate systems ------------------------------------------------------

    def _districts(self, drafts: Sequence[StationDraft]) -> list[str | None]:
        """The unit each row's position lies in; None without one or outside the city."""
        nan = float("nan")
        points = [
            (draft.position.point.lon, draft.position.point.lat) if draft.position else (nan, nan) for draft in drafts
        ]
        lon, lat = np.array(points).reshape(-1, 2).T
        return self._place.districts_of(lon, lat)

    def _district(self, draft: StationDraft, district_of_position: str | None) -> str | None:
        said = district_in_words(draft, self._place)
        if draft.district and said is None:
            self._remark(draft, "district", draft.district, "unknown_district", _unknown_district(self._place))
        if draft.position is None:
            return said
        if draft.district and said and district_of_position and said != district_of_position:
            there = self._place.unit(district_of_position)
            message = Message(f"坐标在{there.name_zh}。", f"The position lies in {there.name_en}.")
            self._remark(draft, "district", draft.district, "other_district", message)
        return district_of_position

    def _other_crs(self, placed: Sequence[StationDraft]) -> OtherCrs | None:
        used = placed[0].position.given_crs if placed and placed[0].position else Crs.WGS84
        rows = [draft for draft in placed if draft.position and draft.position.given_crs is used and draft.given]
        given = np.array([(draft.given.lon, draft.given.lat) for draft in rows if draft.given]).reshape(-1, 2)
        pairs = [
            (row, point.lon, point.lat)
            for row, draft in enumerate(rows)
            if (station := self._known.only_named(draft.name)) and (point := _point(station))
        ]
        return looks_like_another(given, used, self._place, pairs)

    # --- Problems ------------------------------------------------------------------------------

    def _reject(self, draft: StationDraft, column: str, value: str, code: str, message: Message) -> None:
        self._note(draft, column, value, code, message, rejects=True)

    def _remark(self, draft: StationDraft, column: str, value: str, code: str, message: Message) -> None:
        self._note(draft, column, value, code, message, rejects=False)

    def _note(
        self, draft: StationDraft, column: str, value: str, code: str, message: Message, *, rejects: bool
    ) -> None:
        heading = self._sheet.heading_of(column)
        self._plan.problems.append(
            RowProblem(line=draft.line, column=heading, value=value, code=code, message=message, rejects=rejects)
        )


def _point(station: Station) -> LonLat | None:
    return station.position.point if station.position else None


def _what_repeats(draft: StationDraft, earlier: StationDraft) -> tuple[str, str, str]:
    column, value = ("code", draft.code) if draft.code and draft.code == earlier.code else ("name", draft.name)
    return column, value, "repeated_row"


def _repeats(line: int, sheet: StationSheet) -> Message:
    at = sheet.kind.at(line)
    return Message(f"与{at.zh}重复，是同一个站点。", f"Repeats {at.en}: it is the same station.")


def _ambiguous(count: int) -> Message:
    return Message(
        f"有 {count} 个站点名称和地址都相同，请写上编码。",
        f"{count} stations have this name and address; give the code.",
    )


def _code_not_used(code: str) -> Message:
    return Message(f"没有使用：这个站点的编码是 {code}。", f"Not used: this station's code is {code}.")


def _unknown_district(place: Place) -> Message:
    names_zh = "、".join(unit.name_zh for unit in place.units)
    names_en = ", ".join(unit.name_en for unit in place.units)
    return Message(f"不是{place.name_zh}的区县（{names_zh}）。", f"No unit of {place.name_en} ({names_en}).")
