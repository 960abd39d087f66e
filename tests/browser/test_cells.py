"""A register too large for one file: the phone fetches cells, answers like the server, and says what it lacks."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import h3
import pytest
from playwright.sync_api import Page, Route, expect

from geodata.coordinates import LonLat
from geodata.places import Place, load_place
from geodata.sample import SAMPLE_SEED
from geodata.sample.country import write_country
from geodata.stations.cells import RESOLUTION, station_cells
from geodata.stations.vocabulary import StationKind
from mapapp.services.compact_cells import NationDesk
from mapapp.services.find_nearest import rules_of, travel_of
from mapapp.services.load_country import load_country
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext, Watch, serving
from tests.browser.map_page import WIDE, rows, use_coordinates
from tests.browser.offline.phone import flight_mode, visit
from tests.browser.questions import Question, random_questions

SHORT_COUNT: Final = 2_000
LONG_COUNT: Final = 200_000
QUESTIONS_COUNT: Final = 60

COUNTED: Final = """[...document.querySelectorAll(".map-cluster.of-all")]
  .reduce((sum, each) => sum + Number(each.getAttribute("aria-label").match(/[0-9]+/)[0]), 0)"""
"""How many stations the numbers on the map stand for."""

ASK: Final = """async ([urls, questions]) => {
  const { CellStations, knownWithinM } = await import("/static/js/cells.js");
  const { search } = await import("/static/js/search.js");
  const answers = [];
  for (const asked of questions) {
    const sets = ["kinds", "services", "entryMethods", "districts"];
    const question = { ...asked, ...Object.fromEntries(sets.map((name) => [name, new Set(asked[name])])) };
    const source = new CellStations(urls);
    const data = await source.load(question.place);
    const knownM = knownWithinM(data, question.place);
    const { found } = search(data, question, asked.atMs);
    const spot = { west: asked.place.lon, east: asked.place.lon, south: asked.place.lat, north: asked.place.lat };
    answers.push({
      knownM: Math.min(knownM, 1e9),
      rows: found.filter(({ distanceM }) => distanceM <= knownM).map(({ station, arrival }) => [station.code, arrival.state]),
      isAskedMoreByTheMap: (await source.inBox(spot)) !== null,
    });
  }
  return JSON.stringify(answers);
}"""


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[Path, Place]:
    """The made-up country's database, and its place. More stations in the long run."""
    folder = tmp_path_factory.mktemp("country")
    write_country(folder / "place")
    place = load_place(str(folder / "place"))
    store = Store(f"sqlite:///{folder / 'stations.sqlite3'}")
    store.migrate()
    count = LONG_COUNT if request.config.getoption("--long") else SHORT_COUNT
    load_country(store, place, count, SAMPLE_SEED)
    store.close()
    return folder, place


