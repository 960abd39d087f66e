"""The phone's search gives the server's answer: same stations, same order, same states."""

from __future__ import annotations

import collections
import json
import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from geodata.coordinates import Crs, LonLat, convert, great_circle_m
from geodata.places import Place
from geodata.stations.index import Found, OpenFilter, Order, StationFilter
from geodata.travel.straight_line import TravelMode
from mapapp.services.find_nearest import rules_of, travel_of
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer
from tests.browser.questions import Question, random_questions

QUESTIONS_COUNT = 2000
SEED = 20261
DAYS_ASKED = 14
"""From the second day of the window on: its first day is over when the file is made."""

SEARCH_IN_BROWSER = """async (questions) => {
  const { readStations } = await import("/static/js/data.js");
  const { search } = await import("/static/js/search.js");
  const data = readStations(await (await fetch("/data/stations.json")).json());
  const sets = ["kinds", "services", "entryMethods", "districts"];
  const plain = (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
  return JSON.stringify(questions.map((asked) => {
    const question = { ...asked, ...Object.fromEntries(sets.map((name) => [name, new Set(asked[name])])) };
    const { found, unknownCount } = search(data, question, asked.atMs);
    const rows = found.map(({ station, distanceM, travelS, arrival }) =>
      [station.code, arrival.state, arrival.closesAtMs, arrival.opensAtMs, distanceM, travelS].map(plain));
    return { rows, unknownCount };
  }));
}"""
"""Answers as one text: Playwright takes ten times as long to hand over half a million rows value by value."""


@pytest.fixture
def snapshot(live_server: LiveServer, place: Place) -> Iterator[StationSnapshot]:
    """What the running server answers from."""
    store = Store(f"sqlite:///{live_server.database_file}")
    yield build_snapshot(store, place, datetime.now(place.timezone))
    store.close()


def window_of(page: Page) -> tuple[date, int]:
    """The days the running server's file knows: its clock is the real one."""
    window = json.loads(page.request.get("/data/stations.json").text())["window"]
    return date.fromisoformat(window["first_day"]), window["days"]


def answer_of_server(snapshot: StationSnapshot, question: Question) -> Any:
    return snapshot.index.nearest(
        question.origin,
        len(snapshot.stations),
        question.filters,
        at=question.at,
        mode=question.mode,
        travel=travel_of(Settings()),
        rules=rules_of(Settings()),
        order=question.order,
    )


def answers_of_phone(page: Page, questions: Iterable[Question]) -> Any:
    return json.loads(page.evaluate(SEARCH_IN_BROWSER, [question.for_browser() for question in questions]))


def test_phone_and_server_answer_alike(page: Page, snapshot: StationSnapshot, place: Place) -> None:
    page.goto("/about")
    first_day, days = window_of(page)
    assert days > DAYS_ASKED
    codes = [unit.code for unit in place.units]
    start = datetime.combine(first_day, time(), place.timezone)
    asked_from = start + timedelta(days=1)
    questions = random_questions(QUESTIONS_COUNT, SEED, place.bbox, codes, asked_from, DAYS_ASKED)

    answers = answers_of_phone(page, questions)

    end = start + timedelta(days=days)
    compared = collections.Counter[str]()
    for question, answer in zip(questions, answers, strict=True):
        expected = answer_of_server(snapshot, question)
        assert answer["unknownCount"] == expected.unknown_count, question
        assert [row[:4] for row in answer["rows"]] == [expected_row(found, end) for found in expected.found], question
        for (*_, distance_m, travel_s), found in zip(answer["rows"], expected.found, strict=True):
            assert abs(distance_m - found.distance_m) < 1e-6
            assert abs(travel_s - found.travel_time_s) < 1e-6
        compared.update(kinds_of(question, len(expected.found)))
    assert compared["rows"] > 50_000
    assert all(compared[kind] > 150 for kind in (*Order, *TravelMode, "open late", "always open", "several found"))


def expected_row(found: Found, end: datetime) -> list[Any]:
    arrival = found.arrival
    closes_ms, opens_ms = milliseconds(arrival.closes_at, before=end), milliseconds(arrival.opens_at)
    return [found.code, arrival.state.value, closes_ms, opens_ms]


def kinds_of(question: Question, found_count: int) -> dict[str, int]:
    """What a question has compared, so that the test can say it was not all empty answers."""
    is_answered = found_count > 1
    return {
        "rows": found_count,
        "several found": is_answered,
        question.order: is_answered,
        question.mode: is_answered,
        "open late": question.filters.open_late and is_answered,
        "always open": question.filters.always_open and is_answered,
    }


