"""GET /api/v1/stations: filters, pages, caching."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.reports.door_warning import DoorWarning
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, Service, StationKind
from mapapp.api.answers import cache_key
from mapapp.services.list_stations import ListQuestion
from mapapp.services.snapshot import StationSnapshot
from mapapp.store import Store

LIST = "/api/v1/stations"


@pytest.fixture
def snapshot(app: Flask) -> StationSnapshot:
    current: StationSnapshot = app.extensions["stationmap"].snapshot
    return current


def codes_at(client: FlaskClient, query: str) -> list[str]:
    return [feature["id"] for feature in client.get(f"{LIST}?limit=1000&{query}").get_json()["features"]]


@pytest.mark.parametrize("limit", [1000, 100, 37])
def test_following_next_links_meets_every_station_once(
    client: FlaskClient, snapshot: StationSnapshot, limit: int
) -> None:
    address: str | None = f"{LIST}?limit={limit}"
    met: list[str] = []
    while address:
        page = client.get(address).get_json()
        assert page["numberReturned"] == len(page["features"])
        met += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)

    assert met == [station.code for station in snapshot.stations]
    assert page["numberMatched"] == len(met)


def test_following_prev_links_comes_back_to_the_start(client: FlaskClient) -> None:
    page = client.get(f"{LIST}?limit=50&offset=120").get_json()
    offsets = []
    while link := next((link for link in page["links"] if link["rel"] == "prev"), None):
        offsets.append(link["href"])
        page = client.get(link["href"]).get_json()

    assert [address.rpartition("=")[2] for address in offsets] == ["70", "20", "0"]


def test_links_keep_the_filters_and_name_no_host(client: FlaskClient) -> None:
    page = client.get(f"{LIST}?kind=worker_home,driver_home&limit=2", headers={"Host": "evil.example"}).get_json()

    assert [link["href"] for link in page["links"]] == [
        f"{LIST}?kind=driver_home,worker_home&limit=2&offset=0",
        f"{LIST}?kind=driver_home,worker_home&limit=2&offset=2",
    ]
    always_open = client.get(f"{LIST}?always_open=true&limit=2").get_json()["links"]
    assert [link["href"] for link in always_open] == [
        f"{LIST}?always_open=true&limit=2&offset=0",
        f"{LIST}?always_open=true&limit=2&offset=2",
    ]


def test_an_offset_beyond_the_end_is_an_empty_page(client: FlaskClient) -> None:
    page = client.get(f"{LIST}?offset=100000").get_json()

    assert page["features"] == []
    assert page["numberMatched"] > 0


def test_filters_by_kind(client: FlaskClient, snapshot: StationSnapshot) -> None:
    expected = [s.code for s in snapshot.stations if s.kind in {StationKind.DRIVER_HOME, StationKind.WORKER_HOME}]

    assert codes_at(client, "kind=driver_home,worker_home") == expected


def test_wants_all_of_the_services(client: FlaskClient, snapshot: StationSnapshot) -> None:
    wanted = {Service.TOILET, Service.CHARGE_PHONE}
    expected = [s.code for s in snapshot.stations if wanted <= s.services_in(11)]

    assert codes_at(client, "services=toilet,charge_phone") == expected
    assert expected


def test_wants_one_of_the_entry_methods(client: FlaskClient, snapshot: StationSnapshot) -> None:
    expected = [s.code for s in snapshot.stations if {"qr", "face"} & set(s.entry_methods)]

    assert codes_at(client, "entry=qr,face") == expected


def test_always_open_leaves_out_closed_and_unknown_ones(client: FlaskClient, snapshot: StationSnapshot) -> None:
    in_use = [station for station in snapshot.stations if station.life_cycle is LifeCycle.ACTIVE]
    expected = [station.code for station in in_use if snapshot.book.of(station.hours).is_24h]

    assert codes_at(client, "always_open=true") == expected
    assert expected
    assert len(codes_at(client, "always_open=false")) == len(snapshot.stations)


def test_filters_by_district(client: FlaskClient, snapshot: StationSnapshot) -> None:
    unit = snapshot.place.units[0].code

    assert codes_at(client, f"district={unit}") == [s.code for s in snapshot.stations if s.district_code == unit]


def test_a_box_holds_its_edges_and_no_unplaced_station(client: FlaskClient, snapshot: StationSnapshot) -> None:
    placed = next(s for s in snapshot.stations if s.position is not None)
    assert placed.position is not None
    point = placed.position.point.rounded()

    assert placed.code in codes_at(client, f"bbox={point.lon},{point.lat},{point.lon},{point.lat}")
    assert set(codes_at(client, "bbox=-180,-90,180,90")) == {s.code for s in snapshot.stations if s.position}


def test_finds_words_whatever_their_case_and_width(client: FlaskClient, snapshot: StationSnapshot) -> None:
    code = snapshot.stations[3].code
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.lower())

    assert codes_at(client, f"q={wide}") == [code]


def test_every_sample_answer_says_so(client: FlaskClient) -> None:
    page = client.get(f"{LIST}?limit=3").get_json()

    assert page["sample"] is True
    assert set(page["notice"]) == {"zh", "en"}
    assert all(feature["properties"]["sample"] for feature in page["features"])


def test_internal_contacts_are_not_published(app: Flask, client: FlaskClient, sample_store: Store) -> None:
    with sample_store.writing("command") as writer:
        writer.remove_sample()
        writer.add_station(real_station(internal_contact="张三 13800000000"), actor="t", reason="test")
    app.extensions["stationmap"].keeper.refresh()

    for address in (LIST, f"{LIST}/YC-0001", f"{LIST}/nearest?lon=106.2&lat=38.4&open=any"):
        answer = client.get(address)
        assert answer.get_json()["sample"] is False
        assert "13800000000" not in answer.text
        assert "YC-0001" in answer.text


def test_a_seasonal_service_matches_in_its_month_only(app: Flask, client: FlaskClient, clock: Any) -> None:
    in_november = set(codes_at(client, "services=cool_warm"))
    clock.now = clock.now.replace(month=4)
    in_april = set(codes_at(client, "services=cool_warm"))

    stations = app.extensions["stationmap"].snapshot.stations
    assert in_november == {s.code for s in stations if Service.COOL_WARM in s.services_in(11)}
    assert in_april == {s.code for s in stations if Service.COOL_WARM in s.services_in(4)}


# --- caching ---------------------------------------------------------------------------------

ENCODINGS = [
    ("br", "br"),
    ("gzip", "gzip"),
    ("gzip, deflate, br", "br"),
    ("br;q=0.1, gzip;q=0.9", "gzip"),
    ("br;q=0, gzip;q=0", None),
    ("identity", None),
    ("identity;q=0.5, gzip;q=0.1", None),
    ("*", "br"),
    ("*;q=0", None),
    ("deflate", None),
    ("", None),
]
QUERIES = ["", "?limit=1000", "?limit=1000&kind=rest_station"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("accepted", "expected"), ENCODINGS)
def test_the_body_comes_in_the_encoding_the_client_likes_best(
    reader: FlaskClient, query: str, accepted: str, expected: str | None
) -> None:
    plain = reader.get(LIST + query, headers={"Accept-Encoding": "identity"})
    response = reader.get(LIST + query, headers={"Accept-Encoding": accepted})

    assert response.headers.get("Content-Encoding") == expected
    assert decoded(response.data, expected) == plain.data
    assert "Accept-Encoding" in response.headers["Vary"]
    assert int(response.headers["Content-Length"]) == len(response.data)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_client_that_has_the_page_gets_304(reader: FlaskClient, query: str, encoding: str) -> None:
    first = reader.get(LIST + query, headers={"Accept-Encoding": encoding})
    again = reader.get(
        LIST + query, headers={"Accept-Encoding": encoding, "If-None-Match": f'"other", {first.headers["ETag"]}'}
    )

    assert not first.headers["ETag"].startswith("W/")
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept-Encoding" in again.headers["Vary"]


def test_each_encoding_has_an_etag_of_its_own(reader: FlaskClient) -> None:
    tags = {reader.get(LIST, headers={"Accept-Encoding": e}).headers["ETag"] for e in ("br", "gzip", "identity")}

    assert len(tags) == 3


def test_another_etag_gets_the_page(reader: FlaskClient) -> None:
    assert reader.get(LIST, headers={"If-None-Match": '"something-else"'}).status_code == 200


@pytest.mark.parametrize("query", QUERIES)
def test_head_is_get_without_the_body(reader: FlaskClient, query: str) -> None:
    get, head = reader.get(LIST + query), reader.head(LIST + query)

    assert head.data == b""
    own = {"Date", "X-Request-ID"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {
        k: v for k, v in get.headers.items() if k not in own
    }


def test_a_change_changes_the_etag(app: Flask, client: FlaskClient, sample_store: Store) -> None:
    before = client.get(LIST).headers["ETag"]
    with sample_store.writing("command") as writer:
        writer.remove_sample()
        writer.add_station(real_station(), actor="t", reason="test")
    app.extensions["stationmap"].keeper.refresh()

    assert client.get(LIST).headers["ETag"] != before
    assert codes_at(client, "") == ["YC-0001"]


def test_a_kept_page_is_made_anew_when_a_door_warning_ends(snapshot: StationSnapshot, clock: Any) -> None:
    ends_at = clock.now + timedelta(hours=1)
    warning = DoorWarning(count=2, first_at=clock.now, until=ends_at)
    warned = replace(snapshot, door_warnings={snapshot.stations[0].code: warning})

    before, still, after = (
        cache_key(ListQuestion(), warned, LIST, ends_at + timedelta(seconds=seconds)) for seconds in (-60, -1, 0)
    )

    assert before == still != after


def decoded(body: bytes, encoding: str | None) -> bytes:
    if encoding == "br":
        return bytes(brotli.decompress(body))
    return gzip.decompress(body) if encoding == "gzip" else body


def real_station(**changes: Any) -> Station:
    facts: dict[str, Any] = {
        "code": "YC-0001",
        "kind": StationKind.REST_STATION,
        "name": "测试驿站",
        "position": Position.wgs84(106.2, 38.4),
        "services": (ServiceOffer(service=Service.TOILET),),
    }
    return Station(**(facts | changes))
