"""What stands at a station's other addresses: the scanned code, the QR picture, the photo, the empty page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from geodata.reports.door_warning import DoorWarning
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp import create_app
from mapapp.services.navigation_links import LINK_TEMPLATES
from mapapp.services.photos import keep_photo
from mapapp.services.qr_picture import qr_picture
from mapapp.services.station_page import station_page
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.public.conftest import TEN

CODE = "YC-S0001"


class AppOf:
    """Opens applications over this test's database and closes them."""

    def __init__(self) -> None:
        self.apps: list[Flask] = []

    def __call__(self, settings: Settings) -> FlaskClient:
        app = create_app(settings, clock=lambda: TEN, start_refresher=False)
        self.apps.append(app)
        return app.test_client()


@pytest.fixture
def app_of() -> Iterator[AppOf]:
    """Opens an application with other settings."""
    opener = AppOf()
    yield opener
    for app in opener.apps:
        app.extensions["stationmap"].store.close()


def page_data_of(page: str) -> dict[str, Any]:
    """What the page gives its scripts."""
    found = re.search(r'id="page-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def text(visitor: FlaskClient, path: str, **headers: str) -> str:
    answer = visitor.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


# --- /s/<code> -------------------------------------------------------------------------------------


def test_a_scanned_code_shows_the_station_and_makes_it_the_origin(visitor: FlaskClient, pages_app: Flask) -> None:
    page = text(visitor, f"/s/{CODE}")

    station = pages_app.extensions["stationmap"].snapshot.by_code[CODE]
    point = station.position.point.rounded()
    assert f"<h1>{station.name}</h1>" in page
    assert page_data_of(page)["origin"] == {"lon": point.lon, "lat": point.lat, "code": CODE, "name": station.name}


def test_the_usual_address_changes_no_origin(visitor: FlaskClient) -> None:
    assert "origin" not in page_data_of(text(visitor, f"/stations/{CODE}"))


@pytest.mark.parametrize("path", [f"/s/{CODE}", f"/stations/{CODE}"])
def test_both_addresses_name_the_one_that_counts(visitor: FlaskClient, path: str) -> None:
    assert f'<link rel="canonical" href="/stations/{CODE}">' in text(visitor, path)


def test_a_scanned_code_nobody_has_leads_on(visitor: FlaskClient) -> None:
    answer = visitor.get("/s/NOBODY")

    assert answer.status_code == 404
    assert "回到地图和列表" in answer.get_data(as_text=True)


def test_an_unplaced_station_is_no_origin(visitor: FlaskClient, pages_app: Flask) -> None:
    stations = pages_app.extensions["stationmap"].snapshot.stations
    unplaced = next(each for each in stations if each.position is None)

    assert page_data_of(text(visitor, f"/s/{unplaced.code}"))["origin"] is None


# --- the QR code -----------------------------------------------------------------------------------


def modules_of(path: str, side: int) -> list[list[bool]]:
    """The dark modules a path fills."""
    dark = [[False] * side for _ in range(side)]
    for column, row, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path):
        for number in range(int(column), int(column) + int(width)):
            dark[int(row)][number] = True
    return dark


def test_the_picture_fills_exactly_the_codes_dark_modules() -> None:
    segno = pytest.importorskip("segno")
    link = "https://stations.example/s/YC-0001"

    picture = qr_picture(link)

    wanted = [[bool(module) for module in row] for row in segno.make(link, error="m", micro=False).matrix_iter()]
    assert modules_of(picture.path, picture.side) == wanted
    assert not any(any(row[:4]) for row in modules_of(picture.path, picture.side)), "four modules of quiet zone"


def test_the_qr_picture_is_an_svg_of_the_short_address(visitor: FlaskClient) -> None:
    answer = visitor.get(f"/stations/{CODE}/qr.svg")

    assert answer.mimetype == "image/svg+xml"
    assert qr_picture(f"http://localhost/s/{CODE}").path in answer.get_data(as_text=True)


def test_the_page_shows_the_same_code_for_print(visitor: FlaskClient) -> None:
    page = text(visitor, f"/stations/{CODE}")

    assert qr_picture(f"http://localhost/s/{CODE}").path in page
    assert f"http://localhost/s/{CODE}" in page


