"""Headers as nobody means them: an answer we chose, nothing of them repeated, nobody believed who is not trusted."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from mapapp import create_app
from mapapp.settings import Settings
from tests.conftest import SharedApp
from tests.hostile.conftest import ClientOf
from tests.mapapp.staff.world import OWN_STATION

MARK: Final = "zqx7evil"
READ: Final = ("/about", "/api/v1/stations?limit=1", "/static/img/icon.svg", "/staff/sign-in", "/nothing-is-here")
HOSTS: Final = (
    "",
    f"{MARK}.example",
    f"{MARK}.example:99999",
    f"{MARK}.example:-1",
    f"user:{MARK}@localhost",
    f"localhost, {MARK}.example",
    f"localhost/{MARK}",
    f"localhost\t{MARK}",
    f"[::1]{MARK}",
    f"[{MARK}",
    f"é{MARK}.example",
    f"xn--{MARK}",
    f"a.XN--{MARK}.example",
    f"{'l' * 64}.{MARK}.example",
    f'"><script>{MARK}</script>',
    f"{MARK}." * 800,
)
FORWARDED: Final = (
    f"{MARK}",
    f"<script>{MARK}</script>",
    "127.0.0.1",
    ", ".join(["10.0.0.1"] * 5_000),
    ",,,,",
    "::ffff:999.1.1.1",
    "[::1]:80",
    "fe80::1%eth0",
    "é",
    "0x7f.1",
    " ",
)
LANGUAGES: Final = (
    ",".join(f"x{index}-{MARK};q=0.{index % 10}" for index in range(10_000)),
    "en;q=NaN, zh;q=inf",
    "en;q=-1, zh;q=1e999",
    "en;q=1;q=0;q=\u00e9",
    "*;q=0",
    f"{MARK}-" * 2_000,
    ";;;;,,,,====",
    "en_US.UTF-8:../../etc/passwd",
    "i-default-x-" + "a" * 8_000,
)
ENCODINGS: Final = (
    ",".join(f"br;q=0.{index % 10}" for index in range(10_000)),
    "br;q=NaN, gzip;q=NaN, identity;q=NaN",
    "identity;q=0, *;q=0",
    f"{MARK}, gzip;q=1e999",
    "gzip;q=0.5;q=2, br;q=",
    "\u00e9, *",
    ";=,",
)
RANGES: Final = (
    "bytes=0-0",
    "bytes=-1",
    "bytes=99999999999999999999-",
    "bytes=5-1",
    "bytes=" + ",".join("0-" for _ in range(5_000)),
    "bytes=0-18446744073709551615",
    f"{MARK}=0-1",
    "bytes=\u0661-\u0662",
    "bytes",
    "bytes=--1",
)
TAGS: Final = (
    '"' + MARK * 12_000 + '"',
    ",".join(f'"{MARK}{index}"' for index in range(10_000)),
    ",".join(f'W/"{index}' for index in range(10_000)),
    "*, *",
    f"{MARK}",
    'W/"',
    "\u00e9",
    '"\\"' * 5_000,
    "\\" * 30_000,
)
DATES: Final = ("Thu, 99 Foo 2026 99:99:99 GMT", "1e400", "Mon, 01 Jan 99999 00:00:00 GMT", "0", "\u00e9", MARK * 2_000)
COOKIES: Final = (
    "; ".join(f"c{index}={MARK}" for index in range(4_000)),
    f"session={MARK * 1_000}",
    f'lang="<script>{MARK}</script>"; session=\u00e9; visit=%00',
    "lang=en;" * 4_000,
    "=" * 8_000,
    'session="\\777\\' + "\\" * 4_000 + '"',
    "visit=" + '"' * 8_000,
)
OTHERS: Final = (
    ("Expect", "100-continue"),
    ("Expect", MARK),
    ("Origin", f"https://{MARK}.example"),
    ("Referer", f"https://{MARK}.example/{'a' * 8_000}"),
    ("User-Agent", f"<script>{MARK}</script>" * 300),
    ("Authorization", f"Bearer {MARK}"),
    ("Authorization", "Basic " + "A" * 8_000),
    ("Authorization", "Digest username=\u00e9"),
    ("Accept", ",".join(f"a/{index};q=NaN" for index in range(5_000))),
    ("Accept", "application/json;q=\u00e9, */*;q=nan"),
    ("X-Request-Id", f"{MARK}\u0085{MARK}"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Original-URL", "/staff"),
    ("X-Rewrite-URL", "/staff"),
    ("Sec-Fetch-Site", MARK),
    ("Upgrade", "h2c"),
    ("Transfer-Encoding", MARK),
    ("Max-Forwards", "-1"),
    ("Content-Length", "-1"),
    ("Content-Length", MARK),
    ("Content-Encoding", MARK),
)
HEADERS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Host": tuple(("Host", value) for value in HOSTS),
    "Forwarded": tuple(
        (name, value)
        for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded")
        for value in FORWARDED
    ),
    "Accept-Language": tuple(("Accept-Language", value) for value in LANGUAGES),
    "Accept-Encoding": tuple(("Accept-Encoding", value) for value in ENCODINGS),
    "Range": tuple((name, value) for value in RANGES for name in ("Range", "If-Range")),
    "conditions": tuple((name, value) for name in ("If-None-Match", "If-Match") for value in TAGS),
    "dates": tuple((name, value) for name in ("If-Modified-Since", "If-Unmodified-Since") for value in DATES),
    "Cookie": tuple(("Cookie", value) for value in COOKIES),
    "others": OTHERS,
}
CONTENT_TYPES: Final = (
    "",
    MARK,
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="' + "b" * 5_000 + '"',
    "multipart/form-data; boundary=\u00e9",
    "multipart/form-data; boundary=a; boundary=b",
    "multipart/form-data; boundary=x\ty",
    "multipart/mixed; boundary=a",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=" + MARK,
    "application/json; charset=utf-16",
    "application/json" + ";a=b" * 2_000,
    "/;;=",
)
BODIES: Final = (
    b"",
    b"\x00" * 300,
    b"--a\r\n\r\n\r\n--a--",
    b"--b\r\nContent-Disposition: form-data; name=\xff\r\n",
    b'--a\r\nContent-Disposition: form-data; name="' + b"n" * 9_000 + b"\"; filename*=x''%\r\n\r\nz\r\n--a--\r\n",
    b"&".join(b"a=%ff" for _ in range(500)),
    b"[" * 20_000,
)
WRITTEN: Final = (
    "/reports",
    *(pytest.param(path, marks=pytest.mark.long) for path in ("/api/v1/stations", "/nearest", "/staff/sign-in")),
)
BOMB: Final = gzip.compress(b"a" * 30_000_000)
"""Thirty megabytes in thirty kilobytes."""


@pytest.fixture(
    scope="module", params=[0, pytest.param(1, marks=pytest.mark.long)], ids=["nobody-trusted", "one-proxy-trusted"]
)
def listening(
    request: pytest.FixtureRequest, lasting_app: SharedApp, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application as it is, and behind a proxy whose word is taken."""
    if not request.param:
        yield lasting_app.app
        return
    told: Settings = lasting_app.app.extensions["stationmap"].settings
    app = create_app(replace(told, trusted_proxies=1), clock=lasting_app.clock, start_refresher=False)
    yield app
    app.extensions["stationmap"].store.close()


