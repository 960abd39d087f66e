"""Files that leave a city full of hostile text: nothing in them is a formula, a script or a header."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Final
from urllib.parse import urlencode

import openpyxl
import pytest

from mapapp.services.planning_report.files import ReportFormat, Subject, SubjectKind, report_file, report_of
from mapapp.services.rights import COMMAND_LINE
from tests.browser.hostile.conftest import ClientOf, HostileCity, OpenAs
from tests.browser.hostile.test_hostile_walk import ALIVE
from tests.hostile.pages import alive, parsed
from tests.hostile.words import HTML, MARK
from tests.mapapp.staff.world import OWN_STATION, StaffClient

_RUN: Final = re.compile(r"/planner/runs/(\d+)")
_NUMBERS: Final = {
    SubjectKind.RUN: re.compile(r"/planner/runs/(\d+)"),
    SubjectKind.SCENARIO: re.compile(r"/planner/scenarios/(\d+)"),
}
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def fetched(client: StaffClient, path: str, **query: str) -> bytes:
    """The body of a file that is there, with a name that is nobody's header."""
    answer = client.get(f"{path}?{urlencode(query)}" if query else path)
    body = answer.get_data()
    answer.close()
    assert answer.status_code == 200, (path, answer.status_code, body[:300])
    assert "\n" not in answer.headers.get("Content-Disposition", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return body


def run_of(city: HostileCity) -> str:
    """The number of an answer whose title is hostile."""
    found = next(match for path in city.planted.pages if (match := _RUN.match(path)) is not None)
    return found[1]


def table_files(city: HostileCity) -> dict[str, bytes]:
    """Every CSV file and workbook somebody of the staff can get at once."""
    run = run_of(city)
    admin, planner = (StaffClient(city.app, city.database.sessions[name]) for name in ("admin", "planner"))
    files = {f"stations.{kind}": fetched(admin, "/staff/exports/stations", format=kind) for kind in ("csv", "xlsx")}
    files |= {f"month.{kind}": fetched(admin, f"/staff/dashboard/month.{kind}") for kind in ("csv", "xlsx")}
    files["report.xlsx"] = fetched(planner, "/planner/report/file", format="xlsx", run=run)
    return files


def test_no_cell_of_any_table_is_a_formula(hostile_city: HostileCity) -> None:
    files = table_files(hostile_city)
    cells_count = 0
    for name, content in files.items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
                for cell in row:
                    cells_count += 1
                    is_number = cell.replace(".", "", 1).lstrip("-").isdecimal()
                    assert is_number or not cell.startswith(FORMULA_STARTS), (name, cell)
            continue
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book.worksheets:
            for filled in sheet.iter_rows():
                for held in filled:
                    cells_count += 1
                    assert held.data_type != "f", (name, held.coordinate, held.value)
                    assert held.hyperlink is None or "evil" not in str(held.hyperlink.target), (name, held.coordinate)

    assert cells_count > 500


@pytest.mark.parametrize("kind", ["geojson", "gpkg"])
def test_geographic_files_hold_the_words_as_words(client_of: ClientOf, kind: str) -> None:
    content = fetched(client_of("admin"), "/staff/exports/stations", format=kind)

    if kind == "geojson":
        names = {str(each["properties"]) for each in json.loads(content)["features"]}
        assert any(HTML[:20] in name for name in names)
    else:
        assert HTML[:20].encode() in content


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_document_is_inert_in_the_browser(
    hostile_city: HostileCity, client_of: ClientOf, signed_in_context: OpenAs, language: str
) -> None:
    client = client_of("planner")
    client.browser.set_cookie("lang", language)
    run = run_of(hostile_city)
    document = fetched(client, "/planner/report/file", format="html", run=run).decode()

    page = signed_in_context("planner").new_page()
    page.set_content(document, wait_until="load")

    found = page.evaluate(ALIVE)
    assert (found["ran"], found["made"]) == (None, [])
    assert alive(parsed(document)) == []


@pytest.mark.parametrize(
    ("subject", "language"),
    [
        (SubjectKind.RUN, "zh"),
        (SubjectKind.SCENARIO, "en"),
        pytest.param(SubjectKind.RUN, "en", marks=pytest.mark.long),
        pytest.param(SubjectKind.SCENARIO, "zh", marks=pytest.mark.long),
    ],
)
def test_a_report_is_printed_and_drawn_with_hostile_names(
    hostile_city: HostileCity, subject: SubjectKind, language: str
) -> None:
    parts = hostile_city.app.extensions["stationmap"]
    numbers = sorted(int(number) for number in set(_NUMBERS[subject].findall("\n".join(hostile_city.planted.pages))))
    with hostile_city.app.app_context():
        of_one = report_of(
            parts.planning, parts.store, parts.place, COMMAND_LINE, Subject(subject, numbers[0]), language
        )
        beside = Subject(subject, numbers[0], numbers[1])
        of_two = report_of(parts.planning, parts.store, parts.place, COMMAND_LINE, beside, language)

        for report in (of_one, of_two):
            pdf = report_file(report, ReportFormat.PDF, parts.place, parts.settings)
            drawn = report_file(report, ReportFormat.PICTURES, parts.place, parts.settings)

            assert pdf.content.startswith(b"%PDF")
            for lively in (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/EmbeddedFile", b"evil.example"):
                assert lively not in pdf.content
            assert MARK not in pdf.name
            with zipfile.ZipFile(io.BytesIO(drawn.content)) as archive:
                assert len(archive.namelist()) >= 3
                for name in archive.namelist():
                    assert re.fullmatch(r"[A-Za-z0-9-]+\.png", name), name
                    assert archive.read(name).startswith(b"\x89PNG")


def test_posters_are_drawn_of_hostile_names(client_of: ClientOf) -> None:
    client = client_of("admin")

    pdf = fetched(client, f"/staff/stations/{OWN_STATION}/poster.pdf")
    svg = fetched(client, f"/staff/stations/{OWN_STATION}/poster.svg")

    assert pdf.startswith(b"%PDF")
    assert b"/JavaScript" not in pdf
    assert b"/Launch" not in pdf
    if svg.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(svg)) as archive:
            svg = archive.read(archive.namelist()[0])
    assert alive(parsed(svg.decode())) == []
    assert f"<x-{MARK}".encode() not in svg
