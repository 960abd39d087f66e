"""The pages of posters: chosen, shown, sent as PDF, SVG and pages to print, and made by the worker when many."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask

from geodata.places import Place
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.posters.job import POSTERS_KEPT, delete_old_posters
from mapapp.staff.poster_routes import PDF_AT_ONCE
from mapapp.web import EXTENSION_KEY
from tests.mapapp.services.printed import Printed
from tests.mapapp.staff.world import (
    OTHER_STATION,
    OWN_DISTRICT,
    OWN_STATION,
    UNPLACED_STATION,
    StaffClient,
    StaffDatabase,
    stations,
)

ClientOf = Callable[[str], StaffClient]
OpenStaffApp = Callable[..., Flask]
ENGLISH = {"Accept-Language": "en"}


def add_more_stations(app: Flask, place: Place, count: int) -> None:
    """So many more stations in the own district."""
    parts = app.extensions[EXTENSION_KEY]
    own = stations(place)[0]
    with parts.store.writing("form") as writer:
        for number in range(count):
            writer.add_station(replace(own, code=f"YC-{1000 + number}"), actor="test", reason="many")


def set_life_cycle(app: Flask, code: str, life_cycle: LifeCycle) -> None:
    parts = app.extensions[EXTENSION_KEY]
    with parts.store.writing("form") as writer:
        station = writer.station(code)
        writer.update_station(
            replace(station, life_cycle=life_cycle), expected_version=None, actor="test", reason="because"
        )
    parts.keeper.refresh()


def let_work(app: Flask) -> None:
    """Do the job that waits."""
    parts = app.extensions[EXTENSION_KEY]
    Worker(Workshop(parts.store, parts.place, parts.settings, parts.clock), KINDS).run_one()


@pytest.mark.parametrize("name", ["keeper_own", "editor_own", "planner", "admin"])
def test_everybody_on_the_staff_can_print_a_stations_poster(name: str, client_of: ClientOf) -> None:
    page = client_of(name).get(f"/staff/stations/{OWN_STATION}/poster").text

    assert "东街驿站" in page
    assert f'href="/staff/stations/{OWN_STATION}/poster.pdf"' in page


def test_a_stations_page_leads_to_its_poster(client_of: ClientOf) -> None:
    page = client_of("keeper_own").get(f"/staff/stations/{OWN_STATION}").text

    assert f'href="/staff/stations/{OWN_STATION}/poster"' in page


def test_a_poster_comes_as_pdf(client_of: ClientOf) -> None:
    answer = client_of("admin").get(f"/staff/stations/{OWN_STATION}/poster.pdf")

    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{OWN_STATION}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(Printed.of(answer.data).pages) == 1


def test_a_poster_comes_as_svg(client_of: ClientOf) -> None:
    answer = client_of("admin").get(f"/staff/stations/{OWN_STATION}/poster.svg")

    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert "东街驿站" in answer.text


@pytest.mark.parametrize("ending", ["", ".pdf", ".svg"])
def test_a_station_the_public_does_not_see_has_no_poster(ending: str, staff_app: Flask, client_of: ClientOf) -> None:
    set_life_cycle(staff_app, OWN_STATION, LifeCycle.DELISTED)

    assert client_of("admin").get(f"/staff/stations/{OWN_STATION}/poster{ending}").status_code == 404


def test_the_codes_lead_to_the_public_address(open_staff_app: OpenStaffApp, staff_database: StaffDatabase) -> None:
    app = open_staff_app(public_url="https://stations.example/")
    page = StaffClient(app, staff_database.sessions["admin"]).get(f"/staff/stations/{OWN_STATION}/poster").text

    assert f"https://stations.example/s/{OWN_STATION}" in page
    assert "MAPAPP_PUBLIC_URL" not in page


def test_without_a_public_address_the_page_says_where_the_codes_lead(client_of: ClientOf) -> None:
    page = client_of("admin").get("/staff/posters", headers=ENGLISH).text

    assert "The codes lead to http://localhost" in page
    assert "MAPAPP_PUBLIC_URL" in page


def test_a_keeper_is_offered_the_own_stations(client_of: ClientOf) -> None:
    page = client_of("keeper_own").get("/staff/posters").text

    assert OWN_STATION in page
    assert OTHER_STATION not in page


def test_an_editor_is_offered_the_own_districts(client_of: ClientOf) -> None:
    page = client_of("editor_own").get("/staff/posters").text

    assert OWN_STATION in page
    assert OTHER_STATION not in page


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("", {OWN_STATION, OTHER_STATION, UNPLACED_STATION}),
        (f"?district={OWN_DISTRICT}", {OWN_STATION}),
        ("?text=西街", {OTHER_STATION}),
        (f"?code={OTHER_STATION}", {OTHER_STATION}),
    ],
)
def test_a_question_chooses_the_posters_of_a_file(question: str, codes: set[str], client_of: ClientOf) -> None:
    client = client_of("admin")

    with zipfile.ZipFile(BytesIO(client.get(f"/staff/posters/posters.zip{question}").data)) as archive:
        assert set(archive.namelist()) == {f"{code}.svg" for code in codes}
    assert len(Printed.of(client.get(f"/staff/posters/posters.pdf{question}").data).pages) == len(codes)
    printed = client.get(f"/staff/posters/print{question}").text
    assert printed.count('<article class="poster"') == len(codes)


@pytest.mark.parametrize("question", ["?kind=driver_home", "?text=nowhere", "?district=9", "?text=%00"])
def test_a_question_that_nothing_answers_is_no_failure(question: str, client_of: ClientOf) -> None:
    client = client_of("admin")

    assert "No station matches" in client.get(f"/staff/posters{question}", headers=ENGLISH).text
    assert client.get(f"/staff/posters/posters.zip{question}").status_code == 404


def test_the_pages_to_print_load_nothing_but_their_style(client_of: ClientOf) -> None:
    page = client_of("admin").get("/staff/posters/print").text

    assert "<script" not in page
    assert set(re.findall(r"<link rel=\"(\w+)\"", page)) == {"icon", "stylesheet"}
    assert 'name="robots" content="noindex' in page


def test_a_pdf_of_many_is_made_by_the_worker(staff_app: Flask, place: Place, client_of: ClientOf) -> None:
    add_more_stations(staff_app, place, PDF_AT_ONCE)
    client = client_of("admin")
    assert client.get("/staff/posters/posters.pdf").location == "/staff/posters"

    ordered = client.post_form("/staff/posters/job", {"district": OWN_DISTRICT}).location
    waiting = client.get(ordered).text
    let_work(staff_app)
    done = client.get(ordered).text
    pdf = client.get(f"{ordered}/posters.pdf")

    assert 'http-equiv="refresh"' in waiting
    assert 'http-equiv="refresh"' not in done
    assert f'href="{ordered}/posters.pdf"' in done
    assert pdf.headers["Cache-Control"] == "no-store"
    assert len(Printed.of(pdf.data).pages) == PDF_AT_ONCE + 1


def test_a_job_leaves_out_what_the_public_no_longer_sees(staff_app: Flask, client_of: ClientOf) -> None:
    client = client_of("admin")
    ordered = client.post_form("/staff/posters/job").location
    set_life_cycle(staff_app, OTHER_STATION, LifeCycle.DELISTED)
    let_work(staff_app)

    assert len(Printed.of(client.get(f"{ordered}/posters.pdf").data).pages) == 2


def test_a_job_for_nothing_says_why_it_failed(staff_app: Flask, client_of: ClientOf) -> None:
    client = client_of("keeper_own")
    ordered = client.post_form("/staff/posters/job").location
    set_life_cycle(staff_app, OWN_STATION, LifeCycle.DELISTED)
    let_work(staff_app)

    assert "None of these stations is public any more." in client.get(f"{ordered}", headers=ENGLISH).text


def test_nobody_fetches_somebody_elses_file(staff_app: Flask, client_of: ClientOf) -> None:
    ordered = client_of("keeper_own").post_form("/staff/posters/job").location
    let_work(staff_app)

    assert client_of("keeper_other").get(ordered).status_code == 404
    assert client_of("keeper_other").get(f"{ordered}/posters.pdf").status_code == 404
    assert client_of("keeper_own").get(f"{ordered}/posters.pdf").status_code == 200


def test_files_are_deleted_after_a_month(staff_app: Flask, client_of: ClientOf) -> None:
    settings = staff_app.extensions[EXTENSION_KEY].settings
    client = client_of("keeper_own")
    ordered = client.post_form("/staff/posters/job").location
    let_work(staff_app)

    delete_old_posters(settings, datetime.now(UTC) + POSTERS_KEPT / 2)
    assert client.get(f"{ordered}/posters.pdf").status_code == 200
    delete_old_posters(settings, datetime.now(UTC) + POSTERS_KEPT * 2)
    assert client.get(f"{ordered}/posters.pdf").status_code == 404
    assert "The file is no longer there" in client.get(f"{ordered}", headers=ENGLISH).text


def test_who_orders_the_same_posters_twice_gets_one_job(client_of: ClientOf) -> None:
    client = client_of("admin")

    first, second = (client.post_form("/staff/posters/job", {"district": OWN_DISTRICT}).location for _ in range(2))

    assert first == second
