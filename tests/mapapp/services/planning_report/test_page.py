"""The report in one file: it holds everything, asks for nothing, and no name is markup in it."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
from typing import Any, Final

import pytest

from geodata.places import Place
from mapapp.services.planning_report.page import report_page
from mapapp.settings import Settings
from tests.mapapp.services.planning_report.conftest import MakeReport
from tests.mapapp.services.planning_report.documents import HOSTILE

FETCHING: Final = {"src", "href", "action", "srcset", "poster", "data", "formaction"}


class Parts(html.parser.HTMLParser):
    """The elements of a page: tags with their attributes, and the text of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag
        if tag in {"script", "style"}:
            self.raw.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self._open in {"script", "style"} and self.raw:
            tag, text = self.raw[-1]
            self.raw[-1] = (tag, text + data)

    def handle_endtag(self, _tag: str) -> None:
        self._open = ""


def parts_of(page: str) -> Parts:
    found = Parts()
    found.feed(page)
    return found


@pytest.fixture
def page(make_report: MakeReport, place: Place, settings: Settings) -> str:
    return report_page(make_report(name=HOSTILE, station_name=HOSTILE, gap_name=HOSTILE), place, settings)


def test_nothing_in_it_is_to_be_fetched(page: str) -> None:
    addresses = [
        value for _tag, attributes in parts_of(page).tags for name, value in attributes.items() if name in FETCHING
    ]

    assert {str(address)[:1] for address in addresses} <= {"#"}
    assert not re.search(
        r"@import|url\(\s*[\"']?(?!#|data:|[\"'])", "".join(text for tag, text in parts_of(page).raw if tag == "style")
    )


def test_its_policy_lets_run_only_what_it_was_written_with(page: str) -> None:
    found = parts_of(page)
    policy = next(attributes["content"] for tag, attributes in found.tags if attributes.get("http-equiv"))
    assert policy is not None
    kinds = [attributes.get("type") for tag, attributes in found.tags if tag == "script"]
    scripts = [text for tag, text in found.raw if tag == "script"]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert [each in policy for each in hashes] == [kind != "application/json" for kind in kinds]


def test_a_hostile_name_is_text_everywhere(page: str) -> None:
    found = parts_of(page)
    data: Any = json.loads(next(text for tag, text in found.raw if tag == "script" and text.startswith("{")))

    assert "img" not in {tag for tag, _attributes in found.tags}
    assert not any(name.startswith("on") for _tag, attributes in found.tags for name in attributes)
    words = [
        feature["words"][0] for layer in data["layers"] if layer["key"] == "stations" for feature in layer["features"]
    ]
    assert HOSTILE in words


@pytest.mark.parametrize(("language", "mark"), [("en", "Sample demand"), ("zh", "示例")])
def test_it_says_what_the_data_are_and_how_they_were_computed(
    make_report: MakeReport, place: Place, settings: Settings, language: str, mark: str
) -> None:
    text = report_page(make_report(language), place, settings)

    assert mark in text
    assert "SHA-256 c0ffee" in text
    assert 'id="method-title"' in text


def test_the_same_report_is_the_same_file(make_report: MakeReport, place: Place, settings: Settings) -> None:
    first, second = (report_page(make_report(), place, settings) for _turn in range(2))

    assert first == second


def test_a_long_table_says_where_the_rest_stands(make_report: MakeReport, place: Place, settings: Settings) -> None:
    report = make_report()
    tables = tuple(
        type(table)(**{name: getattr(table, name) for name in table.__slots__} | {"page_rows": 1})
        if table.key == "gaps"
        else table
        for table in report.tables
    )
    short = type(report)(**{name: getattr(report, name) for name in report.__slots__} | {"tables": tables})

    assert "1 more row stands in the workbook." in report_page(short, place, settings)
