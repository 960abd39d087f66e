"""What scripts/bench.py makes of what it measured: ratios, verdicts, a table, a page written part by part."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date

import pytest

from benchmarks.machine import Machine
from benchmarks.measure import Spread, in_turns
from benchmarks.report import Taken, number, page_of, part_of, text_of
from benchmarks.results import Figure, Section, at_least, at_most

SECTION = Section(
    "A part",
    (
        Figure("ours ÷ theirs", Spread.of(0.4, 0.6, 0.8), bar=at_least(0.5)),
        Figure("时间", Spread.of(3.0), "ms", at_most(2)),
        Figure("answers a second", Spread.of(1234.0)),
    ),
    ("How it was done.",),
    ("The other: a | package is missing.",),
)
MACHINE = Machine("A CPU", 2, 23.5, "Linux 6", "CPython 3.11", (("flask", "3.1"),))
TAKEN = Taken(date(2026, 11, 18), "full", 0.25)


def test_a_ratio_is_taken_inside_each_round() -> None:
    ours, theirs = Spread.of(1.0, 4.0, 9.0), Spread.of(2.0, 2.0, 3.0)

    ratio = ours.over(theirs)

    assert ratio.values == (0.5, 2.0, 3.0)
    assert ratio.middle == 2.0


def test_rounds_of_different_numbers_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Spread.of(1.0, 2.0).over(Spread.of(1.0))


def test_a_spread_shows_median_quartiles_and_extremes() -> None:
    spread = Spread.of(5.0, 1.0, 2.0, 4.0, 3.0)

    assert (spread.middle, spread.quartiles, spread.extremes) == (3.0, (2.0, 4.0), (1.0, 5.0))
    assert Spread.of(7.0).quartiles == (7.0, 7.0)


def test_a_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Spread(())


def test_turns_move_on_by_one_from_round_to_round() -> None:
    order: list[str] = []

    results = in_turns({name: lambda name=name: order.append(name) for name in "abc"}, 3)  # type: ignore[misc] # a default binds each name

    assert "".join(order) == "abc" + "bca" + "cab"
    assert {name: len(each) for name, each in results.items()} == {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("x", Spread.of(0.5), bar=at_least(0.5)), "met"),
        (Figure("x", Spread.of(0.49), bar=at_least(0.5)), "MISSED"),
        (Figure("x", Spread.of(20.0), bar=at_most(20)), "met"),
        (Figure("x", Spread.of(20.1), bar=at_most(20)), "MISSED"),
        (Figure("x", Spread.of(1.0, 1.0, 99.0), bar=at_most(20)), "met"),
        (Figure("x", Spread.of(99.0)), "recorded"),
    ],
)
def test_a_bar_is_held_by_the_median(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict


def test_the_table_shows_value_spread_bar_and_verdict() -> None:
    lines = text_of(SECTION).splitlines()

    assert lines[2].split("  ")[0] == "ours ÷ theirs"
    assert [word in lines[2] for word in ("0.6", "0.5 – 0.7", "0.4 – 0.8", "≥ 0.5", "met")] == [True] * 5
    assert "≤ 2 ms" in lines[3]
    assert lines[3].endswith("MISSED")
    assert lines[4].endswith("recorded")
    assert lines[5] == "  not measured: The other: a | package is missing."


def test_the_page_has_the_machine_and_each_part_as_a_table() -> None:
    page = page_of("", {"ours": part_of(SECTION, TAKEN)}, ["ours"], MACHINE)

    assert "Measured on 2026-11-18, full rounds; load average before it 0.25." in page
    assert "- A CPU, 2 cores, 23.5 GiB of memory" in page
    assert "| ours ÷ theirs | 0.6 | 0.5 – 0.7 | 0.4 – 0.8 | ≥ 0.5 | met |" in page
    assert "\nHow it was done.\n" in page


def test_a_part_measured_anew_takes_its_own_place_and_leaves_the_others() -> None:
    order = ["first", "second", "third"]
    parts = {name: part_of(replace(SECTION, title=name), TAKEN) for name in order}
    page = page_of("", parts, order, MACHINE)
    later = part_of(replace(SECTION, title="second, later"), TAKEN)

    written = page_of(page, {"second": later}, order, MACHINE)

    assert written == page_of("", parts | {"second": later}, order, MACHINE)
    assert re.findall("^## (.+)$", written, re.MULTILINE) == ["The machine", "first", "second, later", "third"]


def test_numbers_have_three_digits_that_matter() -> None:
    assert [number(value) for value in (0.12345, 12.345, 123.45, 12345.6)] == ["0.123", "12.3", "123", "12,346"]


def test_the_machine_is_described_without_its_name() -> None:
    described = "\n".join(Machine.here().lines())

    assert "cores" in described
    assert os.uname().nodename not in described
