"""A report without a format: sentences, tables, charts and layers that every file is written from.

Text may hold anything a name may hold; each writer makes it harmless in its own format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

from mapapp.services.planning_report.speech import Speech
from mapapp.services.share_words import percent_words

Cell = str | float | None
"""Text, a number, or nothing to say."""
Geometry = Mapping[str, Any]
"""A geometry as GeoJSON writes it: WGS-84, longitude first."""


def smaller_first(low: Cell, high: Cell) -> tuple[Cell, Cell]:
    """Two bounds in their order: what a change gains may be less where more stations are open."""
    if isinstance(low, int | float) and isinstance(high, int | float) and high < low:
        return high, low
    return low, high


class Form(Enum):
    """How a column's cells read: the number format of a workbook, and the decimals of a page."""

    TEXT = "@", 0
    COUNT = "#,##0", 0
    NUMBER = "#,##0.00", 2
    FINE = "0.0000", 4
    SHARE = "0.0%", 1
    POINTS = "+0.0%;-0.0%;0.0%", 1
    GAP = "0.0%;-0.0%;0.00%", 1
    MINUTES = "0.0", 1
    DEGREES = "0.000000", 6

    @property
    def number_format(self) -> str:
        """As a workbook writes it."""
        return self.value[0]

    def number_format_of(self, number: float) -> str:
        """As a workbook writes this number: a share just short of all reads ">99.9%", as on pages, never "100.0%"."""
        if self is Form.SHARE and (said := percent_words(number)).startswith(("<", ">")):
            return f'"{said}"'
        return self.number_format

    @property
    def is_text(self) -> bool:
        """Whether its cells are words."""
        return self is Form.TEXT

    def said(self, cell: Cell, speech: Speech) -> str:
        """The cell as a page shows it."""
        if cell is None or isinstance(cell, str):
            return cell or speech.number(None)
        if self is Form.SHARE:
            return speech.percent(cell)
        if self is Form.POINTS:
            return speech.points(cell, cell, is_change=True)
        if self is Form.GAP:
            return speech.points(cell, cell, is_change=False)
        return speech.number(cell, self.value[1])

    def both_said(self, low: Cell, high: Cell, speech: Speech) -> str:
        """Both bounds as a page shows them in one cell, the smaller first."""
        if self in {Form.POINTS, Form.GAP} and not isinstance(low, str) and not isinstance(high, str):
            return speech.points(low, high, is_change=self is Form.POINTS)
        return speech.between(*(self.said(cell, speech) for cell in smaller_first(low, high)))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and how its cells read.

    ``stem`` is the heading of a column and the one after it together, low and high: a page shows both in one cell.
    ``is_minor``: in the workbook only. ``is_case``: the two are no bounds, but what holds with all unknown hours shut,
    and with all open.
    """

    heading: str
    form: Form = Form.TEXT
    stem: str = ""
    is_minor: bool = False
    is_case: bool = False

    def both_said(self, low: Cell, high: Cell, speech: Speech) -> str:
        """Both numbers as a page shows them in one cell: bounds in order, cases as they stand."""
        if self.is_case:
            return speech.cases(self.form.said(low, speech), self.form.said(high, speech))
        return self.form.both_said(low, high, speech)


def both_cases(stem: str, form: Form, speech: Speech, *, is_minor: bool = False) -> tuple[Column, Column]:
    """The columns of what holds with all unknown hours shut, and with all open."""
    low, high = both_bounds(stem, form, speech, is_minor=is_minor)
    return replace(low, is_case=True), high


def both_bounds(stem: str, form: Form, speech: Speech, *, is_minor: bool = False) -> tuple[Column, Column]:
    """The columns of a low and a high bound."""
    low, high = (speech.gettext("%(name)s, low", name=stem), speech.gettext("%(name)s, high", name=stem))
    return Column(low, form, stem, is_minor), Column(high, form, "", is_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; ``note`` stands with it. Every row is as long as ``columns``.

    A page shows the first ``page_rows`` rows; 0: it is in the workbook only.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    page_rows: int = 40

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"A row of the table {self.key} has another length than its headings.")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what was asked, or of what the answer stands on."""

    name: str
    value: str


class ChartKind(StrEnum):
    """What a chart draws."""

    WEEK = "week"
    CURVE = "curve"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class Line:
    """A named row of numbers; None where there is none."""

    name: str
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing of numbers that a table holds too.

    A ``WEEK`` has a line for each service, with 168 shares. A ``CURVE`` has lines over ``at`` (minutes, or how many
    sites). ``BARS`` have a line for each name with one share. ``marks`` are upright lines of a curve, with words.
    """

    key: str
    kind: ChartKind
    title: str
    words: str
    lines: tuple[Line, ...]
    at: tuple[float, ...] = ()
    at_title: str = ""
    marks: tuple[tuple[float, str], ...] = ()
    table_key: str = ""


class LayerLook(StrEnum):
    """How a layer is drawn; each differs by shape as well as by colour."""

    COVERED = "covered"
    UNCERTAIN = "uncertain"
    UNCOVERED = "uncovered"
    GAP = "gap"
    STATION = "station"
    SITE = "site"
    ISOCHRONE = "isochrone"
    CATCHMENT = "catchment"
    NEWLY = "newly"
    LOST = "lost"
    MIXED = "mixed"
    TOWN = "town"
    HEAT_0 = "heat-0"
    HEAT_1 = "heat-1"
    HEAT_2 = "heat-2"
    HEAT_3 = "heat-3"
    HEAT_4 = "heat-4"
    HEAT_5 = "heat-5"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map. ``words`` are shown when it is chosen; ``size`` 0-1 is how large a point is drawn."""

    geometry: Geometry
    properties: Mapping[str, Cell]
    words: tuple[str, ...] = ()
    look: LayerLook | None = None
    size: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Things of one geometry type, with the same properties; ``fields`` are their names in files, in order.

    ``on_map`` may be false: then the layer is in the files only. ``starts_shown``: whether the map shows it at once.
    """

    key: str
    title: str
    geometry_type: str
    look: LayerLook
    fields: tuple[str, ...]
    features: tuple[Feature, ...]
    on_map: bool = True
    in_files: bool = True
    starts_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that every file holds.

    ``marks`` say what no file may hide: that the stations are a sample, that the workers are modelled. ``facts`` are
    the question; ``provenance`` is what the answer stands on; ``notes`` are sentences on the method.
    """

    speech: Speech
    place_name: str
    place_id: str
    title: str
    headline: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    provenance: tuple[Fact, ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    layers: tuple[Layer, ...]
    made_at: datetime
    number: str = ""
    is_sample: bool = False
    sentences: tuple[str, ...] = field(default_factory=tuple)

    @property
    def stem(self) -> str:
        """What files are called: nothing in it but place, number and day."""
        sample = "sample-" if self.is_sample else ""
        number = f"{self.number}-" if self.number else ""
        return f"{self.place_id}-coverage-{number}{sample}{self.made_at:%Y%m%d}"

    def table(self, key: str) -> Table | None:
        """The table of that key."""
        return next((table for table in self.tables if table.key == key), None)
