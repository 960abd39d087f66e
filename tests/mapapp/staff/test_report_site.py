"""From a suggested site to the station that was added there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from geodata.coordinates import LonLat
from geodata.places import Place
from geodata.reports.report import Report, ReportDraft
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.vocabulary import PositionAccuracy
from mapapp.services.reports.answering import find_report
from mapapp.services.reports.desk import Sender
from mapapp.store import Store
from tests.mapapp.staff.station_forms import inputs_of_page, send
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION, StaffClient, stations

ClientOf = Callable[[str], StaffClient]
Suggest = Callable[..., Report]


@pytest.fixture
def spot(place: Place) -> LonLat:
    """Somewhere in the own district, as reports keep places."""
    own = next(unit for unit in place.units if unit.code == OWN_DISTRICT).label_at
    return LonLat(own.lon + 0.01, own.lat).rounded()


@pytest.fixture
def suggest(staff_app: Flask, spot: LonLat) -> Suggest:
    """Lets somebody suggest a site, or report something else."""
    numbers = iter(range(1, 100))

    def send_report(kind: ReportKind = ReportKind.SUGGEST_SITE) -> Report:
        parts, number = staff_app.extensions["stationmap"], next(numbers)
        is_site = kind is ReportKind.SUGGEST_SITE
        draft = ReportDraft(
            kind=kind,
            station_code=None if is_site else OWN_STATION,
            place=spot if is_site else None,
            key=str(uuid.UUID(int=number)),
        )
        sent: Report = parts.reports.submit(draft, Sender(None, f"10.0.0.{number}", "phone"), parts.now()).report
        return sent

    return send_report


def new_form(report: Report) -> str:
    return f"/staff/stations/new?report={report.tracking}"


def add(client: StaffClient, report: Report, name: str = "新驿站") -> str:
    """Add a station from the report's page, as a browser without scripts would; its address afterwards."""
    page = client.get(new_form(report))
    preview = send(client, page, "check", new_form(report), name=name, address="东街 9 号")
    assert "新驿站" in preview.text, preview.text
    saved = send(client, preview, "save", new_form(report), reason="people asked for it")
    assert saved.status_code == 303, saved.text
    return saved.location


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["stationmap"].store
    return store


def test_the_report_leads_to_a_form_with_its_place(client_of: ClientOf, suggest: Suggest, spot: LonLat) -> None:
    client, report = client_of("editor_own"), suggest()

    assert new_form(report) in client.get(f"/staff/reports/{report.tracking}").text
    typed = inputs_of_page(client.get(new_form(report)).text)

    assert (float(typed["lon"]), float(typed["lat"]), typed["crs"]) == (spot.lon, spot.lat, "wgs84")
    assert (typed["accuracy"], typed["name"]) == (PositionAccuracy.APPROXIMATE.value, "")


def test_the_station_stands_there_and_the_report_knows_it(
    staff_app: Flask, client_of: ClientOf, suggest: Suggest, spot: LonLat
) -> None:
    client, report = client_of("editor_own"), suggest()

    address = add(client, report)

    code = address.split("/")[-1].split("?")[0]
    with store_of(staff_app).reading() as reader:
        station, case = reader.station(code), reader.reports.case(report.tracking)
    assert station is not None
    assert station.position is not None
    assert (station.position.point, station.district_code) == (spot, OWN_DISTRICT)
    assert case.new_station == code
    page = client.get(f"/staff/reports/{report.tracking}").text
    assert f'href="/staff/stations/{code}"' in page
    assert new_form(report) not in page


def test_who_added_it_is_led_back_to_answer(staff_app: Flask, client_of: ClientOf, suggest: Suggest) -> None:
    client, report = client_of("editor_own"), suggest()

    saved = client.get(add(client, report)).text

    assert f"/staff/reports/{report.tracking}" in saved
    known = find_report(store_of(staff_app), report.tracking)
    assert known is not None
    assert (known.state, known.public_reply) == (ReportState.OPEN, "")


def test_a_second_station_is_not_linked_over_the_first(staff_app: Flask, client_of: ClientOf, suggest: Suggest) -> None:
    client, report = client_of("editor_own"), suggest()
    pages = [client.get(new_form(report)) for _ in range(2)]
    codes = []
    for page, name in zip(pages, ("新驿站一", "新驿站二"), strict=True):
        preview = send(client, page, "check", new_form(report), name=name)
        saved = send(client, preview, "save", new_form(report), reason="twice")
        codes.append(saved.location.split("/")[-1].split("?")[0])

    with store_of(staff_app).reading() as reader:
        assert reader.reports.case(report.tracking).new_station == codes[0]
    assert inputs_of_page(client.get(new_form(report)).text)["lon"] == ""


@pytest.mark.parametrize("name", ["editor_other", "admin"])
def test_only_who_answers_the_report_learns_its_place(client_of: ClientOf, suggest: Suggest, name: str) -> None:
    typed = inputs_of_page(client_of(name).get(new_form(suggest())).text)

    assert (typed["lon"] != "") is (name == "admin")


def test_another_kind_of_report_prefills_nothing(client_of: ClientOf, suggest: Suggest) -> None:
    report = suggest(ReportKind.WRONG_HOURS)

    assert inputs_of_page(client_of("admin").get(new_form(report)).text)["lon"] == ""


def test_what_is_typed_over_the_place_stays(client_of: ClientOf, suggest: Suggest) -> None:
    client, report = client_of("editor_own"), suggest()

    again = send(client, client.get(new_form(report)), "check", new_form(report), lon="nowhere", name="新驿站")

    assert again.status_code == 400
    assert inputs_of_page(again.text)["lon"] == "nowhere"


@pytest.mark.parametrize("is_sample", [True, False])
def test_a_new_station_among_sample_data_is_said_to_vanish(
    staff_app: Flask, client_of: ClientOf, place: Place, is_sample: bool
) -> None:
    if is_sample:
        parts = staff_app.extensions["stationmap"]
        with parts.store.writing("form") as writer:
            for station in stations(place):
                current = writer.station(station.code)
                assert current is not None
                writer.remove_stations([station.code])
            writer.add_station(replace(stations(place)[0], code="YC-0009", is_sample=True), actor="t", reason="")
        parts.keeper.refresh()

    page = client_of("admin").get("/staff/stations/new", headers={"Accept-Language": "en"}).text

    assert ("is gone once real stations are imported" in page or "导入真实站点" in page) is is_sample
