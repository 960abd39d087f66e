"""PUT and POST of stations, and their histories: by token, from a named version, with every problem named."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from geodata.coordinates import Crs
from geodata.places import Place
from geodata.stations.opening_hours import _REFUSED as REFUSED_PARTS
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Award, Position, Season, ServiceOffer, Station
from geodata.stations.vocabulary import (
    AwardScheme,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
)
from mapapp.api.write_problems import SENTENCES
from mapapp.services.editing.placing import place_point
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Scope
from tests.conftest import FrozenClock, OpenApp

ADDRESS = "/api/v1/stations/YC-0001"


def home(place: Place, clock: FrozenClock) -> Station:
    """A station with something in every corner."""
    position = place_point(place, 106.29000012345, 38.47, Crs.GCJ02, PositionAccuracy.GEOCODED).position
    return Station(
        code="YC-0001",
        kind=StationKind.REST_STATION,
        name="测试驿站",
        other_names=("旧名",),
        district_code="640104",
        position=position,
        services=(
            ServiceOffer(service=Service.WATER, fee="免费"),
            ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(11, 3)),
        ),
        hours=OpeningHours.from_rule("Mo-Su 09:00-17:00", "每天9:00-17:00"),
        capacity_count=10,
        area_m2=20.5,
        internal_contact="王先生",
        awards=(Award(scheme=AwardScheme.STARS, level="5"),),
        alert=Alert("停电", clock() + timedelta(hours=1, microseconds=5)),
    )


@dataclass(frozen=True)
class Machine:
    """A program with a token."""

    client: FlaskClient
    token: str

    def get(self, address: str = ADDRESS) -> TestResponse:
        return self.client.get(address, headers=self.headers())

    def put(self, feature: object, tag: str | None, address: str = ADDRESS, **headers: str) -> TestResponse:
        conditions = {} if tag is None else {"If-Match": tag}
        return self.client.put(address, data=written(feature), headers={**self.headers(), **conditions, **headers})

    def post(self, feature: object, **headers: str) -> TestResponse:
        return self.client.post("/api/v1/stations", data=written(feature), headers={**self.headers(), **headers})

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/geo+json"}


def written(feature: object) -> bytes | str:
    return feature if isinstance(feature, bytes | str) else json.dumps(feature)


@pytest.fixture
def app(settings: Settings, store: Store, place: Place, clock: FrozenClock, open_app: OpenApp) -> Flask:
    """The application over one real station, which its snapshot has."""
    with store.writing("command") as writer:
        writer.add_station(home(place, clock), actor="ma", reason="first")
    return open_app(settings, clock)


def machine(app: Flask, *scopes: Scope, districts: tuple[str, ...] = ()) -> Machine:
    desk, now = app.extensions["stationmap"].accounts, app.extensions["stationmap"].now()
    _, secret = desk.create_token(COMMAND_LINE, "程序", scopes, districts, None, now)
    return Machine(app.test_client(), secret)


@pytest.fixture
def writer(app: Flask) -> Machine:
    return machine(app, Scope.STATIONS_WRITE)


def stored(store: Store, code: str = "YC-0001") -> Station:
    with store.reading() as reader:
        station = reader.station(code)
    assert station is not None
    return station


def problems_of(answer: TestResponse) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(problem["field"], problem["code"]) for problem in answer.get_json()["problems"]]


# --- reading with a token -------------------------------------------------------------------------


def test_the_tag_begins_with_the_version(client: FlaskClient, writer: Machine) -> None:
    assert client.get(ADDRESS).headers["ETag"].startswith('"v1.')
    assert writer.get().headers["ETag"].startswith('"v1.')


def test_the_public_sees_no_internal_contact_and_a_token_does(client: FlaskClient, writer: Machine) -> None:
    assert "internal_contact" not in client.get(ADDRESS).get_json()["properties"]
    answer = writer.get()
    assert answer.get_json()["properties"]["internal_contact"] == "王先生"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_reads_what_was_saved_a_moment_ago_hidden_or_not(
    client: FlaskClient, writer: Machine, store: Store
) -> None:
    with store.writing("form") as change:
        change.update_station(
            replace(stored(store), life_cycle=LifeCycle.DELISTED), expected_version=1, actor="li", reason=""
        )

    answer = writer.get()

    assert answer.get_json()["properties"]["life_cycle"] == "delisted"
    assert answer.get_json()["revision"] == store.data_revision()
    assert client.get(ADDRESS).get_json()["properties"]["life_cycle"] == "active"


def test_a_token_for_another_district_reads_and_writes_nothing_here(app: Flask, client: FlaskClient) -> None:
    other = machine(app, Scope.STATIONS_WRITE, districts=("640105",))
    public = client.get(ADDRESS)

    assert other.get().status_code == 403
    assert other.put(public.get_json(), public.headers["ETag"]).status_code == 403
    assert other.get(f"{ADDRESS}/revisions").status_code == 403


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic bWE6bWE=", "Bearer " + "x" * 500])
def test_a_bad_token_is_refused_wherever_it_is_shown(client: FlaskClient, authorization: str) -> None:
    for answer in (
        client.get(ADDRESS, headers={"Authorization": authorization}),
        client.put(ADDRESS, headers={"Authorization": authorization}),
        client.post("/api/v1/stations", headers={"Authorization": authorization}),
        client.get(f"{ADDRESS}/revisions", headers={"Authorization": authorization}),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_only_reads_writes_nothing(app: Flask) -> None:
    reader = machine(app, Scope.STATIONS_READ)

    assert reader.put(reader.get().get_json(), reader.get().headers["ETag"]).status_code == 403
    assert reader.post({"type": "Feature"}).status_code == 403


# --- saving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_staff", [True, False])
def test_what_get_gives_is_taken_and_changes_nothing(
    writer: Machine, client: FlaskClient, store: Store, as_staff: bool
) -> None:
    before = stored(store)
    got = writer.get() if as_staff else client.get(ADDRESS)

    answer = writer.put(got.get_json(), got.headers["ETag"])

    assert answer.status_code == 200, answer.text
    assert stored(store) == before


def test_a_change_is_saved_with_a_new_tag_and_one_revision(writer: Machine, store: Store) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["capacity"] = 11
    feature["reason"] = "多了一把椅子"

    answer = writer.put(feature, got.headers["ETag"])

    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    assert answer.headers["ETag"].startswith('"v2.')
    assert answer.get_json()["properties"]["capacity"] == 11
    with store.reading() as reader:
        latest = reader.revisions("YC-0001")[-1]
    assert latest.changes == {"capacity_count": (10, 11)}
    assert (latest.origin, latest.reason) == ("api", "多了一把椅子")
    assert latest.actor.startswith("程序")


def test_the_code_may_be_written_in_small_letters(writer: Machine) -> None:
    got = writer.get("/api/v1/stations/yc-0001")

    assert writer.put(got.get_json(), got.headers["ETag"], "/api/v1/stations/yc-0001").status_code == 200


def test_without_a_version_nothing_is_saved(writer: Machine) -> None:
    assert writer.put(writer.get().get_json(), None).status_code == 428
    assert writer.put(writer.get().get_json(), "*").status_code == 428


@pytest.mark.parametrize("tag", ['"v2.abc"', '"abc"', "v1", '"1"', '"v01x"', '""', "nonsense"])
def test_another_version_is_refused_with_the_present_tag(writer: Machine, tag: str) -> None:
    answer = writer.put(writer.get().get_json(), tag)

    assert answer.status_code == 412
    assert answer.headers["ETag"] == '"v1"'


@pytest.mark.parametrize("tag", ['"v1"', '"v1-br"', '"v1.whatever-gzip"', 'W/"v1.abc"', '"v7.a", "v1.b"'])
def test_only_the_version_of_a_tag_decides(writer: Machine, tag: str) -> None:
    assert writer.put(writer.get().get_json(), tag).status_code == 200


def test_the_same_change_twice_is_refused_the_second_time(writer: Machine, store: Store) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["name"] = "新驿站"

    assert [writer.put(feature, got.headers["ETag"]).status_code for _ in range(2)] == [200, 412]
    assert stored(store).version == 2


def test_a_moved_point_is_wgs84_and_finds_its_district(writer: Machine, store: Store) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["geometry"]["coordinates"] = [106.16, 38.49]
    feature["properties"]["position_accuracy"] = "surveyed"

    assert writer.put(feature, got.headers["ETag"]).status_code == 200

    saved = stored(store)
    assert saved.position == Position.wgs84(106.16, 38.49)
    assert saved.district_code == "640105"


def test_accuracy_alone_keeps_the_exact_point(writer: Machine, store: Store) -> None:
    before = stored(store).position
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["position_accuracy"] = "surveyed"

    writer.put(feature, got.headers["ETag"])

    assert before is not None
    assert stored(store).position == replace(before, accuracy=PositionAccuracy.SURVEYED)


def test_a_null_geometry_takes_the_position_away(writer: Machine, store: Store) -> None:
    got = writer.get()

    writer.put({**got.get_json(), "geometry": None}, got.headers["ETag"])

    assert stored(store).position is None


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("Mo-Fr 10:00-12:00", None, OpeningHours("Mo-Fr 10:00-12:00", "")),
        (" Mo-Fr 10:00-12:00; ", "工作日上午", OpeningHours("Mo-Fr 10:00-12:00", "工作日上午")),
        (None, None, OpeningHours(None, "")),
        ("same", "每天8:00-18:00", OpeningHours("Mo-Su 08:00-18:00", "每天8:00-18:00")),
        ("same", "", OpeningHours(None, "")),
    ],
)
def test_a_changed_rule_wins_and_changed_words_alone_are_read(
    writer: Machine, store: Store, rule: str | None, text: str | None, expected: OpeningHours
) -> None:
    got = writer.get()
    feature = got.get_json()
    if rule != "same":
        feature["properties"]["opening_hours"] = rule
    if text is not None:
        feature["properties"]["hours_text"] = text

    answer = writer.put(feature, got.headers["ETag"])

    assert answer.status_code == 200, answer.text
    assert stored(store).hours == expected


def test_a_notice_that_is_over_and_not_shown_stays(writer: Machine, store: Store, clock: FrozenClock) -> None:
    before = stored(store)
    clock.advance(hours=2)
    got = writer.get()

    assert got.get_json()["properties"]["alert"] is None
    assert writer.put(got.get_json(), got.headers["ETag"]).status_code == 200
    assert stored(store) == before


def test_a_move_of_the_life_cycle_needs_a_reason(writer: Machine) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["life_cycle"] = "renovating"

    assert problems_of(writer.put(feature, got.headers["ETag"])) == [("reason", "missing")]
    assert writer.put({**feature, "reason": "装修"}, got.headers["ETag"]).status_code == 200


def test_every_problem_is_named_by_its_property(writer: Machine, store: Store) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["geometry"] = {"type": "Point", "coordinates": [38.4, 106.2]}
    feature["properties"] |= {
        "capacity": "ten",
        "services": [{"service": "water", "state": "dry"}],
        "opening_hours": "sometimes",
        "surprise": 1,
        "code": "YC-0002",
    }
    del feature["properties"]["town"]

    found = problems_of(writer.put(feature, got.headers["ETag"]))

    assert sorted(found) == [
        ("capacity", "not_a_number"),
        ("code", "other_code"),
        ("geometry", "swapped_axes"),
        ("opening_hours", "unreadable_rule"),
        ("services.water.state", "unknown_value"),
        ("surprise", "unknown_field"),
        ("town", "missing"),
    ]
    assert stored(store).version == 1


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("district", "110101", ("district", "unknown_unit")),
        ("hours_text", "看情况", ("hours_text", "unread")),
        ("hours_text", 5, ("hours_text", "not_text")),
        ("other_names", ["旧名"] * 21, ("other_names", "too_many")),
        ("services", "water", ("services", "not_a_list")),
        ("services", [{"service": "water"}] * 100, ("services", "too_many")),
        ("awards", [{"scheme": "stars", "level": "5"}] * 21, ("awards", "too_many")),
        ("services", [5], ("services.0", "not_an_object")),
        ("name", "\ud800", ("name", "control_characters")),
        ("position_accuracy", "good", ("position_accuracy", "unknown_value")),
        ("last_verified", {"on": "2026-11-19", "how": "phone"}, ("last_verified.on", "in_future")),
        ("\ud800", 1, ("\\ud800", "unknown_field")),
    ],
)
def test_a_wrong_property_is_named(writer: Machine, name: str, value: object, expected: tuple[str, str]) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"][name] = value

    assert problems_of(writer.put(feature, got.headers["ETag"])) == [expected]


def test_the_sentences_are_in_the_readers_language(writer: Machine) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["capacity"] = "ten"

    answer = writer.put(feature, got.headers["ETag"], **{"Accept-Language": "en"})

    assert answer.get_json()["problems"] == [
        {"field": "capacity", "code": "not_a_number", "detail": "This must be a number."}
    ]


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("zh-CN", "开放时间无法读取：没有读懂「随便啦」。"),
        ("en", "The hours cannot be read: could not read “随便啦”."),
    ],
)
def test_words_that_cannot_be_read_are_quoted_in_the_readers_language(
    writer: Machine, language: str, detail: str
) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["hours_text"] = "随便啦"

    answer = writer.put(feature, got.headers["ETag"], **{"Accept-Language": language})

    assert answer.get_json()["problems"] == [{"field": "hours_text", "code": "unread", "detail": detail}]


def test_a_rule_that_is_no_text_is_named_as_the_rule(writer: Machine) -> None:
    got = writer.get()
    feature = got.get_json()
    feature["properties"]["opening_hours"] = [1]

    assert problems_of(writer.put(feature, got.headers["ETag"])) == [("opening_hours", "not_text")]


def test_every_refusal_of_a_rule_has_a_sentence_in_both_languages() -> None:
    codes = {code for code, _, _ in REFUSED_PARTS}

    assert codes | {"overnight_off", "holiday_weekdays"} <= SENTENCES.keys()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b'{"type": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 50_000, 400),
        (b'{"type": "Feature", "n": ' + b"9" * 10_000 + b"}", 400),
        (b"{}", 422),
        (b'{"type": "Feature", "properties": []}', 422),
        (b'{"type": "Feature", "properties": null, "geometry": null, "reason": 5}', 422),
        (b'{"x": "' + b"x" * 300_000 + b'"}', 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_body_that_is_no_station_is_refused(writer: Machine, body: bytes, status: int) -> None:
    assert writer.put(body, '"v1"').status_code == status
    assert writer.post(body).status_code == status


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_does_not_say_it_is_json_is_refused(writer: Machine, media_type: str) -> None:
    answer = writer.put(writer.get().get_json(), '"v1"', **{"Content-Type": media_type})

    assert answer.status_code == 415


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_property_value_breaks_it(writer: Machine, data: st.DataObject) -> None:
    got = writer.get()
    feature = got.get_json()
    name = data.draw(st.sampled_from(sorted(feature["properties"])))
    feature["properties"][name] = data.draw(json_values)
    feature["geometry"] = data.draw(st.just(feature["geometry"]) | json_values)

    assert writer.put(feature, got.headers["ETag"]).status_code in {200, 400, 422}


def test_an_unknown_station_is_not_found(writer: Machine) -> None:
    for answer in (
        writer.put({}, '"v1"', "/api/v1/stations/YC-0404"),
        writer.get("/api/v1/stations/YC-0404"),
        writer.get("/api/v1/stations/YC-0404/revisions"),
    ):
        assert answer.status_code == 404


def test_a_session_cookie_is_no_token(client: FlaskClient) -> None:
    client.set_cookie("session", "whatever")

    assert client.put(ADDRESS, json={}, headers={"If-Match": '"v1"'}).status_code == 401


# --- adding ---------------------------------------------------------------------------------------


def new_feature(**properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [106.29, 38.47]},
        "properties": {"kind": "driver_home", "name": "新司机之家", **properties},
    }


def test_a_station_is_added_with_a_code_and_a_district(writer: Machine, store: Store) -> None:
    answer = writer.post(new_feature(hours_text="24小时"))

    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/stations/YC-0002")
    assert answer.headers["ETag"].startswith('"v1.')
    added = stored(store, "YC-0002")
    assert (added.district_code, added.hours.rule) == ("640104", "24/7")
    assert writer.get(answer.headers["Location"]).get_json()["properties"]["name"] == "新司机之家"


def test_what_is_answered_can_be_saved_at_once(writer: Machine) -> None:
    added = writer.post(new_feature())
    feature = added.get_json()
    feature["properties"]["town"] = "某街道"

    assert writer.put(feature, added.headers["ETag"], added.headers["Location"]).status_code == 200


def test_a_station_without_kind_and_name_is_refused(writer: Machine) -> None:
    assert problems_of(writer.post({"type": "Feature", "properties": {}})) == [("kind", "missing"), ("name", "missing")]


def test_tokens_give_no_codes(writer: Machine) -> None:
    assert writer.post(new_feature(code="YC-0009")).status_code == 403


def test_a_refusal_names_the_properties_that_stand_in_the_way(app: Flask) -> None:
    limited = machine(app, Scope.STATIONS_WRITE, districts=("640104",))
    read = limited.get()
    feature = read.get_json()
    feature["properties"] |= {"district": "640105"}

    assert limited.put(feature, read.headers["ETag"]).get_json()["fields"] == ["district"]
    assert limited.post(new_feature(code="YC-0009")).get_json()["fields"] == ["code"]


def test_a_photo_that_nobody_uploaded_is_refused(writer: Machine, store: Store) -> None:
    read = writer.get()
    feature = read.get_json()
    feature["properties"] |= {"photo": "a" * 64}

    assert problems_of(writer.put(feature, read.headers["ETag"])) == [("photo", "unknown_photo")]
    new = {"type": "Feature", "properties": {"kind": "rest_station", "name": "新站", "photo": "a" * 64}}
    assert problems_of(writer.post(new)) == [("photo", "unknown_photo")]
    assert stored(store).version == 1


def test_a_token_adds_only_in_its_districts(app: Flask) -> None:
    assert machine(app, Scope.STATIONS_WRITE, districts=("640105",)).post(new_feature()).status_code == 403


def test_sample_stations_do_not_come_among_real_ones(writer: Machine) -> None:
    assert writer.post(new_feature(sample=True)).status_code == 403


@pytest.mark.usefixtures("sample_store")
def test_the_sample_takes_sample_stations_only(settings: Settings, clock: FrozenClock, open_app: OpenApp) -> None:
    bot = machine(open_app(settings, clock), Scope.STATIONS_WRITE)

    assert bot.post(new_feature()).get_json()["code"] == "mixed_sample_and_real"
    added = bot.post(new_feature(sample=True))
    assert (added.status_code, added.get_json()["properties"]["sample"]) == (201, True)


# --- the history ----------------------------------------------------------------------------------


def test_the_history_is_told_newest_first_and_in_pages(writer: Machine) -> None:
    for name in ("甲驿站", "乙驿站"):
        got = writer.get()
        feature = got.get_json()
        feature["properties"]["name"] = name
        writer.put(feature, got.headers["ETag"])

    answer = writer.get(f"{ADDRESS}/revisions?limit=2")

    document = answer.get_json()
    assert (document["numberMatched"], [one["number"] for one in document["revisions"]]) == (3, [3, 2])
    assert document["revisions"][0]["changes"] == [{"field": "name", "old": "甲驿站", "new": "乙驿站"}]
    assert answer.headers["Cache-Control"] == "no-store"
    older = writer.get(f"{ADDRESS}/revisions?limit=2&offset=2").get_json()["revisions"]
    assert [one["number"] for one in older] == [1]


def test_the_public_reads_no_history(client: FlaskClient) -> None:
    assert client.get(f"{ADDRESS}/revisions").status_code == 401