def test_the_public_address_is_in_the_code_whatever_host_was_asked(
    settings: Settings, sample_store: Store, app_of: AppOf
) -> None:
    visitor = app_of(replace(settings, public_url="https://stations.example/", allowed_hosts="10.0.0.7"))

    page = visitor.get(f"/stations/{CODE}", headers={"Host": "10.0.0.7:8000"}).get_data(as_text=True)

    assert qr_picture(f"https://stations.example/s/{CODE}").path in page
    assert "10.0.0.7" not in page


def test_there_is_no_code_of_a_station_there_is_not(visitor: FlaskClient) -> None:
    assert visitor.get("/stations/NOBODY/qr.svg").status_code == 404


# --- photos ----------------------------------------------------------------------------------------


def photo_bytes(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, "JPEG")
    return stream.getvalue()


def test_a_stations_photo_is_shown_for_an_hour_unasked_and_only_to_those_who_know_its_hash(
    settings: Settings, store: Store, app_of: AppOf
) -> None:
    shown, kept_for_staff = keep_photo(settings, photo_bytes("red")), keep_photo(settings, photo_bytes("blue"))
    station = Station(code="TC-0001", kind=StationKind.REST_STATION, name="测试驿站", photo=shown)
    with store.writing("form") as writer:
        writer.add_station(station, actor="test", reason="test")
    visitor = app_of(settings)

    page = visitor.get("/stations/TC-0001").get_data(as_text=True)
    answer = visitor.get(f"/photos/{shown}.jpg")

    assert f'<img src="/photos/{shown}.jpg" alt="测试驿站的照片"' in page
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert visitor.get(f"/photos/{shown}.jpg", headers=known).status_code == 304
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get(f"/photos/{kept_for_staff}.jpg").status_code == 404


@pytest.mark.parametrize("name", ["0" * 64, "..", "x", "%2e%2e%2fsecret", "0" * 63 + "G"])
def test_no_other_file_can_be_asked_for(visitor: FlaskClient, name: str) -> None:
    assert visitor.get(f"/photos/{name}.jpg").status_code == 404


# --- warnings --------------------------------------------------------------------------------------


def test_a_locked_door_warning_stands_on_the_page_and_puts_the_station_in_doubt(pages_app: Flask) -> None:
    parts = pages_app.extensions["stationmap"]
    warning = DoorWarning(2, TEN - timedelta(hours=1), TEN + timedelta(hours=20))
    snapshot = replace(parts.snapshot, door_warnings={CODE: warning})

    warned = station_page(snapshot, CODE, TEN, parts.settings)
    later = station_page(snapshot, CODE, warning.until, parts.settings)

    assert warned is not None
    assert later is not None
    assert (warned.door, warned.is_in_doubt) == (warning, True)
    assert later.door is None, "it says nothing after its end"


def test_a_station_found_locked_is_no_alternative(pages_app: Flask) -> None:
    parts = pages_app.extensions["stationmap"]
    before = station_page(parts.snapshot, CODE, TEN, parts.settings)
    assert before is not None
    first = before.alternatives[0].station.code
    warning = DoorWarning(2, TEN - timedelta(hours=1), TEN + timedelta(hours=20))

    after = station_page(replace(parts.snapshot, door_warnings={first: warning}), CODE, TEN, parts.settings)

    assert after is not None
    assert [each.station.code for each in after.alternatives][:2] == [
        each.station.code for each in before.alternatives[1:]
    ]


# --- the empty page --------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "导航"), ("en", "Navigate")])
def test_the_empty_page_has_all_that_a_phone_needs_to_draw_any_station(
    visitor: FlaskClient, language: str, word: str
) -> None:
    page = text(visitor, "/offline/station", **{"Accept-Language": language})
    data = page_data_of(page)

    assert data["messages"]["navigate"] == word
    assert [each["vendor"] for each in data["station"]["links"]] == [each.vendor for each in LINK_TEMPLATES]
    assert data["station"]["shelves"][0][1][:2] == ["rest", "water"]
    assert CODE not in page


def test_the_empty_page_may_be_kept(visitor: FlaskClient) -> None:
    answer = visitor.get("/offline/station")

    assert "no-store" not in answer.headers["Cache-Control"]
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_the_empty_page_is_the_same_for_everybody_but_for_the_nonce(visitor: FlaskClient) -> None:
    varying = re.compile(r'nonce="[^"]+"')

    first, second = (varying.sub("", text(visitor, "/offline/station")) for _ in range(2))

    assert first == second
    assert 'name="key" value=""' in first