@pytest.fixture(scope="module")
def live_server(country: tuple[Path, Place], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The service of the country, as it is run for people."""
    folder, _place = country
    settings = {"MAPAPP_PLACE": str(folder / "place"), "MAPAPP_CELLS_ABOVE": "1000"}
    with serving(folder / "stations.sqlite3", tmp_path_factory.mktemp("served"), **settings) as server:
        yield server


@pytest.fixture(scope="module")
def snapshot(country: tuple[Path, Place]) -> StationSnapshot:
    """What the running server answers from."""
    folder, place = country
    store = Store(f"sqlite:///{folder / 'stations.sqlite3'}")
    made = build_snapshot(store, place, datetime.now(place.timezone))
    store.close()
    return made


@pytest.fixture
def dense(snapshot: StationSnapshot) -> tuple[float, float]:
    """Somewhere with many stations round it: beside one of the largest town's."""
    (busiest,) = [max(_rows_by_cell(snapshot), key=len)]
    point = snapshot.stations[busiest[0]].position
    assert point is not None
    return point.point.lon + 0.0021, point.point.lat + 0.0013


def _rows_by_cell(snapshot: StationSnapshot) -> list[list[int]]:
    columns = snapshot.index.columns
    return [cell.rows.tolist() for cell in station_cells(columns.lon, columns.lat).values()]


def asked_for(page: Page) -> list[str]:
    """The paths of stations that the page asks for from now on."""
    paths: list[str] = []
    page.on("request", lambda request: paths.append(urlsplit(request.url).path) if "/data/" in request.url else None)
    return paths


def test_phone_and_server_answer_alike_as_far_as_the_phone_knows(
    page: Page, snapshot: StationSnapshot, country: tuple[Path, Place]
) -> None:
    page.goto("/about")
    place = country[1]
    window = json.loads(page.request.get("/data/cells.json").text())["window"]
    start = datetime.combine(date.fromisoformat(window["first_day"]) + timedelta(days=1), time(), place.timezone)
    codes = [unit.code for unit in place.units]
    questions = [
        _near_a_station(question, snapshot, number)
        for number, question in enumerate(
            random_questions(QUESTIONS_COUNT, 5, place.bbox, codes, start, window["days"] - 2)
        )
    ]
    urls = {"index": "/data/cells.json", "cell": "/data/cells/CELL.json"}

    answers = json.loads(page.evaluate(ASK, [urls, [question.for_browser() for question in questions]]))

    compared = 0
    for question, answer in zip(questions, answers, strict=True):
        expected = snapshot.index.nearest(
            question.origin,
            len(snapshot.stations),
            question.filters,
            at=question.at,
            mode=question.mode,
            travel=travel_of(Settings()),
            rules=rules_of(Settings()),
            order=question.order,
        )
        within = [found for found in expected.found if found.distance_m <= answer["knownM"]]
        assert answer["rows"] == [[found.code, found.arrival.state.value] for found in within], question
        assert not answer["isAskedMoreByTheMap"], "the map beside the list would ask for cells by the exact place"
        compared += len(within)
    assert compared > QUESTIONS_COUNT


def _near_a_station(question: Question, snapshot: StationSnapshot, number: int) -> Question:
    """Two questions of three are asked where people are; the others anywhere in the country."""
    chance = random.Random(number)
    station = snapshot.stations[chance.randrange(len(snapshot.stations))]
    if number % 3 == 0 or station.position is None:
        return question
    point = station.position.point
    near = LonLat(point.lon + chance.uniform(-0.2, 0.2), point.lat + chance.uniform(-0.2, 0.2))
    return replace(question, origin=near)


def test_nothing_is_fetched_before_a_place_is_known_but_the_list_of_cells(page: Page) -> None:
    paths = asked_for(page)

    page.goto("/")

    expect(page.locator("#list .beyond")).to_contain_text("告诉我们您在哪里")
    assert paths == ["/data/cells.json"]
    expect(page.locator("#count")).to_have_text("")


def test_a_place_brings_the_stations_round_it_and_says_up_to_where_none_is_missing(
    page: Page, dense: tuple[float, float], snapshot: StationSnapshot
) -> None:
    page.goto("/")
    expect(page.locator("#list .beyond")).to_be_visible()
    paths = asked_for(page)

    use_coordinates(page, f"{dense[0]}, {dense[1]}")

    expect(rows(page).first).to_be_visible()
    expect(page.locator("#list .beyond")).to_contain_text("以内的站点都在这里")
    home = h3.latlng_to_cell(dense[1], dense[0], RESOLUTION)
    allowed = {f"/data/cells/{cell}.json" for cell in h3.grid_disk(home, 2)}
    assert f"/data/cells/{home}.json" in paths
    assert set(paths) <= allowed
    before = int(page.locator("#count").inner_text().split(" ")[0])

    page.locator("#list .beyond button").click()

    expect(page.locator("#count")).not_to_have_text(f"{before} 个站点")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_from_afar_the_map_counts_all_stations_and_near_by_it_shows_them(
    page: Page, dense: tuple[float, float], snapshot: StationSnapshot
) -> None:
    page.goto("/?view=map")
    counts = page.locator(".map-cluster.of-all")
    expect(counts.first).to_be_visible()
    paths = asked_for(page)

    for _step in range(12):
        if counts.count() == 0:
            break
        zoom_in_on_the_largest(page)
    expect(page.locator(".map-mark, .map-cluster:not(.of-all)").first).to_be_visible()

    zooms = [int(path.split("/")[3]) for path in paths if path.startswith("/data/clusters/")]
    assert max(zooms) <= 9
    assert any(path.startswith("/data/cells/") for path in paths)
    expect(counts).to_have_count(0)


def counted_on(page: Page) -> int:
    """How many stations the numbers on the map stand for."""
    return int(page.evaluate(COUNTED))


def zoom_in_on_the_largest(page: Page) -> None:
    """Press the number that stands for most stations, and wait until the map shows other ones."""
    page.evaluate(
        """() => {
          const numbers = [...document.querySelectorAll(".map-cluster.of-all")];
          const most = numbers.reduce((a, b) => (Number(b.textContent) > Number(a.textContent) ? b : a));
          const seen = numbers.map((each) => each.getAttribute("aria-label")).join();
          window.seenByTest = seen;
          most.click();
        }"""
    )
    page.wait_for_function(
        """() => [...document.querySelectorAll(".map-cluster.of-all")]
          .map((each) => each.getAttribute("aria-label")).join() !== window.seenByTest"""
    )


def test_beside_the_list_the_map_moves_from_the_numbers_to_the_stations_round_a_place(
    context_factory: OpenContext, dense: tuple[float, float], snapshot: StationSnapshot
) -> None:
    page = context_factory(viewport=WIDE).new_page()
    placed = [station.kind for station in snapshot.stations if station.position is not None]
    page.goto("/?kind=driver_home")
    expect(page.locator(".map-cluster.of-all").first).to_be_visible()
    expect(page.locator("#afar-words")).to_be_visible()
    assert counted_on(page) == placed.count(StationKind.DRIVER_HOME)

    page.locator("input[name=kind][value=driver_home]").evaluate("box => box.click()")
    expect(page.locator("#afar-words")).to_be_hidden()
    page.wait_for_function("count => " + COUNTED + " === count", arg=len(placed))

    use_coordinates(page, f"{dense[0]}, {dense[1]}")

    expect(page.locator(".map-place")).to_be_visible()
    expect(page.locator(".map-mark, .map-cluster:not(.of-all)").first).to_be_visible()
    expect(page.locator(".map-cluster.of-all")).to_have_count(0)
    page.locator("#list .on-map").first.click()
    expect(page.locator(".leaflet-popup .station-name")).to_have_text(
        page.locator("#list .station-name").first.inner_text()
    )


def test_the_cells_of_last_use_are_there_in_flight_mode(
    context_factory: OpenContext, dense: tuple[float, float]
) -> None:
    phone = context_factory(service_workers="allow").new_page()
    visit(phone)
    use_coordinates(phone, f"{dense[0]}, {dense[1]}")
    expect(rows(phone).first).to_be_visible()
    first = phone.locator("#list .station-name").first.inner_text()
    flight_mode(phone)

    phone.goto("/")
    expect(rows(phone).first).to_be_visible()  # this tab still has the place
    expect(phone.locator("#list .station-name").first).to_have_text(first)
    phone.evaluate("sessionStorage.clear()")
    phone.goto("/")

    expect(phone.locator("#list .beyond")).to_contain_text("上次所在区域")
    expect(rows(phone).first).to_be_visible()
    link = phone.locator("#list .station-name a").first
    name = link.inner_text()
    link.click()
    expect(phone.locator("#station h1")).to_have_text(name)


def test_far_from_what_is_held_the_list_says_that_a_nearer_one_may_be_missing(
    context_factory: OpenContext, dense: tuple[float, float], watch: Watch
) -> None:
    phone = context_factory(service_workers="allow").new_page()
    visit(phone)
    use_coordinates(phone, f"{dense[0]}, {dense[1]}")
    expect(rows(phone).first).to_be_visible()
    flight_mode(phone)

    use_coordinates(phone, f"{dense[0] + 3.3:.5f}, {dense[1]:.5f}")

    expect(phone.locator("#list .beyond")).to_contain_text("更近的站点")
    watch.expect("/data/cells/")  # the browser says that the cell could not be fetched


def test_the_page_is_accessible_at_360_px(page: Page, accessibility_problems: Any, dense: tuple[float, float]) -> None:
    page.goto("/")
    expect(page.locator("#list .beyond")).to_be_visible()
    use_coordinates(page, f"{dense[0]}, {dense[1]}")
    expect(rows(page).first).to_be_visible()
    assert accessibility_problems(page) == []
    page.goto("/stations?q=1")
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


HOLD: Final = """async ([urls, place, far]) => {
  const { CellStations } = await import("/static/js/cells.js");
  const source = new CellStations(urls);
  const codes = (data) => data.stations.map(({ code }) => code).sort();
  const first = await source.load(place);
  const again = await source.reload();
  const more = await source.farther();
  const wide = await source.inBox({ west: 100, east: 118, south: 25, north: 40 });
  await source.load(far);
  const back = await source.load(place);
  const held = new Set(codes(more));
  return {
    isSame: String(codes(first)) === String(codes(again)),
    isOfTheServerNow: again.confirmedAtMs >= first.confirmedAtMs,
    hasMore: more.stations.length > first.stations.length && codes(first).every((code) => held.has(code)),
    isEachOnce: new Set(codes(back)).size === back.stations.length,
    asksForACountry: wide !== null,
    isStillThere: codes(first).every((code) => back.byCode.has(code)),
  };
}"""


def test_cells_are_renewed_added_to_and_never_fetched_by_the_country(page: Page, dense: tuple[float, float]) -> None:
    page.goto("/about")
    urls = {"index": "/data/cells.json", "cell": "/data/cells/CELL.json"}
    place, far = {"lon": dense[0], "lat": dense[1]}, {"lon": dense[0] + 4, "lat": dense[1] - 2}

    found = page.evaluate(HOLD, [urls, place, far])

    assert found == {
        "isSame": True,
        "isOfTheServerNow": True,
        "hasMore": True,
        "isEachOnce": True,
        "asksForACountry": False,
        "isStillThere": True,
    }


OF_TWO_DAYS: Final = """async ([urls, place]) => {
  const { CellStations } = await import("/static/js/cells.js");
  const { search } = await import("/static/js/search.js");
  const { emptyQuestion } = await import("/static/js/finder.js");
  const { hoursAhead } = await import("/static/js/station/hours.js");
  const load = () => new CellStations(urls).load(place);
  const mixed = await load();
  await fetch("/about"); // from now on the cells are of the server again
  const right = await load();
  const answers = (data, atMs) => JSON.stringify(search(data, { ...emptyQuestion(), open: "any" }, atMs).found
    .map(({ station, arrival }) => [station.code, arrival.state, arrival.opensAtMs, arrival.state === "open" ? 0 : arrival.closesAtMs]).sort());
  const today = (data, atMs) => JSON.stringify(data.stations.filter((each) => each.schedule)
    .map((each) => [each.code, hoursAhead(each.schedule, data, atMs).today]).sort());
  const startMs = right.window.starts_at_s * 1000;
  const differing = [];
  for (let hour = 30; hour < 200; hour += 10) { // the first day of a file is over, and knows no evening before it
    const atMs = startMs + hour * 3_600_000;
    if (answers(right, atMs) !== answers(mixed, atMs) || today(right, atMs) !== today(mixed, atMs)) differing.push(hour);
  }
  return { differing, stations: right.stations.length, days: [right.window.days, mixed.window.days] };
}"""


def test_a_cell_of_an_older_day_keeps_its_hours_and_ends_the_known_time_earlier(
    page: Page, dense: tuple[float, float], snapshot: StationSnapshot, country: tuple[Path, Place]
) -> None:
    folder, place = country
    desk = NationDesk(Settings(place=str(folder / "place"), cells_above=1000))
    older = datetime.now(place.timezone).date() - timedelta(days=3)
    is_old = [True]

    def answer(route: Route) -> None:
        name = urlsplit(route.request.url).path.removeprefix("/data/cells/").removesuffix(".json")
        file = desk.cell_file(snapshot, name, older) if is_old[0] else None
        if file is None:
            route.continue_()
        else:
            route.fulfill(body=file.identity, content_type="application/json")

    def turn_new(route: Route) -> None:
        is_old[0] = False
        route.continue_()

    page.goto("/about")
    page.route("**/data/cells/*.json", answer)
    page.route("**/about", turn_new)
    urls = {"index": "/data/cells.json", "cell": "/data/cells/CELL.json"}

    found = page.evaluate(OF_TWO_DAYS, [urls, {"lon": dense[0], "lat": dense[1]}])

    assert found["stations"] > 0
    assert found["differing"] == []
    right, mixed = found["days"]
    assert mixed == right - 3


def far_from(snapshot: StationSnapshot, spot: tuple[float, float]) -> tuple[float, float]:
    """A station's place so far away that its cells are others."""
    points = [station.position.point for station in snapshot.stations if station.position]
    found = max(points, key=lambda point: abs(point.lon - spot[0]) + abs(point.lat - spot[1]))
    return found.lon, found.lat


def test_a_place_cleared_while_its_stations_come_stays_cleared(
    page: Page, dense: tuple[float, float], snapshot: StationSnapshot
) -> None:
    page.goto("/")
    use_coordinates(page, f"{dense[0]}, {dense[1]}")
    expect(rows(page).first).to_be_visible()
    is_held = [True]
    held: list[Route] = []
    page.route("**/data/cells/*.json", lambda route: held.append(route) if any(is_held) else route.continue_())
    far = far_from(snapshot, dense)
    with page.expect_request("**/data/cells/*.json"):
        use_coordinates(page, f"{far[0]}, {far[1]}")
    expect(page.locator("#list .loading")).to_be_visible()

    page.locator("#clear-place").click()
    expect(page.locator("#place-shown")).to_be_hidden()
    is_held.clear()
    with page.expect_response("**/data/cells/*.json"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")

    expect(page.locator("#place-shown")).to_be_hidden()
    expect(page.locator("#list .loading")).to_have_count(0)


LATE_LOAD: Final = """async ([urls, first, second]) => {
  const { CellStations } = await import("/static/js/cells.js");
  const source = new CellStations(urls);
  await source.load(null);
  const { fetch } = window;
  let go;
  const gate = new Promise((resolve) => { go = resolve; });
  window.fetch = async (...asked) => { await gate; return fetch(...asked); };
  const late = source.load(first);
  window.fetch = fetch;
  await source.load(second);
  const kept = localStorage.getItem("stationmap.cells");
  go();
  await late;
  return [kept, localStorage.getItem("stationmap.cells")];
}"""


def test_an_older_load_that_ends_later_does_not_move_home(
    page: Page, dense: tuple[float, float], snapshot: StationSnapshot
) -> None:
    page.goto("/about")
    urls = {"index": "/data/cells.json", "cell": "/data/cells/CELL.json"}
    places = [{"lon": lon, "lat": lat} for lon, lat in (dense, far_from(snapshot, dense))]

    before, after = page.evaluate(LATE_LOAD, [urls, *places])

    assert before == after


def test_looking_farther_in_vain_is_said(page: Page, dense: tuple[float, float], watch: Watch) -> None:
    page.goto("/")
    use_coordinates(page, f"{dense[0]}, {dense[1]}")
    expect(rows(page).first).to_be_visible()
    page.route("**/data/cells/*.json", lambda route: route.abort())

    page.locator("#list .beyond button").click()

    expect(page.locator("#list .beyond [role=alert]")).to_be_visible()
    watch.expect("/data/cells/")
