"""The report of an import in words, Chinese or English, one finding a line.

Values from the file are shown shortened and with control characters made visible, so that nothing in a
sheet can play tricks on a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from geodata.files import CRS_NAMES, HOURS_DOUBTED, HOURS_UNREAD, CrsReason, Message, RowProblem
from geodata.places import Place
from mapapp.services.importing.report import ChangedRow, ImportedRow, ImportReport

_SHOWN_CHARS: Final = 80
_NAMED_ROWS: Final = 50
"""So many rows that hold are named in a list; the rest are counted. Problems are always all named."""

_FIELDS_ZH: Final = {
    "name": "名称", "name_en": "英文名", "other_names": "别名", "kind": "类型", "address": "地址",
    "district_code": "区县", "town": "乡镇街道", "position": "位置", "entry_methods": "入口方式",
    "entry_note": "入口说明", "services": "服务", "hours": "开放时间", "build_mode": "建设方式",
    "host_type": "依托类型", "capacity_count": "座位数", "area_m2": "面积", "public_phone": "公开电话",
    "internal_contact": "联系人", "life_cycle": "状态", "awards": "荣誉", "source": "来源",
    "last_verified": "核实", "is_sample": "示例",
}  # fmt: skip


def report_lines(report: ImportReport, place: Place, lang: str) -> Iterator[str]:
    """The lines of the report."""
    yield from _Wording(report, place, lang).lines()


class _Wording:
    def __init__(self, report: ImportReport, place: Place, lang: str) -> None:
        self._report = report
        self._place = place
        self._zh = lang.startswith("zh")
        self._lang = lang

    def lines(self) -> Iterator[str]:
        yield self._headline()
        yield self._crs()
        yield from self._warnings()
        yield from self._problems(self._say("未导入的行", "Rows rejected"), self._report.rejections)
        hours = [remark for remark in self._report.remarks if remark.code in {HOURS_UNREAD, HOURS_DOUBTED}]
        others = [remark for remark in self._report.remarks if remark not in hours]
        yield from self._problems(
            self._say("开放时间需要核对（该行已读入）", "Hours to check (their rows hold)"), hours
        )
        yield from self._problems(
            self._say("没有采用的格子（该行其余内容已读入）", "Cells not used (the rest of their rows holds)"), others
        )
        yield from self._changed()
        yield from self._duplicates()
        yield from self._rows(self._say("新站点", "New stations"), self._report.new)
        yield from self._rows(
            self._say("没有坐标，只能按名称查找", "Without a position: found by name only"), self._report.unplaced
        )
        yield from self._columns()
        yield self._ending()

    def _say(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    def _headline(self) -> str:
        report = self._report
        mode = self._say("【试运行，未保存】", "[dry run, nothing saved] ") if report.dry_run else ""
        return mode + self._say(
            f"{shown(report.file_name)}：共 {report.row_count} 行，新增 {len(report.new)}，更新 {len(report.changed)}，"
            f"未变 {len(report.unchanged)}，未导入 {report.rejected_count}。",
            f"{shown(report.file_name)}: {report.row_count} rows: {len(report.new)} new, {len(report.changed)} "
            f"changed, {len(report.unchanged)} unchanged, {report.rejected_count} rejected.",
        )

    def _crs(self) -> str:
        choice = self._report.crs
        zh, en = _CRS_REASONS[choice.reason]
        name = CRS_NAMES[choice.crs]
        return self._say(f"坐标系：{name}（{zh}）。", f"Coordinate system: {name} ({en}).")

    # --- Warnings ------------------------------------------------------------------------------

    def _warnings(self) -> Iterator[str]:
        for warning in (*self._crs_warnings(), *self._place_warnings()):
            yield f"⚠ {warning}"
        for note in self._report.notes:
            yield f"· {note.text(self._lang)}"
        if self._report.skipped_lines:
            lines = self._at_all(self._report.skipped_lines)
            yield "· " + self._say(f"合计或说明，不是站点：{lines}。", f"Totals or notes, no stations: {lines}.")

    def _crs_warnings(self) -> Iterator[str]:
        choice, other = self._report.crs, self._report.other_crs
        if choice.contradicted is not None:
            against = CRS_NAMES[choice.contradicted]
            yield self._say(f"文件自己说是 {against}。", f"The file itself says {against}.")
        if choice.reason is CrsReason.ASSUMED and self._report.placed_count:
            yield self._say(
                "文件没有说明坐标系。来自高德、腾讯的坐标请加 --crs gcj02，来自百度的加 --crs bd09，否则会偏几百米。",
                "The file names no coordinate system. For coordinates from Gaode or Tencent add --crs gcj02, from "
                "Baidu --crs bd09; otherwise they are some hundred metres off.",
            )
        if other is None:
            return
        name = CRS_NAMES[other.crs]
        if other.known_m is not None:
            used_m, other_m = other.known_m
            yield self._say(
                f"坐标像是 {name}：与已有同名站点的距离，现在约 {used_m:.0f} 米，按 {name} 约 {other_m:.0f} 米。"
                f"请核对，必要时用 --crs {other.crs} 重新导入。",
                f"The coordinates look like {name}: stations of the same name are about {used_m:.0f} m away, "
                f"under {name} {other_m:.0f} m. Check, and if so import again with --crs {other.crs}.",
            )
        if other.inside_share is not None:
            used_share, other_share = other.inside_share
            yield self._say(
                f"坐标像是 {name}：现在 {used_share:.0%} 的点在{self._place.name_zh}内，"
                f"按 {name} 有 {other_share:.0%}。",
                f"The coordinates look like {name}: {used_share:.0%} of the points lie in {self._place.name_en} now, "
                f"{other_share:.0%} under {name}.",
            )

    def _place_warnings(self) -> Iterator[str]:
        outside = self._report.outside_lines
        if outside:
            lines = self._at_all(outside, _NAMED_ROWS)
            yield self._say(
                f"{len(outside)} 个点在{self._place.name_zh}之外，仍按所给坐标读入，不归任何区县：{lines}。",
                f"Points outside {self._place.name_en}, kept but without a district: {len(outside)} ({lines}).",
            )

    # --- Lists ---------------------------------------------------------------------------------

    def _problems(self, title: str, problems: Sequence[RowProblem]) -> Iterator[str]:
        """The problems in file order; the same one in several rows is said once, with all its lines."""
        groups: dict[tuple[str, str, Message], list[int]] = {}
        for problem in problems:
            groups.setdefault((problem.column, problem.value, problem.message), []).append(problem.line)
        yield from self._list(title, (self._problem(*key, lines) for key, lines in groups.items()), len(problems))

    def _problem(self, column: str, value: str, message: Message, lines: Sequence[int]) -> str:
        where = self._say(f" “{shown(column)}”", f' "{shown(column)}"') if column else ""
        what = f" = {shown(value)}" if value else self._say("（空）", " (blank)") if column else ""
        return f"{self._at_all(lines)}{where}{what}: {message.text(self._lang)}"

    def _changed(self) -> Iterator[str]:
        changed = self._report.changed
        lines = (line for row in changed for line in self._changed_row(row))
        yield from self._list(self._say("更新的站点", "Stations changed"), lines, len(changed))

    def _changed_row(self, row: ChangedRow) -> Iterator[str]:
        yield f"{self._at(row.line)} {row.code} {shown(row.name)}"
        for name, (old, new) in row.changes.items():
            label = _FIELDS_ZH.get(name, name) if self._zh else name
            yield f"    {label}: {self._value(old)} → {self._value(new)}"

    def _value(self, value: Any) -> str:
        if value in (None, "", [], {}):
            return self._say("（空）", "(blank)")
        if isinstance(value, dict):
            value = {name: part for name, part in value.items() if part not in (None, "")}
        return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))

    def _duplicates(self) -> Iterator[str]:
        found = self._report.duplicates
        lines = (
            f"{self._at(pair.line)} {shown(pair.name)} ≈ "
            f"{self._at(pair.other_line) if pair.other_line is not None else pair.other_code} "
            f"{shown(pair.other_name)}: {pair.reason.text(self._lang)}"
            for pair in found
        )
        title = self._say("可能重复，未合并，请人工核对", "Probable duplicates, not merged; please check")
        yield from self._list(title, lines, len(found))

    def _rows(self, title: str, rows: Sequence[ImportedRow]) -> Iterator[str]:
        lines = [" ".join(filter(None, (self._at(row.line), row.code, shown(row.name)))) for row in rows[:_NAMED_ROWS]]
        if len(rows) > _NAMED_ROWS:
            more = len(rows) - _NAMED_ROWS
            lines.append(self._say(f"……还有 {more} 个", f"… and {more} more"))
        yield from self._list(title, lines, len(rows))

    def _columns(self) -> Iterator[str]:
        columns = self._report.unread_columns
        if columns:
            names = self._say("、", ", ").join(shown(name) for name in columns)
            yield self._say(f"没有读取的列：{names}。", f"Columns not read: {names}.")

    def _list(self, title: str, lines: Iterable[str], count: int) -> Iterator[str]:
        if count:
            yield ""
            yield f"{title} ({count}):"
            yield from (f"  {line}" for line in lines)

    def _ending(self) -> str:
        report = self._report
        parts = []
        if report.good_count == 0:
            parts.append(self._say("没有一行可以导入，数据没有改动。", "No row can be imported; nothing was changed."))
        elif report.sample_removed_count:
            count = report.sample_removed_count
            parts.append(
                self._say(f"导入时将删除 {count} 个示例站点。", f"The import will remove {count} sample stations.")
                if report.dry_run
                else self._say(f"已删除 {count} 个示例站点。", f"{count} sample stations were removed.")
            )
        if report.good_count and report.dry_run:
            parts.append(self._say("这是试运行，没有保存任何内容。", "This was a dry run; nothing was saved."))
        elif report.new or report.changed:
            parts.append(self._say("已保存。", "Saved."))
        elif report.good_count:
            parts.append(self._say("都与已有数据一致，没有改动。", "All as known already; nothing was changed."))
        return "\n" + " ".join(parts)

    def _at(self, line: int) -> str:
        return self._report.kind.at(str(line)).text(self._lang)

    def _at_all(self, lines: Sequence[int], named_runs: int | None = None) -> str:
        """Lines by number, runs of them as 2-9; every one, or the first ``named_runs`` runs."""
        runs: list[list[int]] = []
        for line in lines:
            if runs and line == runs[-1][1] + 1:
                runs[-1][1] = line
            else:
                runs.append([line, line])
        named = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:named_runs])
        if named_runs is not None and len(runs) > named_runs:
            named += ", …"
        return self._report.kind.at(named).text(self._lang)


_CRS_REASONS: Final = {
    CrsReason.ASKED: ("由 --crs 指定", "given by --crs"),
    CrsReason.HEADINGS: ("表头写明", "named in the headings"),
    CrsReason.DECLARED: ("文件声明", "declared by the file"),
    CrsReason.TITLE: ("表头上方写明", "named above the headings"),
    CrsReason.FORMAT: ("此格式的规定", "what this format prescribes"),
    CrsReason.ASSUMED: ("文件没有说明，按默认", "the file does not say; the default"),
}


def shown(text: str) -> str:
    """A value from a file, on one line, shortened, with control characters made visible."""
    visible = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
    return visible if len(visible) <= _SHOWN_CHARS else visible[: _SHOWN_CHARS - 1] + "…"
