"""One row of a table into a draft, with everything wrong with it.

The rule for what happens to a cell that cannot be read: the row is left out when the cell says which
station it is, where it is, or whether it is there at all (code, name, kind, address, coordinates, status);
any other such cell is left unread and the rest of the row is kept. Both are reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeVar

from geodata.files import award_cells, record_cells
from geodata.files.award_cells import AwardsGiven
from geodata.files.cells import is_true, raw_text, text_of
from geodata.files.crs_words import crs_in_words
from geodata.files.drafts import StationDraft
from geodata.files.headers import Columns, Field
from geodata.files.hours_cells import hours_of_cells
from geodata.files.kind_of_name import DEFAULT_KIND, kind_of_name
from geodata.files.lexicon import Code, Lexicon
from geodata.files.messages import Message, RowProblem, UnreadCell
from geodata.files.phones import Phones, phones_of, refuse_identity_number
from geodata.files.positions import GivenPoint, point_of_pair, point_of_text
from geodata.files.service_details import ServiceSaid, details_of
from geodata.files.services_cell import ServicesGiven, service_mark, services_of_list, together
from geodata.files.table import SourceRow
from geodata.files.words import (
    ACCURACY_WORDS,
    BUILD_MODE_WORDS,
    ENTRY_METHOD_WORDS,
    HOST_TYPE_WORDS,
    KIND_WORDS,
    LIFE_CYCLE_WORDS,
    VERIFIED_HOW_WORDS,
)
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import CODE_FORM, MAX_NAME_CHARS, MAX_TEXT_CHARS, Award, Verification
from geodata.stations.vocabulary import EntryMethod, StationKind, VerifiedHow

Value = TypeVar("Value")

_REJECTING: Final = frozenset(
    {Field.NAME, Field.CODE, Field.KIND, Field.ADDRESS, Field.LON, Field.LAT, Field.COORDINATES, Field.CRS}
    | {Field.LIFE_CYCLE, Field.SAMPLE}
)
_MAX_WORD_CHARS: Final = 200
"""A cell of one word; what is looked for in it takes time that grows with its square."""
_TOTALS: Final = re.compile(r"(?:合计|总计|小计|共计|总数|汇总)(?:[:：].*|\d*)|totals?:?", re.IGNORECASE)
_REMARKS: Final = re.compile(r"(?:备注|说明|注)(?:[:：].*)?|notes?:.*", re.IGNORECASE)


def is_total(row: SourceRow, columns: Columns) -> bool:
    """Whether the row is a sum or a note below the list, not a station."""
    texts = [raw_text(cell).strip().replace(" ", "") for cell in row.cells]
    name = texts[columns.at.get(Field.NAME, (0,))[0]]
    first = next((text for text in texts if text), "")
    is_sum = any(_TOTALS.fullmatch(text) for text in (name, first))
    return is_sum or _REMARKS.fullmatch(name or first) is not None


@dataclass(slots=True)
class RowReader:
    """Reads one row; made anew for each, as it collects the row's problems.

    ``today`` bounds dates: nothing was verified tomorrow.
    """

    row: SourceRow
    columns: Columns
    today: date
    problems: list[RowProblem] = field(default_factory=list)

    def draft(self) -> StationDraft | None:
        """The draft, or None when a problem rejects the row."""
        name = self._name()
        kind = self._kind(name)
        phones = self._phones()
        services = self._services()
        awards = self._awards(kind, name)
        draft = StationDraft(
            line=self.row.line,
            name=name,
            kind_of_name=kind_of_name(name) or DEFAULT_KIND,
            code=self._read(Field.CODE, _code_of) or "",
            name_en=self._text(Field.NAME_EN, MAX_NAME_CHARS),
            other_names=self._read(Field.OTHER_NAMES, record_cells.names_of) or (),
            kind=kind,
            address=self._text(Field.ADDRESS, MAX_TEXT_CHARS),
            district=self._text(Field.DISTRICT, MAX_NAME_CHARS) or self._text(Field.DISTRICT_NAME, MAX_NAME_CHARS),
            town=self._text(Field.TOWN, MAX_NAME_CHARS),
            given=self._point(),
            accuracy=self._word(Field.ACCURACY, ACCURACY_WORDS),
            entry_methods=self._entry_methods(),
            entry_note=self._text(Field.ENTRY_NOTE, MAX_TEXT_CHARS),
            services=services,
            service_details=self._service_details(services),
            hours=self._hours(),
            build_mode=self._word(Field.BUILD_MODE, BUILD_MODE_WORDS),
            host_type=self._word(Field.HOST_TYPE, HOST_TYPE_WORDS),
            capacity_count=self._read(Field.CAPACITY, record_cells.capacity_of),
            area_m2=self._read(Field.AREA, record_cells.area_of),
            public_phone=phones.public,
            internal_contact=phones.internal,
            life_cycle=self._word(Field.LIFE_CYCLE, LIFE_CYCLE_WORDS),
            awards=awards.awards,
            awards_are_complete=awards.is_complete,
            source=self._text(Field.SOURCE, MAX_TEXT_CHARS),
            last_verified=self._verification(),
        )
        self._refuse_sample()
        return None if any(problem.rejects for problem in self.problems) else draft

    # --- Any cell ------------------------------------------------------------------------------

    def _cell(self, field: Field) -> object:
        indices = self.columns.at.get(field, ())
        return self.row.cells[indices[0]] if indices else None

    def _read(self, field: Field, read: Callable[[object], Value]) -> Value | None:
        cell = self._cell(field)
        try:
            return read(cell)
        except UnreadCell as unread:
            self._note(field, cell, unread.code, unread.message)
            return None

    def _note(self, field: Field, cell: object, code: str, message: Message) -> None:
        self._note_column(self.columns.name_of(field), cell, code, message, rejects=field in _REJECTING)

    def _note_column(self, column: str, cell: object, code: str, message: Message, *, rejects: bool) -> None:
        self.problems.append(
            RowProblem(
                line=self.row.line, column=column, value=raw_text(cell), code=code, message=message, rejects=rejects
            )
        )

    def _text(self, field: Field, max_chars: int) -> str:
        return self._read(field, lambda cell: text_of(cell, max_chars)) or ""

    def _word(self, field: Field, lexicon: Lexicon[Code]) -> Code | None:
        text = self._text(field, _MAX_WORD_CHARS)
        if not text:
            return None
        code = lexicon.code_of(text) or lexicon.code_of(re.sub(r"[(（].*?[)）]", "", text))
        if code is None:
            found, _rest = lexicon.codes_within(text)
            code = found[0] if len(found) == 1 and field is not Field.LIFE_CYCLE else None
        if code is None:
            self._note(field, self._cell(field), "unknown_word", _unknown_word(lexicon))
        return code

    # --- Which station -------------------------------------------------------------------------

    def _name(self) -> str:
        name = self._text(Field.NAME, MAX_NAME_CHARS)
        if not name and not any(problem.rejects for problem in self.problems):
            self._note(Field.NAME, self._cell(Field.NAME), "no_name", Message("没有名称。", "There is no name."))
        return name

    def _kind(self, name: str) -> StationKind | None:
        """The kind the file says; an unknown word rejects the row unless the name itself speaks of a kind."""
        before = len(self.problems)
        kind = self._word(Field.KIND, KIND_WORDS)
        if kind is None and len(self.problems) > before and kind_of_name(name) is not None:
            self.problems[-1] = replace(self.problems[-1], rejects=False)
        return kind

    def _refuse_sample(self) -> None:
        if is_true(self._cell(Field.SAMPLE)):
            message = Message(
                "这是示例数据，不能当作真实站点导入。", "This is sample data and cannot be imported as a real station."
            )
            self._note(Field.SAMPLE, self._cell(Field.SAMPLE), "sample_row", message)

    # --- Where ---------------------------------------------------------------------------------

    def _point(self) -> GivenPoint | None:
        point = self._given_point()
        named = self._text(Field.CRS, _MAX_WORD_CHARS)
        if point is None or not named:
            return point
        crs = crs_in_words(named)
        if crs is None:
            message = Message(
                "不认识的坐标系，请写 WGS-84、GCJ-02 或 BD-09。", "Not a known system: WGS-84, GCJ-02 or BD-09."
            )
            self._note(Field.CRS, named, "unknown_crs", message)
        return replace(point, crs=crs)

    def _given_point(self) -> GivenPoint | None:
        lon, lat = self._cell(Field.LON), self._cell(Field.LAT)
        column = f"{self.columns.name_of(Field.LON)} / {self.columns.name_of(Field.LAT)}"
        cell: object = f"{raw_text(lon)}, {raw_text(lat)}"
        try:
            if self.row.geometry is not None:
                column, cell = "geometry", list(self.row.geometry)
                return point_of_pair(*self.row.geometry)
            if self.columns.has(Field.LON, Field.LAT):
                return point_of_pair(lon, lat)
            column, cell = self.columns.name_of(Field.COORDINATES), self._cell(Field.COORDINATES)
            return point_of_text(cell)
        except UnreadCell as unread:
            self._note_column(column, cell, unread.code, unread.message, rejects=True)
            return None

    # --- What it offers ------------------------------------------------------------------------

    def _services(self) -> ServicesGiven | None:
        given: list[ServicesGiven] = []
        listed = self._read(Field.SERVICES, services_of_list)
        if listed is not None:
            given.append(listed[0])
            for piece in listed[1]:
                message = Message("没有认出这项服务，未读入。", "This service is not known; it was not read.")
                self._note(Field.SERVICES, piece, "unknown_service", message)
        for index, service in self.columns.services.items():
            cell = self.row.cells[index]
            try:
                given.append(service_mark(service, cell))
            except UnreadCell as unread:
                self._note_column(self.columns.names[index], cell, unread.code, unread.message, rejects=False)
        return together(given)

    def _service_details(self, listed: ServicesGiven | None) -> tuple[ServiceSaid, ...]:
        read = self._read(Field.SERVICE_DETAILS, lambda cell: details_of(cell, self.today))
        said, unread = read or ((), ())
        for piece in unread:
            message = Message("没有读懂，未读入。", "This could not be read; it was left out.")
            self._note(Field.SERVICE_DETAILS, piece, "unread_details", message)
        for each in said:
            if listed is not None and listed.leaves_out(each.service):
                message = Message("服务项目里没有这一项，未读入。", "Not among the services listed; it was left out.")
                self._note(Field.SERVICE_DETAILS, each.service.zh, "service_not_listed", message)
        return tuple(each for each in said if listed is None or not listed.leaves_out(each.service))

    def _entry_methods(self) -> tuple[EntryMethod, ...]:
        found: dict[EntryMethod, None] = {}
        for piece in self._read(Field.ENTRY_METHODS, record_cells.entry_pieces) or ():
            exact = ENTRY_METHOD_WORDS.code_of(piece)
            codes = (exact,) if exact else ENTRY_METHOD_WORDS.codes_within(piece)[0]
            found.update(dict.fromkeys(codes))
            if not codes:
                self._note(Field.ENTRY_METHODS, piece, "unknown_word", _unknown_word(ENTRY_METHOD_WORDS))
        return tuple(found)

    def _hours(self) -> OpeningHours | None:
        cells = {name: self._cell(name) for name in (Field.HOURS, Field.HOURS_RULE, Field.OPENS, Field.CLOSES)}
        hours, unread = hours_of_cells(cells)
        for problem in unread:
            self._note(problem.field, problem.value, problem.code, problem.message)
        return hours

    def _stars(self, kind: StationKind | None, name: str) -> tuple[Award, ...]:
        is_driver_home = (kind or kind_of_name(name)) is StationKind.DRIVER_HOME
        return self._read(Field.STARS, lambda cell: award_cells.grade_of(cell, is_driver_home=is_driver_home)) or ()

    def _awards(self, kind: StationKind | None, name: str) -> AwardsGiven:
        """All awards of their own cell, beside which a grade of its own column only is checked."""
        given = self._read(Field.AWARDS, award_cells.awards_of) or AwardsGiven()
        for piece in given.unread:
            message = Message("没有读懂这一项荣誉，未读入。", "This award could not be read; it was left out.")
            self._note(Field.AWARDS, piece, "unread_award", message)
        grade = self._stars(kind, name)
        if not given.awards:
            return AwardsGiven(grade)
        held = {(award.scheme, award.level) for award in given.awards}
        if any((award.scheme, award.level) not in held for award in grade):
            message = Message("与“荣誉”一栏不一致，以“荣誉”为准。", "Not what the awards say; those are taken.")
            self._note(Field.STARS, self._cell(Field.STARS), "other_grade", message)
        return replace(given, is_complete=not given.unread)

    def _verification(self) -> Verification | None:
        how = self._word(Field.VERIFIED_HOW, VERIFIED_HOW_WORDS) or VerifiedHow.IMPORT
        return self._read(Field.LAST_VERIFIED, lambda cell: record_cells.verification_of(cell, self.today, how))

    # --- Whom to call --------------------------------------------------------------------------

    def _phones(self) -> Phones:
        public: list[str] = []
        internal: list[str] = []
        for field_ in (Field.CONTACT, Field.PHONE, Field.PUBLIC_PHONE):
            for index in self.columns.at.get(field_, ()):
                phones = self._phones_in(field_, index)
                public.append(phones.public)
                internal.append(phones.internal)
        joined = Phones(_joined(public), _joined(internal))
        if len(joined.public) > 60:
            message = Message("公开电话太长，未读入。", "The public phone is too long; it was not read.")
            self._note(Field.PUBLIC_PHONE, joined.public, "too_long", message)
            return Phones("", joined.internal[:MAX_TEXT_CHARS])
        return joined

    def _phones_in(self, field_: Field, index: int) -> Phones:
        cell = self.row.cells[index]
        try:
            text = text_of(cell, MAX_TEXT_CHARS if field_ is Field.CONTACT else 200)
            if field_ is Field.CONTACT:
                refuse_identity_number(text)
                return Phones("", text)
            return phones_of(text, said_public=field_ is Field.PUBLIC_PHONE) if text else Phones()
        except UnreadCell as unread:
            shown = "" if unread.code == "identity_number" else cell
            self._note_column(self.columns.names[index], shown, unread.code, unread.message, rejects=False)
            return Phones()


def _joined(parts: list[str]) -> str:
    return "；".join(dict.fromkeys(part for part in parts if part))


def _unknown_word(lexicon: Lexicon[Code]) -> Message:
    codes = list(dict.fromkeys(lexicon.table.values()))
    return Message(
        f"不认识的词，可以写：{'、'.join(code.zh for code in codes)}。",
        f"Not a known word; write one of: {', '.join(code.en for code in codes)}.",
    )


def _code_of(cell: object) -> str:
    code = text_of(cell, 100).upper()
    if code and not CODE_FORM.fullmatch(code):
        raise UnreadCell(
            "code_form",
            Message("编码要由 3 到 32 个大写字母、数字和连字符组成。", "A code is 3 to 32 of A-Z, 0-9 and '-'."),
        )
    return code
