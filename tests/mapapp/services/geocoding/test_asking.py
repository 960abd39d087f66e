"""Asking a map service: against a stand-in on this machine that answers as the services document, or does not."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata.coordinates import Crs
from geodata.places import Place
from geodata.stations.station import Station
from geodata.stations.vocabulary import PositionAccuracy, StationKind
from mapapp.services.geocoding.asking import MAX_ANSWER_BYTES, candidates_for, words_for
from mapapp.services.geocoding.candidates import MAX_CANDIDATES, GeocoderFailed, MatchLevel
from mapapp.settings import Settings, SettingsError
from tests.patience import PATIENCE_S

KEY: Final = "k3y-of-the-tests"
GAODE_PLACE: Final = {
    "formatted_address": "宁夏回族自治区银川市兴庆区某街1号",
    "location": "106.280000,38.470000",
    "level": "门牌号",
    "street": [],
}
GAODE_ANSWER: Final = {"status": "1", "info": "OK", "infocode": "10000", "count": "1", "geocodes": [GAODE_PLACE]}
TIANDITU_ANSWER: Final = {
    "status": "0",
    "msg": "ok",
    "location": {"lon": "106.28", "lat": 38.47, "level": "道路", "keyWord": "银川市某街"},
}


@dataclass(slots=True)
class StandIn:
    """A map service of our own: what it answers, and what it was asked."""

    origin: str = ""
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    trickles: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def answer(self, document: Any) -> None:
        self.body = json.dumps(document).encode()


@pytest.fixture
def service() -> Iterator[StandIn]:
    """The stand-in, listening."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            stand_in.paths.append(parts.path)
            stand_in.asked.append({name: values[0] for name, values in parse_qs(parts.query).items()})
            self.send_response(stand_in.status)
            for name, value in stand_in.headers.items():
                self.send_header(name, value)
            if stand_in.trickles:
                self.flush_headers()
                self.trickle()
            self.end_headers()
            if stand_in.hangs:
                stand_in.ended.wait(PATIENCE_S)
            self.wfile.write(stand_in.body)

        def trickle(self) -> None:
            """A header that never ends, a byte at a time, until nobody listens."""
            with suppress(OSError):
                while not stand_in.ended.wait(0.02):
                    self.wfile.write(b"x")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield stand_in
    stand_in.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gaode(service: StandIn) -> Settings:
    """Settings that ask the stand-in as 高德."""
    service.answer(GAODE_ANSWER)
    return Settings(geocoder="gaode", geocoder_key=KEY, geocoder_url=service.origin)


@pytest.fixture
def tianditu(service: StandIn) -> Settings:
    """Settings that ask the stand-in as 天地图."""
    service.answer(TIANDITU_ANSWER)
    return Settings(geocoder="tianditu", geocoder_key=KEY, geocoder_url=service.origin)


def failure(ask: Callable[[], object]) -> GeocoderFailed:
    with pytest.raises(GeocoderFailed) as caught:
        ask()
    return caught.value


def test_gaode_is_asked_as_it_documents_and_answers_in_its_own_system(
    service: StandIn, gaode: Settings, place: Place
) -> None:
    (found,) = candidates_for(gaode, place, " 某街 1号 ")

    assert service.paths == ["/v3/geocode/geo"]
    assert service.asked == [{"key": KEY, "address": "某街 1号", "city": place.name_zh, "output": "JSON"}]
    assert (found.lon, found.lat, found.crs) == (106.28, 38.47, Crs.GCJ02)
    assert (found.level, found.level.accuracy) == (MatchLevel.DOOR, PositionAccuracy.GEOCODED)
    assert found.label.endswith("某街1号")


def test_tianditu_is_asked_as_it_documents_and_answers_in_wgs84(
    service: StandIn, tianditu: Settings, place: Place
) -> None:
    (found,) = candidates_for(tianditu, place, '某街"1"号')

    assert service.paths == ["/geocoder"]
    assert service.asked[0]["tk"] == KEY
    assert json.loads(service.asked[0]["ds"]) == {"keyWord": place.name_zh + '某街"1"号'}
    assert (found.lon, found.lat, found.crs) == (106.28, 38.47, Crs.WGS84)
    assert (found.level, found.level.accuracy) == (MatchLevel.STREET, PositionAccuracy.APPROXIMATE)


@pytest.mark.parametrize(
    ("word", "level"),
    [("兴趣点", MatchLevel.DOOR), ("乡镇", MatchLevel.AREA), ("村庄", MatchLevel.STREET), ("新词", MatchLevel.UNKNOWN)],
)
def test_the_level_of_a_match_is_said(
    service: StandIn, gaode: Settings, place: Place, word: str, level: MatchLevel
) -> None:
    service.answer(GAODE_ANSWER | {"geocodes": [GAODE_PLACE | {"level": word}]})

    (found,) = candidates_for(gaode, place, "某街")

    assert (found.level, found.level_word) == (level, word)


def test_a_place_without_a_location_is_left_out_and_too_many_are_cut(
    service: StandIn, gaode: Settings, place: Place
) -> None:
    service.answer(GAODE_ANSWER | {"geocodes": [GAODE_PLACE | {"location": []}, *[GAODE_PLACE] * 30]})

    assert len(candidates_for(gaode, place, "某街")) == MAX_CANDIDATES


