"""Stations as files, and back through the import without a difference."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from geodata.coordinates import Crs, LonLat
from geodata.files import CRS_NAMES, FileKind, read_station_sheet
from geodata.files.writing_formats import ENDINGS
from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Award, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.exporting.files import ExportQuestion, empty_sheet, export_stations, write_export
from mapapp.services.importing.planning import ImportPlan, plan_import
from mapapp.services.rights import COMMAND_LINE, Actor, Forbidden
from mapapp.store import Store
from mapapp.store.accounts import Role
from tests.conftest import FROZEN_AT

TODAY: Final = date(2026, 7, 1)
FORMATS: Final = tuple(FileKind)
EDITOR: Final = Actor("editor", Role.EDITOR, frozenset({"640104"}), account_id=7)


def full_station(place: Place) -> Station:
    """One with something in every field, all of it words that a sheet might take for something else."""
    spot = place.units[0].label_at
    return Station(
        code="YC-0001",
        kind=StationKind.WORKER_HOME,
        name='=HYPERLINK("http://x","驿站")',
        name_en="@Station, \"the\" first; 'one'",
        other_names=("老驿站", "+小站"),
        address="-东街 1 号,\n二楼\t左转",
        district_code=place.units[0].code,
        town="某街道",
        position=Position.wgs84(spot.lon, spot.lat),
        entry_methods=tuple(EntryMethod),
        entry_note="'=不是公式",
        services=(
            ServiceOffer(service=Service.WATER, fee="=免费", note="早上;晚上"),
            ServiceOffer(service=Service.HEAT_MEAL, state=ServiceState.BROKEN),
            ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(6, 9)),
            ServiceOffer(service=Service.TOILET_NEARBY, state=ServiceState.UNKNOWN),
        ),
        hours=OpeningHours("Mo-Fr 08:30-18:00; PH off", "工作日 8:30-18:00(节假日除外)"),
        build_mode=BuildMode.CO_BUILT,
        host_type=HostType.OTHER,
        capacity_count=0,
        area_m2=12.5,
        public_phone="0951-1234567 / +86 951 7654321",
        internal_contact="=某人 13900000000；-",
        awards=(
            Award(scheme=AwardScheme.MOST_BEAUTIFUL, level="市级", year=2024),
            Award(scheme=AwardScheme.STARS, level="4", year=2025, granted_by="总工会"),
        ),
        source="@名单",
        last_verified=Verification(date(2026, 3, 1), VerifiedHow.ON_SITE),
    )


def tricky_stations(place: Place) -> tuple[Station, ...]:
    """Stations with all there can be in a field that a sheet might lose or change."""
    full = full_station(place)
    others = tuple(
        replace(full, code=f"YC-1{number:03}", name=f"第{number}驿站", address=f"{number} 号", services=())
        for number, _ in enumerate([*HostType, *LifeCycle, *StationKind, *BuildMode])
    )
    words: list[dict[str, Any]] = [{"host_type": code} for code in HostType] + [
        {"life_cycle": code} for code in LifeCycle
    ]
    words += [{"kind": code} for code in StationKind] + [{"build_mode": code} for code in BuildMode]
    varied = tuple(replace(each, **fields) for each, fields in zip(others, words, strict=True))
    every_service = tuple(ServiceOffer(service=service) for service in Service)
    return (
        full,
        *varied,
        replace(full, code="YC-0002", name="全有驿站", address="二号", services=every_service, awards=()),
        Station(code="YC-0003", kind=StationKind.REST_STATION, name="待定驿站"),
        replace(
            full,
            code="YC-0004",
            name="夜间司机之家",
            address="四号",
            kind=StationKind.DRIVER_HOME,
            awards=(Award(scheme=AwardScheme.DRIVER_HOME_GRADE, level="AAA"),),
            hours=OpeningHours(None, "看情况开门"),
            position=Position(LonLat(106.2, 38.4), PositionAccuracy.APPROXIMATE, Crs.BD09, 106.2129, 38.4061),
            other_names=("甲、乙",),
            area_m2=None,
            capacity_count=None,
        ),
        replace(full, code="YC-0005", name="昼夜驿站", address="五号", hours=OpeningHours("24/7", "")),
    )


@pytest.fixture
def register(store: Store, place: Place) -> Store:
    """A database with the stations a sheet could lose something of."""
    with store.writing("form") as writer:
        for station in tricky_stations(place):
            writer.add_station(station, actor="test", reason="to begin with")
    return store


def plan_of(content: bytes, kind: FileKind, store: Store, place: Place, folder: Path, crs: Crs | None) -> ImportPlan:
    file = folder / f"sheet.{ENDINGS[kind]}"
    file.write_bytes(content)
    with store.reading() as reader:
        known = reader.stations()
    return plan_import(read_station_sheet(file, crs, TODAY), known, place)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("crs", list(Crs))
@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_read_back_changes_nothing(
    kind: FileKind, crs: Crs, language: str, register: Store, place: Place, tmp_path: Path
) -> None:
    question = ExportQuestion(kind=kind, crs=crs, language=language, with_contacts=True)
    file = export_stations(register, place, COMMAND_LINE, question, FROZEN_AT)

    plan = plan_of(file.content, kind, register, place, tmp_path, None)

    assert plan.additions == []
    assert [problem for problem in plan.problems if problem.rejects] == []
    assert [(each.before, each.after) for each in plan.updates if each.changes_something] == []
    assert len(plan.updates) == file.station_count == len(tricky_stations(place))
    assert crs.value in file.name


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_written_some_stations_at_a_time_holds_all_of_them_once(
    kind: FileKind, register: Store, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, path = ExportQuestion(kind=kind, with_contacts=True), tmp_path / "some_at_a_time"
    at_once = export_stations(register, place, COMMAND_LINE, question, FROZEN_AT)
    monkeypatch.setattr("mapapp.services.exporting.files.STATIONS_AT_ONCE", 15)
    heard: list[tuple[int, int]] = []

    made = write_export(
        *(register, place, COMMAND_LINE, question, FROZEN_AT, path), lambda done, total: heard.append((done, total))
    )

    count = len(tricky_stations(place))
    assert heard == [(done, count) for done in range(0, count, 15)]
    assert (made.name, made.station_count) == (at_once.name, count)
    plan = plan_of(path.read_bytes(), kind, register, place, tmp_path, None)
    assert [(each.before, each.after) for each in plan.updates if each.changes_something] == []
    assert (len(plan.updates), plan.additions) == (count, [])
    if kind in {FileKind.CSV, FileKind.GEOJSON}:
        assert path.read_bytes() == at_once.content


@pytest.mark.parametrize("crs", list(Crs))
@pytest.mark.parametrize("kind", FORMATS)
def test_the_file_is_read_in_its_own_system_without_being_told(
    kind: FileKind, crs: Crs, register: Store, place: Place, tmp_path: Path
) -> None:
    file = export_stations(register, place, COMMAND_LINE, ExportQuestion(kind=kind, crs=crs), FROZEN_AT)
    path = tmp_path / f"sheet.{ENDINGS[kind]}"
    path.write_bytes(file.content)

    sheet = read_station_sheet(path, None, TODAY)

    assert {draft.position.given_crs for draft in sheet.drafts if draft.position} == {crs}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_brings_an_empty_register_all_a_sheet_can_hold(
    kind: FileKind, register: Store, place: Place, tmp_path: Path
) -> None:
    file = export_stations(register, place, COMMAND_LINE, ExportQuestion(kind=kind, with_contacts=True), FROZEN_AT)
    path = tmp_path / f"sheet.{ENDINGS[kind]}"
    path.write_bytes(file.content)

    drafts = {draft.code: draft for draft in read_station_sheet(path, None, TODAY).drafts}

    first, known = drafts["YC-0001"], tricky_stations(place)[0]
    assert (first.name, first.entry_note, first.internal_contact) == (
        known.name,
        known.entry_note,
        "=某人 13900000000；-",
    )
    assert (first.hours, first.capacity_count, first.area_m2) == (known.hours, 0, 12.5)
    assert first.services is not None
    assert set(first.services.named) == {offer.service for offer in known.services}
    assert drafts["YC-0003"].position is None


def test_no_cell_of_a_workbook_is_a_formula(register: Store, place: Place) -> None:
    file = export_stations(register, place, COMMAND_LINE, ExportQuestion(kind=FileKind.XLSX), FROZEN_AT)

    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]

    risky = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(risky) > 3
    assert {(cell.data_type, cell.quotePrefix) for cell in risky} == {("s", True)}


def test_no_cell_of_a_csv_file_begins_as_a_formula_does(register: Store, place: Place) -> None:
    file = export_stations(register, place, COMMAND_LINE, ExportQuestion(kind=FileKind.CSV), FROZEN_AT)

    assert file.content.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert '\'=HYPERLINK("http://x","驿站")' in cells


def test_a_workbook_offers_the_words_of_a_column(place: Place) -> None:
    sheet, _notes, lists = openpyxl.load_workbook(
        io.BytesIO(empty_sheet(place, FileKind.XLSX, Crs.GCJ02, "zh").content)
    ).worksheets

    headings = [str(cell.value) for cell in sheet[1]]
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    letter = openpyxl.utils.get_column_letter(headings.index("站点类型") + 1)
    assert "经度 (GCJ-02)" in headings
    column = offered[f"{letter}2:{letter}1001"].split("!")[1].replace("$", "").split(":")[0][0]
    assert [cell.value for cell in lists[column] if cell.value] == [kind.zh for kind in StationKind]
    assert lists.sheet_state == "hidden"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", [FileKind.CSV, FileKind.XLSX])
def test_an_empty_sheet_is_read_as_a_list_of_no_stations(
    kind: FileKind, language: str, place: Place, tmp_path: Path
) -> None:
    path = tmp_path / f"empty.{ENDINGS[kind]}"
    path.write_bytes(empty_sheet(place, kind, Crs.BD09, language).content)

    sheet = read_station_sheet(path, None, TODAY)

    assert (sheet.drafts, sheet.problems, sheet.row_count, sheet.crs.crs) == ((), (), 0, Crs.BD09)
    assert sheet.columns.unread == ()


@pytest.mark.parametrize("kind", FORMATS)
def test_sample_stations_are_marked_and_not_taken_for_real_ones(
    kind: FileKind, store: Store, place: Place, tmp_path: Path
) -> None:
    with store.writing("form") as writer:
        writer.add_station(replace(tricky_stations(place)[0], is_sample=True), actor="test", reason="")

    file = export_stations(store, place, COMMAND_LINE, ExportQuestion(kind=kind), FROZEN_AT)
    plan = plan_of(file.content, kind, store, place, tmp_path, None)

    assert "sample" in file.name
    assert [problem.code for problem in plan.problems if problem.rejects] == ["sample_row"]


def test_contacts_are_in_a_file_only_when_asked_for_and_only_for_those_who_edit(register: Store, place: Place) -> None:
    plain = export_stations(register, place, EDITOR, ExportQuestion(kind=FileKind.GEOJSON), FROZEN_AT)
    asked = ExportQuestion(kind=FileKind.GEOJSON, with_contacts=True)
    whole = export_stations(register, place, EDITOR, asked, FROZEN_AT)

    assert "13900000000" not in plain.content.decode()
    assert "13900000000" in whole.content.decode()
    with pytest.raises(Forbidden):
        export_stations(register, place, Actor("planner", Role.PLANNER), asked, FROZEN_AT)


def test_a_file_holds_the_districts_and_kinds_asked_for(register: Store, place: Place) -> None:
    question = ExportQuestion(
        kind=FileKind.GEOJSON,
        district_codes=frozenset({place.units[0].code}),
        station_kinds=frozenset({StationKind.DRIVER_HOME}),
    )

    features = json.loads(export_stations(register, place, EDITOR, question, FROZEN_AT).content)["features"]

    assert {feature["properties"]["站点类型"] for feature in features} == {StationKind.DRIVER_HOME.zh}


@pytest.mark.parametrize("crs", list(Crs))
def test_geojson_and_geopackage_name_their_system(crs: Crs, register: Store, place: Place, tmp_path: Path) -> None:
    document = json.loads(
        export_stations(register, place, EDITOR, ExportQuestion(kind=FileKind.GEOJSON, crs=crs), FROZEN_AT).content
    )
    path = tmp_path / "stations.gpkg"
    path.write_bytes(
        export_stations(register, place, EDITOR, ExportQuestion(kind=FileKind.GEOPACKAGE, crs=crs), FROZEN_AT).content
    )
    connection = sqlite3.connect(path)
    ((system,),) = connection.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchall()
    connection.close()

    assert document["coordinate_system"] == CRS_NAMES[crs]
    assert ("crs" in document) == (crs is not Crs.WGS84)
    assert (system == 4326) == (crs is Crs.WGS84)