def require_sober(answer: TestResponse, about: object) -> None:
    """No failure, and nothing of the header in the answer."""
    body = answer.get_data()
    answer.close()
    assert answer.status_code < 500, (about, answer.status_code)
    assert MARK.encode() not in body, about
    assert MARK not in str(answer.headers), about


def raw(app: Flask, path: str, environ: dict[str, str], *, method: str = "GET") -> TestResponse:
    """The answer to a request with that environment. The test client would stumble over some of it itself."""
    request = EnvironBuilder(path=path, method=method).get_request()
    request.environ.update(environ)
    return TestResponse(*run_wsgi_app(app, request.environ), request)


@pytest.mark.parametrize("about", HEADERS)
def test_no_header_breaks_an_answer_or_comes_back_in_it(listening: Flask, about: str) -> None:
    for name, value in HEADERS[about]:
        for path in READ:
            answer = raw(listening, path, environ={environ_name(name): as_received(value)})
            require_sober(answer, (path, name, value[:80]))


@pytest.mark.parametrize("host", HOSTS)
def test_no_name_breaks_what_is_made_with_it(client_of: ClientOf, host: str) -> None:
    """The map, kept whole, and a form, whose sender is compared with us, look at the name; so do printed addresses."""
    client = client_of("admin")
    named = {"HTTP_HOST": as_received(host), "HTTP_COOKIE": f"session={client.token}"}
    paths = ("/", f"/stations/{OWN_STATION}", f"/staff/stations/{OWN_STATION}/poster", "/staff/people")
    answers = [raw(client.app, path, named) for path in paths]
    answers.append(raw(client.app, "/nearest", {**named, "HTTP_ORIGIN": f"https://{host}"}, method="POST"))

    assert {answer.status_code for answer in answers} <= {200, 400, 403}