def test_until_four_in_the_morning_the_phone_means_the_evening_before_too(
    page: Page, snapshot: StationSnapshot
) -> None:
    page.goto("/about")
    first_day, _ = window_of(page)
    midnight = datetime.combine(first_day + timedelta(days=3), time(), snapshot.place.timezone)
    origin = LonLat(106.2309, 38.4872)
    filters = StationFilter(open=OpenFilter.ANY, open_late=True)
    instants = [midnight + timedelta(hours=hours) for hours in (3.5, 4.0, 21.9, 22.5, 27.5)]
    questions = [Question(origin, at, TravelMode.CAR, Order.DISTANCE, filters) for at in instants]

    answers = answers_of_phone(page, questions)

    for question, answer in zip(questions, answers, strict=True):
        expected = answer_of_server(snapshot, question)
        assert [row[0] for row in answer["rows"]] == [found.code for found in expected.found]
        assert 0 < len(answer["rows"]) < snapshot.index.placed_count


def milliseconds(instant: datetime | None, before: datetime | None = None) -> float | None:
    """An instant as browsers count; none where it lies behind the file's window."""
    if instant is None or (before is not None and instant >= before):
        return None
    return instant.timestamp() * 1000


def test_distances_and_systems_are_computed_alike(page: Page) -> None:
    chance = random.Random(SEED)
    points = [(chance.uniform(70, 140), chance.uniform(0, 56)) for _ in range(500)]
    page.goto("/about")

    computed = page.evaluate(
        """async (points) => {
          const { convert, greatCircleM } = await import("/static/js/geo.js");
          return points.map(([lon, lat]) => [
            greatCircleM(106.2, 38.4, lon, lat),
            ...["gcj02", "bd09"].flatMap((crs) => [...convert(lon, lat, "wgs84", crs), ...convert(lon, lat, crs, "wgs84")]),
          ]);
        }""",
        points,
    )

    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    columns = [great_circle_m(106.2, 38.4, lons, lats)]
    for crs in (Crs.GCJ02, Crs.BD09):
        columns += [*convert(lons, lats, Crs.WGS84, crs), *convert(lons, lats, crs, Crs.WGS84)]
    for row, expected in zip(computed, zip(*columns, strict=True), strict=True):
        assert row[0] == pytest.approx(expected[0], abs=1e-6)
        assert row[1:] == pytest.approx(expected[1:], abs=1e-11)


def test_gaode_tiles_lie_where_they_belong(page: Page) -> None:
    """The tile pixel in the middle of the map is the middle's GCJ-02 position, after moving and zooming too."""
    page.route("**/tile/*/*/*", lambda route: route.fulfill(status=200, content_type="image/svg+xml", body=TILE))
    page.goto("/?view=map")
    page.locator("#map .leaflet-tile-pane, .leaflet-tile-pane").first.wait_for(state="attached")

    offsets_px = page.evaluate(MEASURE_TILES)

    assert len(offsets_px) == 3
    assert all(abs(offset) < 1.5 for pair in offsets_px for offset in pair), offsets_px


TILE = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>'

MEASURE_TILES = """async () => {
  const { convert } = await import("/static/js/geo.js");
  const box = document.body.appendChild(document.createElement("div"));
  box.style.cssText = "position:fixed;left:0;top:0;width:300px;height:300px;z-index:9999";
  const map = L.map(box, { zoomAnimation: false, fadeAnimation: false }).setView([38.48, 106.23], 14);
  const layer = window.stationmap.gcj02TileLayer("/tile/{z}/{x}/{y}", { minZoom: 3, maxZoom: 18 }).addTo(map);
  const settled = () => new Promise((resolve) => (layer.isLoading() ? layer.once("load", resolve) : resolve()));
  const measure = async () => {
    await settled();
    const centre = map.getCenter();
    const [lon, lat] = convert(centre.lng, centre.lat, "wgs84", "gcj02");
    const wanted = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), map.getZoom());
    const tile = [...box.querySelectorAll("img.leaflet-tile")].find((each) => each.src.includes(`/${map.getZoom()}/`));
    const [, x, y] = tile.src.match(/\\/(\\d+)\\/(\\d+)$/).map(Number);
    const [at, frame] = [tile.getBoundingClientRect(), box.getBoundingClientRect()];
    return [x * 256 + frame.left + 150 - at.left - wanted.x, y * 256 + frame.top + 150 - at.top - wanted.y];
  };
  const offsets = [await measure()];
  map.panBy([90, -70], { animate: false });
  offsets.push(await measure());
  map.setView([38.3, 106.5], 16, { animate: false });
  offsets.push(await measure());
  map.remove();
  box.remove();
  return offsets;
}"""
