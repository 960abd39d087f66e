"""docs/security.md answers each requirement of the standard once, and names only tests that there are."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from tests.architecture.sources import PROJECT_DIR

DOCUMENT: Final = PROJECT_DIR / "docs" / "security.md"
IDS: Final = PROJECT_DIR / "tests" / "architecture" / "asvs_ids.txt"
ROW: Final = re.compile(r"^\| (V\d[V\d. ]*) \| ([a-z ]+) \| (.+) \|$", re.MULTILINE)
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
STATES: Final = {"met", "operator", "not applicable", "not met"}
MIN_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the tables: some requirements, what is the case, and how."""

    ids: tuple[str, ...]
    state: str
    how: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The tests it names, as file and function; the function may be empty."""
        return TEST.findall(self.how)


def rows() -> list[Row]:
    """All lines of the tables."""
    found = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    return [Row(tuple(ids.split()), state, how) for ids, state, how in found]


def test_every_requirement_is_answered_once() -> None:
    wanted = Counter(IDS.read_text(encoding="utf-8").split())

    assert len(wanted) == 253
    assert Counter(each for row in rows() for each in row.ids) == wanted


def test_every_answer_is_one_of_four() -> None:
    assert {row.state for row in rows()} == STATES


def test_what_is_met_names_a_test() -> None:
    assert [row.ids for row in rows() if row.state == "met" and not row.tests] == []


def test_every_answer_says_something_in_words() -> None:
    assert [row.ids for row in rows() if len(TEST.sub("", row.how).split()) < MIN_WORDS] == []


def test_what_is_not_met_has_a_plan_or_is_meant() -> None:
    unmet = [row for row in rows() if row.state == "not met"]

    assert [row.ids for row in unmet if "Plan:" not in row.how and "Meant, no plan." not in row.how] == []


def test_every_test_named_exists() -> None:
    missing = [
        f"{file}::{function}"
        for row in rows()
        for file, function in row.tests
        if not (PROJECT_DIR / file).is_file()
        or (function and f"def {function}(" not in (PROJECT_DIR / file).read_text(encoding="utf-8"))
    ]

    assert missing == []


def test_the_sums_are_right() -> None:
    counts = Counter({state: sum(len(row.ids) for row in rows() if row.state == state) for state in STATES})
    sentence = (
        f"{counts['met']} are met, {counts['operator']} are the operator's, "
        f"{counts['not applicable']} do not apply and {counts['not met']} are not met"
    )

    assert sentence in " ".join(DOCUMENT.read_text(encoding="utf-8").split())


def test_updates_have_a_time_by_how_grave_they_are() -> None:
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## Updates\n")[2].partition("\n## ")[0]
    days = [int(found) for found in re.findall(r"^\| [^|]+ \| (\d+) \| [^|]+ \|$", section, re.MULTILINE)]

    assert len(days) == 4
    assert days == sorted(days)
    assert days[0] <= 7
    assert "Once a month" in section