@pytest.mark.parametrize("host", [f"xn--{MARK}", f"{MARK}." * 800])
def test_a_name_that_is_none_is_refused_without_a_failure_in_the_log(
    shared_app: SharedApp, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = raw(shared_app.app, "/", {"HTTP_HOST": as_received(host)})

    assert answer.status_code == 400
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


@pytest.mark.parametrize("path", WRITTEN)
def test_no_kind_of_content_breaks_what_reads_it(shared_app: SharedApp, path: str) -> None:
    client = shared_app.app.test_client()
    for kind in CONTENT_TYPES:
        for body in BODIES:
            answer = client.post(path, data=body, environ_overrides={"CONTENT_TYPE": as_received(kind)})
            require_sober(answer, (path, kind[:80], body[:40]))


@pytest.mark.parametrize("path", ["/nearest", "/reports", "/staff/sign-in", "/unmet", "/api/v1/stations"])
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "br", "GZIP, identity", MARK])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=a"])
def test_a_packed_body_is_refused_and_never_unpacked(
    shared_app: SharedApp, path: str, encoding: str, kind: str
) -> None:
    answer = shared_app.app.test_client().post(
        path, data=BOMB, content_type=kind, headers={"Content-Encoding": encoding}
    )

    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"
    require_sober(answer, (path, encoding))


def test_a_program_is_told_why_its_packed_station_is_not_read(shared_app: SharedApp) -> None:
    packed = zlib.compress(json.dumps({"type": "Feature", "properties": {}}).encode())

    answer = shared_app.app.test_client().post(
        "/api/v1/stations", data=packed, content_type="application/json", headers={"Content-Encoding": "deflate"}
    )

    assert answer.get_json()["code"] == "content_encoding"


def test_a_body_that_says_that_it_is_not_packed_is_read(client_of: ClientOf) -> None:
    answer = client_of("nobody").browser.post(
        "/api/v1/stations", data=b"{}", content_type="application/json", headers={"Content-Encoding": "identity"}
    )

    assert answer.status_code == 401


@pytest.mark.parametrize("said", ["https", f"https, {MARK}", "HTTPS", "ftp", MARK])
def test_who_is_not_trusted_makes_no_connection_safe(shared_app: SharedApp, said: str) -> None:
    answer: Any = shared_app.app.test_client().get("/about", headers={"X-Forwarded-Proto": said})

    assert "Strict-Transport-Security" not in answer.headers


def environ_name(header: str) -> str:
    """Where a WSGI server puts a header."""
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{name}"


def as_received(value: str) -> str:
    """The bytes of a header as a WSGI server hands them over."""
    return value.encode().decode("latin-1")