@pytest.mark.parametrize("answer", [{"status": "101", "msg": "no"}, {"status": "0", "msg": "ok"}])
def test_nothing_found_is_no_failure(service: StandIn, tianditu: Settings, place: Place, answer: object) -> None:
    service.answer(answer)

    assert candidates_for(tianditu, place, "某街") == ()


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ({"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}, "INVALID_USER_KEY 10001"),
        ({"status": "0", "info": f"bad {KEY}", "infocode": []}, "bad …"),
    ],
)
def test_a_refusal_is_said_in_the_services_words_but_without_the_key(
    service: StandIn, gaode: Settings, place: Place, answer: object, detail: str
) -> None:
    service.answer(answer)

    error = failure(lambda: candidates_for(gaode, place, "某街"))

    assert (error.code, error.detail) == ("refused", detail)


def test_a_refusal_of_tianditu_is_said(service: StandIn, tianditu: Settings, place: Place) -> None:
    service.answer({"status": "404", "msg": "权限错误"})

    error = failure(lambda: candidates_for(tianditu, place, "某街"))

    assert (error.code, error.detail) == ("refused", "权限错误 404")


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "refused"), (403, "refused"), (429, "refused"), (302, "unreachable"), (500, "unreachable")],
)
def test_a_status_of_failure_is_one_and_no_redirect_is_followed(
    service: StandIn, gaode: Settings, place: Place, status: int, code: str
) -> None:
    service.status, service.headers = status, {"Location": f"{service.origin}/elsewhere"}

    assert failure(lambda: candidates_for(gaode, place, "某街")).code == code
    assert len(service.paths) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"status": "1"}',
        b'{"status": "1", "geocodes": 5}',
        b'{"status": "1", "geocodes": [null]}',
        b'{"status": "1", "geocodes": [{"location": "1"}]}',
        b'{"status": "1", "geocodes": [{"location": "a,b"}]}',
        b'{"status": "1", "geocodes": [{"location": "NaN,1"}]}',
        b'{"status": "1", "geocodes": [{"location": "1e9,1"}]}',
        b'{"status": "1", "geocodes": [{"location": 7}]}',
        b" " * (MAX_ANSWER_BYTES + 1),
    ],
    ids=range(17),
)
def test_an_answer_that_is_none_is_said_to_be_unreadable(
    service: StandIn, gaode: Settings, place: Place, body: bytes
) -> None:
    service.body = body

    assert failure(lambda: candidates_for(gaode, place, "某街")).code == "unreadable"


def test_a_service_that_does_not_answer_is_not_waited_for(service: StandIn, gaode: Settings, place: Place) -> None:
    service.hangs = True

    assert failure(lambda: candidates_for(gaode, place, "某街", timeout_s=0.2)).code == "slow"


def test_an_answer_that_trickles_in_ends_with_the_time(service: StandIn, gaode: Settings, place: Place) -> None:
    instants = iter([0.0, 0.1, 99.0, 99.0, 99.0])

    assert failure(lambda: candidates_for(gaode, place, "某街", clock_s=lambda: next(instants))).code == "slow"


def test_headers_that_trickle_in_end_with_the_time(service: StandIn, gaode: Settings, place: Place) -> None:
    """Each byte comes well within the time of a socket, so without a bound on all of them this goes on for ever."""
    service.trickles = True

    assert failure(lambda: candidates_for(gaode, place, "某街", timeout_s=0.3)).code == "slow"


def test_a_service_that_is_not_there_is_said(gaode: Settings, place: Place) -> None:
    nowhere = replace(gaode, geocoder_url="http://127.0.0.1:1")

    assert failure(lambda: candidates_for(nowhere, place, "某街")).code == "unreachable"


@pytest.mark.parametrize("words", ["", "  ", "a\x00b"])
def test_nothing_is_asked_with_no_words(service: StandIn, gaode: Settings, place: Place, words: str) -> None:
    assert failure(lambda: candidates_for(gaode, place, words)).code == "nothing_asked"
    assert service.paths == []


def test_without_a_key_nobody_is_asked(place: Place) -> None:
    assert failure(lambda: candidates_for(Settings(), place, "某街")).code == "off"


def test_the_key_is_neither_logged_nor_in_what_is_raised(
    service: StandIn, gaode: Settings, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = 500
    with caplog.at_level(logging.DEBUG):
        error = failure(lambda: candidates_for(gaode, place, "某街"))

    assert "geocoder gaode: unreachable" in caplog.text
    assert KEY not in caplog.text + repr(error) + str(error) + repr(gaode)


def test_the_words_for_a_station_name_district_and_town_once(place: Place) -> None:
    station = Station(
        code="YC-0009", kind=StationKind.REST_STATION, name="某驿站", district_code="640104", town="某街道"
    )

    assert words_for(station, place) == "兴庆区某街道某驿站"
    assert words_for(replace(station, address="兴庆区某街道某街 1 号"), place) == "兴庆区某街道某街 1 号"


@pytest.mark.parametrize(
    "settings",
    [{"geocoder": "elsewhere"}, {"geocoder": "gaode"}, {"geocoder_url": "ftp://127.0.0.1"}],
)
def test_a_geocoder_that_cannot_be_asked_is_refused_at_the_start(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="MAPAPP_GEOCODER"):
        Settings(**settings)
