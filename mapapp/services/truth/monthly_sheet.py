"""The month as a sheet: a line a public station, with how fresh it is and what was done for it.

Days of confirmation are those known at the month's end, or now where the month is not over; facts (hours known,
status) are those of now, as the line says. A door is confirmed by whatever the dashboard counts too: staff who
looked, called or wrote it anew, and people who got in. Text that a spreadsheet would take for a formula is kept text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from geodata.files.csv_out import Cell, csv_bytes
from geodata.files.workbook_rows import with_rows
from geodata.stations.freshness import FieldGroup
from geodata.stations.station import Station
from mapapp.services.truth.months import Month
from mapapp.services.truth.register import RegisterTruth
from mapapp.store import Store

_SAMPLE: Final = "示例数据 sample data"
_HEADER_OF_GROUP: Final = {
    FieldGroup.HOURS: "开放时间",
    FieldGroup.DOOR: "进入方式",
    FieldGroup.SERVICES: "服务设施",
    FieldGroup.POSITION: "位置",
}
_WIDE: Final = {"名称 name": 32, "地址 address": 36, "数据 data": 24}
_YES, _NO = "是 yes", "否 no"
_NO_UNIT: Final = "无 none"


@dataclass(frozen=True, slots=True)
class MonthlySheet:
    """One month's lines. ``header`` has as many cells as each line; both languages stand in it."""

    month: Month
    made_at: datetime
    header: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    is_sample: bool

    @property
    def file_stem(self) -> str:
        """What a file of it is called."""
        return f"stations-{self.month}{'-sample' if self.is_sample else ''}"

    def csv(self) -> bytes:
        """As CSV, UTF-8 with a byte-order mark."""
        return csv_bytes(self.header, self.lines)

    def xlsx(self) -> bytes:
        """As a workbook with one sheet; the head stays in sight, every column can be filtered."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet(str(self.month))
        sheet.freeze_panes = "C2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(self.header))}{len(self.lines) + 1}"
        for number, name in enumerate(self.header, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = _WIDE.get(name, 14)
        sheet.append([_head(sheet, name) for name in self.header])
        text_style = _text_style(sheet)
        frame = io.BytesIO()
        book.save(frame)
        return with_rows(
            frame.getvalue(),
            self.lines,
            row_count=len(self.lines),
            column_count=len(self.header),
            text_style=text_style,
        )


def monthly_sheet(store: Store, truth: RegisterTruth, month: Month, now: datetime) -> MonthlySheet:
    """The sheet of a month that has begun; for one to come all counts are 0."""
    place = truth.snapshot.place
    since, until = month.span(place.timezone)
    with store.reading() as reader:
        confirmed = reader.confirmations.counts_between(since, until)
        latest = reader.confirmations.latest_before(until)
        doors = reader.report_counts.got_in_by_station(since, until)
        reports = reader.report_counts.by_station(since, until)
        changes = reader.report_counts.changes_by_station(since, until)
    lines = _Lines(truth, month, confirmed, latest, doors, reports, changes, now)
    return MonthlySheet(
        month=month,
        made_at=now,
        header=_header(),
        lines=tuple(lines.line(station, row) for row, station in enumerate(truth.snapshot.stations)),
        is_sample=truth.snapshot.is_sample,
    )


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, name)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def _text_style(sheet: Any) -> int:
    """The number of the style of cells that are text whatever they begin with."""
    cell = WriteOnlyCell(sheet, "")
    cell.quotePrefix = True
    return int(cell.style_id)


def _header() -> tuple[str, ...]:
    groups = [f"{_HEADER_OF_GROUP[group]}核实日期 {group.en} confirmed on" for group in FieldGroup]
    return (
        "编码 code", "名称 name", "区县 district", "类型 kind", "状态 status", "地址 address",
        "开放时间已知 hours known",
        *groups,
        "本月核实次数 confirmations in the month", "本月进门已核实 door confirmed in the month",
        "本月修改次数 changes in the month", "本月收到反馈 reports received in the month",
        "本月办结反馈 reports closed in the month", "现有未办反馈 open reports now",
        "一公里内劳动者 workers within 1 km", "月份 month", "制表时间 made at", "数据 data",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """What the lines are made from, by station code."""

    truth: RegisterTruth
    month: Month
    confirmed: Mapping[str, tuple[int, bool]]
    latest: Mapping[tuple[str, FieldGroup], datetime]
    doors: Mapping[str, datetime]
    reports: Mapping[str, tuple[int, int]]
    changes: Mapping[str, int]
    now: datetime

    def line(self, station: Station, row: int) -> tuple[Cell, ...]:
        """One station's line."""
        place = self.truth.snapshot.place
        unit = place.unit(station.district_code) if station.district_code else None
        confirmation_count, _ = self.confirmed.get(station.code, (0, False))
        came, closed = self.reports.get(station.code, (0, 0))
        days = self._days(station)
        door = days[FieldGroup.DOOR]
        return (
            station.code,
            station.name,
            f"{unit.name_zh} {unit.name_en}" if unit else _NO_UNIT,
            f"{station.kind.zh} {station.kind.en}",
            f"{station.life_cycle.zh} {station.life_cycle.en}",
            station.address,
            _YES if station.hours.known else _NO,
            *(day.isoformat() if day else None for day in days.values()),
            confirmation_count,
            _YES if door is not None and door >= self.month.first_day else _NO,
            self.changes.get(station.code, 0),
            came,
            closed,
            int(self.truth.reported[row]),
            round(float(self.truth.facts.affected[row])),
            str(self.month),
            self.now.astimezone(place.timezone).isoformat(timespec="minutes"),
            _SAMPLE if station.is_sample else "",
        )

    def _days(self, station: Station) -> dict[FieldGroup, date | None]:
        """The day each group was last confirmed on before the month was over."""
        timezone = self.truth.snapshot.place.timezone
        before = self.month.earlier(-1).first_day
        own = station.last_verified.on if station.last_verified and station.last_verified.on < before else None
        got_in = self.doors.get(station.code)
        days: dict[FieldGroup, date | None] = {}
        for group in FieldGroup:
            instants = (self.latest.get((station.code, group)), got_in if group is FieldGroup.DOOR else None)
            known = [at.astimezone(timezone).date() for at in instants if at is not None]
            days[group] = max(known if own is None else [own, *known], default=None)
        return days
