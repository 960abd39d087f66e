"""The figures for people: a table on the terminal, a page in docs/."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from benchmarks.machine import Machine
from benchmarks.results import Figure, Section

HEADINGS: Final = ("what", "median", "quartiles", "least – most", "bar", "")
_PART: Final = re.compile(r"^<!-- part: (\w+) -->\n(.*?)(?=^<!-- part: |\Z)", re.DOTALL | re.MULTILINE)
_INTRODUCTION: Final = """# Benchmarks

Written by `python3 scripts/bench.py --write`; do not edit it by hand. Everything that is compared was measured in the
same run, in turns: each thing has its turn in every round, the order moves on from round to round, and a ratio is taken
inside each round. The median over the rounds is held against the bar; quartiles and extremes show how far to trust it.
Parts are measured one at a time; a load average above 0.5 before one says that other programs were running too.
"""


def number(value: float) -> str:
    """Three significant digits, and whole numbers from a thousand on."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def cells(figure: Figure) -> tuple[str, ...]:
    """A figure as a row under the headings."""
    value = figure.value
    unit = f" {figure.unit}" if figure.unit else ""
    bar = f"{figure.bar}{unit}" if figure.bar else ""
    return (
        figure.name,
        number(value.middle) + unit,
        _pair(value.quartiles),
        _pair(value.extremes),
        bar,
        figure.verdict,
    )


def text_of(section: Section) -> str:
    """A section for the terminal."""
    rows = [HEADINGS, *map(cells, section.figures)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    notes = [f"  not measured: {each}" for each in section.left_out]
    return "\n".join([f"== {section.title}", *(line.rstrip() for line in lines), *notes])


@dataclass(frozen=True, slots=True)
class Taken:
    """When and how a part was measured; ``load`` is the average number of busy processes in the minute before."""

    measured_on: date
    effort: str
    load: float | None

    def __str__(self) -> str:
        load = f"{self.load:.2f}" if self.load is not None else "unknown"
        return f"Measured on {self.measured_on.isoformat()}, {self.effort} rounds; load average before it {load}."


def part_of(section: Section, taken: Taken) -> str:
    """A section in Markdown."""
    parts = [f"## {section.title}", str(taken), "", *_markdown_table(map(cells, section.figures)), ""]
    parts.append("\n\n".join(section.notes))
    parts += [f"\nNot measured: {each}" for each in section.left_out]
    return "\n".join(parts).rstrip() + "\n"


def page_of(before: str, parts: Mapping[str, str], order: Sequence[str], machine: Machine) -> str:
    """The whole page in Markdown: ``parts`` by name, and those of the page ``before`` that were not measured anew."""
    all_parts = dict(_PART.findall(before)) | dict(parts)
    about = "\n".join(f"- {line}" for line in machine.lines())
    marked = [f"<!-- part: {name} -->\n{all_parts[name].strip()}" for name in order if name in all_parts]
    return "\n\n".join([_INTRODUCTION.strip(), f"## The machine\n{about}", *marked]) + "\n"


def _markdown_table(rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _pair(ends: tuple[float, float]) -> str:
    low, high = (number(end) for end in ends)
    return low if low == high else f"{low} – {high}"


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1 for character in text)
