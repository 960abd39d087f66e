"""Demand by its pages: a file of workers becomes a layer, the layer counts, its week is edited, it is deleted."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import openpyxl
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geodata.demand.points import DemandLayer
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.demand.choosing import counted_demand
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.staff.test_statement_counts import statements
from tests.mapapp.staff.world import OWN_DISTRICT, StaffClient

ClientOf = Callable[[str], StaffClient]
ROOT: Final = "/planner/demand"


@pytest.fixture
def store(staff_app: Flask) -> Store:
    found: Store = staff_app.extensions["stationmap"].store
    return found


@pytest.fixture
def work(staff_app: Flask, place: Place, clock: FrozenClock) -> Callable[[], None]:
    """Do all jobs that wait."""
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(parts.store, place, parts.settings, clock), KINDS)

    def do_all() -> None:
        while worker.run_one():
            pass

    return do_all


@pytest.fixture
def planner(client_of: ClientOf) -> StaffClient:
    return client_of("planner")


@pytest.fixture
def middle(place: Place) -> tuple[float, float]:
    """A place in the city."""
    label_at = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    return label_at.lon, label_at.lat


@pytest.fixture
def listed(middle: tuple[float, float]) -> bytes:
    """Two rows in the city, one outside, one that cannot be read."""
    lon, lat = middle
    return (
        f"经度,纬度,外卖骑手,环卫工人\n{lon},{lat},12,3\n{lon + 0.02},{lat},8,\n120.0,30.0,5,1\n{lon},{lat},十二,1\n"
    ).encode()


def sent(client: StaffClient, content: bytes, name: str = "劳动者.csv") -> str:
    """The address of the page of a file that was sent in."""
    answer = client.post_form(f"{ROOT}/files", {"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def form_of(page: str) -> dict[str, str]:
    """What the form about columns would send as it stands."""
    fields = {}
    for name, body in re.findall(r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else ""
    crs = re.search(r'name="crs" value="(\w+)" checked', page)
    return fields | {"crs": crs[1] if crs else ""}


def checked(client: StaffClient, file_url: str, work: Callable[[], None], **changes: str) -> str:
    """The address of the finished check of a file."""
    fields = form_of(client.get(file_url).text) | changes | {"step": "check"}
    answer = client.post_form(file_url, fields)
    assert answer.status_code == 303, answer.text
    work()
    return str(answer.location)


def saved(client: StaffClient, check_url: str, work: Callable[[], None], **changes: Any) -> str:
    """The address of the layer that a check became."""
    fields = {"title": "二季度骑手", "source": "市总工会调查", "source_date": "2026-06-30"} | changes
    answer = client.post_form(f"{check_url}/save", fields)
    assert answer.status_code == 303, answer.text
    work()
    return str(client.get(answer.location).location).partition("?")[0]


def made(client: StaffClient, content: bytes, work: Callable[[], None], name: str = "a.csv", **changes: Any) -> str:
    return saved(client, checked(client, sent(client, content, name), work), work, **changes)


def layer_at(store: Store, url: str) -> DemandLayer:
    with store.reading() as reader:
        layer = reader.demand.layer(url.rpartition("/")[2])
    assert layer is not None
    return layer


def test_columns_are_recognised_and_shown_before_anything_is_asked(planner: StaffClient, listed: bytes) -> None:
    page = planner.get(sent(planner, listed)).text

    assert form_of(page) == {
        "column-0": "lon",
        "column-1": "lat",
        "column-2": "riders",
        "column-3": "sanitation",
        "only_group": "",
        "crs": "wgs84",
    }


def test_a_check_shows_what_is_given_placed_outside_and_left_out(
    planner: StaffClient, listed: bytes, work: Callable[[], None], store: Store
) -> None:
    page = planner.get(checked(planner, sent(planner, listed), work)).text

    rows = re.findall(r'<th scope="row">(.*?)</th>((?:<td class="number"[^>]*>.*?</td>)+)', page)
    assert [(name, re.findall(r">([\d.,]+)<", cells)) for name, cells in rows] == [
        ("外卖骑手", ["25", "20", "5"]),
        ("环卫工人", ["4", "3", "1"]),
    ]
    assert re.search(r"<td>外卖骑手</td><td>十二</td><td>不是数字。</td>", page)
    with store.reading() as reader:
        assert reader.demand.cards() == ()


def test_a_saved_layer_says_where_it_came_from(
    planner: StaffClient, listed: bytes, work: Callable[[], None], store: Store
) -> None:
    url = made(planner, listed, work)

    with store.reading() as reader:
        card = reader.demand.card(url.rpartition("/")[2])
    assert card is not None
    assert (card.title, card.source, str(card.source_date), card.file_name, card.made_by) == (
        "二季度骑手",
        "市总工会调查",
        "2026-06-30",
        "a.csv",
        "planner",
    )
    assert card.checksum == layer_at(store, url).checksum()
    assert card.totals[WorkerGroup.RIDERS] == (25, 20, 5)
    page = planner.get(url).text
    assert "市总工会调查" in page
    assert card.checksum in page


def test_a_layer_counts_for_nobody_until_it_is_chosen(
    planner: StaffClient, listed: bytes, work: Callable[[], None], store: Store
) -> None:
    url = made(planner, listed, work)
    with store.reading() as reader:
        assert counted_demand(reader) is None

    answer = planner.post_form(f"{ROOT}/choices", {"layer-riders": url.rpartition("/")[2]})

    assert answer.status_code == 303
    with store.reading() as reader:
        counted = counted_demand(reader)
    assert counted is not None
    assert counted.groups == (WorkerGroup.RIDERS,)
    assert counted.total(WorkerGroup.RIDERS) == 20


def test_a_layer_can_count_from_the_moment_it_is_saved(
    planner: StaffClient, listed: bytes, work: Callable[[], None], store: Store
) -> None:
    made(planner, listed, work, groups=["sanitation"])

    with store.reading() as reader:
        counted = counted_demand(reader)
    assert counted is not None
    assert counted.groups == (WorkerGroup.SANITATION,)


def test_saving_twice_makes_one_layer(
    planner: StaffClient, listed: bytes, work: Callable[[], None], store: Store
) -> None:
    check_url = checked(planner, sent(planner, listed), work)
    fields = {"title": "层", "source": "某处"}

    answers = [planner.post_form(f"{check_url}/save", fields) for _ in range(2)]
    work()

    assert answers[0].location == answers[1].location
    with store.reading() as reader:
        assert len(reader.demand.cards()) == 1


def test_what_is_wrong_with_a_layer_comes_back_at_its_field_with_all_that_was_typed(
    planner: StaffClient, listed: bytes, work: Callable[[], None]
) -> None:
    check_url = checked(planner, sent(planner, listed), work)

    answer = planner.post_form(
        f"{check_url}/save", {"title": "", "source": "某处", "source_date": "6月", "groups": "riders"}
    )

    assert answer.status_code == 400
    assert 'id="title-error"' in answer.text
    assert 'id="source_date-error"' in answer.text
    assert 'value="某处"' in answer.text
    assert re.search(r'value="riders" checked', answer.text)


def test_orders_need_their_factor_and_become_workers_by_it(
    planner: StaffClient, middle: tuple[float, float], work: Callable[[], None], store: Store
) -> None:
    content = f"经度,纬度,每小时单量\n{middle[0]},{middle[1]},60\n".encode()
    file_url = sent(planner, content)
    without = planner.get(checked(planner, file_url, work))

    check_url = checked(planner, file_url, work, only_group="riders", orders_per_worker_hour="4")
    layer = layer_at(store, saved(planner, check_url, work))

    assert "多少单" in without.text
    assert layer.total(WorkerGroup.RIDERS) == 15
    assert layer.is_modelled
    assert "4 单" in layer.origin("zh")


def test_a_roster_is_brought_to_an_average_hour(
    planner: StaffClient, middle: tuple[float, float], work: Callable[[], None], store: Store
) -> None:
    content = f"经度,纬度,环卫工人\n{middle[0]},{middle[1]},84\n".encode()

    check_url = checked(planner, sent(planner, content), work, hours_a_week="42")

    layer = layer_at(store, saved(planner, check_url, work))
    assert layer.total(WorkerGroup.SANITATION) == pytest.approx(21)
    assert layer.is_modelled


def test_a_section_of_street_spreads_its_workers_along_it(
    planner: StaffClient, middle: tuple[float, float], work: Callable[[], None], store: Store
) -> None:
    lon, lat = middle
    line = {"type": "LineString", "coordinates": [[lon, lat], [lon + 0.03, lat]]}
    feature = {"type": "Feature", "geometry": line, "properties": {"环卫": 10}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()

    layer = layer_at(store, made(planner, content, work, "标段.geojson"))

    assert layer.total(WorkerGroup.SANITATION) == pytest.approx(10, rel=1e-9)
    assert layer.point_count > 5


@pytest.mark.parametrize("name", ["editor_own", "keeper_own"])
def test_others_have_no_demand_pages(client_of: ClientOf, name: str) -> None:
    assert client_of(name).get(ROOT).status_code == 403


def test_a_file_is_its_senders_alone(client_of: ClientOf, planner: StaffClient, listed: bytes) -> None:
    file_url = sent(planner, listed)

    assert client_of("admin").get(file_url).status_code == 404


def test_a_check_is_its_senders_alone_to_save(
    client_of: ClientOf, planner: StaffClient, listed: bytes, work: Callable[[], None], store: Store
) -> None:
    check_url = checked(planner, sent(planner, listed), work)

    answer = client_of("admin").post_form(f"{check_url}/save", {"title": "层", "source": "某处"})
    work()

    assert answer.status_code == 409
    with store.reading() as reader:
        assert reader.demand.cards() == ()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"%PDF-1.7 nothing", "a.csv"),
        (b"\x00\x01\x02\x03", "a.csv"),
        (b"{", "a.geojson"),
        (b'{"type": "Topology"}', "a.geojson"),
        (b"PK\x03\x04 no workbook", "a.xlsx"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "a.gpkg"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(planner: StaffClient, content: bytes, name: str) -> None:
    answer = planner.post_form(f"{ROOT}/files", {"file": (io.BytesIO(content), name)})
    if answer.status_code == 303:
        answer = planner.get(answer.location)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_hostile_text_in_a_file_is_only_text(planner: StaffClient, work: Callable[[], None]) -> None:
    content = '"<script>alert(1)</script>",经度,纬度,人数\n"<img src=x onerror=1>",106.2,38.4,`${1}`\n'.encode()
    file_url = sent(planner, content, "<b>.csv")

    page = planner.get(file_url).text + planner.get(checked(planner, file_url, work, only_group="riders")).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>.csv" not in page


# --- the week of a group -----------------------------------------------------------------------


@pytest.fixture
def layer_url(planner: StaffClient, listed: bytes, work: Callable[[], None]) -> str:
    return made(planner, listed, work)


def week_form(planner: StaffClient, url: str) -> dict[str, str]:
    """What the editor would send as it stands."""
    page = planner.get(url).text
    levels = dict(re.findall(r'name="(h-\d+)" value="([^"]*)"', page))
    version = re.search(r'name="version" value="(\d+)"', page)
    mode = re.search(r'<option value="(\w+)" selected', page)
    speed = re.search(r'name="speed_kmh"[^>]*value="([^"]*)"', page)
    assert version
    assert mode
    assert speed
    return levels | {"version": version[1], "mode": mode[1], "speed_kmh": speed[1]}


def test_a_week_saved_as_it_stands_changes_nothing(planner: StaffClient, layer_url: str, store: Store) -> None:
    before = layer_at(store, layer_url)

    answer = planner.post_form(f"{layer_url}/riders", week_form(planner, f"{layer_url}/riders"))

    assert answer.status_code == 303
    after = layer_at(store, layer_url)
    assert np.allclose(after.profiles[WorkerGroup.RIDERS], before.profiles[WorkerGroup.RIDERS], rtol=1e-12)


def test_an_hour_that_is_raised_weighs_more_and_the_mean_stays_one(
    planner: StaffClient, layer_url: str, store: Store
) -> None:
    url = f"{layer_url}/riders"
    fields = {f"h-{hour}": "0" for hour in range(168)} | {"h-20": "50", "h-21": "150"}

    planner.post_form(url, week_form(planner, url) | fields | {"mode": "walk", "speed_kmh": "5.5"})

    layer = layer_at(store, layer_url)
    profile = layer.profiles[WorkerGroup.RIDERS]
    assert (profile[20], profile[21]) == pytest.approx((42, 126))
    assert profile.mean() == pytest.approx(1)
    way = layer.movement[WorkerGroup.RIDERS]
    assert (way.mode.value, way.speed_kmh) == ("walk", 5.5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"h-3": "-1"}, "h-3"),
        ({"h-3": ""}, "h-3"),
        ({"h-167": "nan"}, "h-167"),
        ({"speed_kmh": "0.5"}, "speed_kmh"),
        ({"speed_kmh": "1000"}, "speed_kmh"),
        ({"mode": "fly"}, "mode"),
        ({f"h-{hour}": "0" for hour in range(168)}, "h-0"),
    ],
)
def test_what_is_wrong_with_a_week_comes_back_at_its_field(
    planner: StaffClient, layer_url: str, store: Store, changes: dict[str, str], field: str
) -> None:
    url, before = f"{layer_url}/riders", layer_at(store, layer_url).checksum()

    answer = planner.post_form(url, week_form(planner, url) | {"h-100": "123.4"} | changes)

    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert 'value="123.4"' in answer.text or "h-100" in changes
    assert layer_at(store, layer_url).checksum() == before


def test_two_people_at_one_week_do_not_overwrite_each_other_unseen(
    planner: StaffClient, client_of: ClientOf, layer_url: str, store: Store
) -> None:
    url = f"{layer_url}/riders"
    mine = week_form(planner, url) | {"h-5": "400"}
    client_of("admin").post_form(url, week_form(planner, url) | {"h-6": "300"})
    theirs = layer_at(store, layer_url).checksum()

    answer = planner.post_form(url, mine)

    assert answer.status_code == 409
    assert 'value="400"' in answer.text
    assert layer_at(store, layer_url).checksum() == theirs


# --- deleting ----------------------------------------------------------------------------------


def test_a_layer_that_counts_cannot_be_deleted(planner: StaffClient, layer_url: str, store: Store) -> None:
    name = layer_url.rpartition("/")[2]
    planner.post_form(f"{ROOT}/choices", {"layer-riders": name})

    refused = planner.post_form(f"{layer_url}/delete")
    planner.post_form(f"{ROOT}/choices", {"layer-riders": ""})
    deleted = planner.post_form(f"{layer_url}/delete")

    assert (refused.status_code, deleted.status_code) == (409, 303)
    with store.reading() as reader:
        assert reader.demand.cards() == ()
    assert planner.get(layer_url).status_code == 404


def test_choosing_a_layer_that_is_gone_changes_nothing(planner: StaffClient, layer_url: str, store: Store) -> None:
    answer = planner.post_form(
        f"{ROOT}/choices", {"layer-riders": "gone", "layer-sanitation": layer_url.rpartition("/")[2]}
    )

    assert answer.status_code == 409
    with store.reading() as reader:
        assert reader.demand.choices() == {}


def test_more_layers_ask_no_more_of_the_database(
    planner: StaffClient, listed: bytes, work: Callable[[], None], layer_url: str
) -> None:
    before = {url: statements(planner, url) for url in (ROOT, layer_url, f"{layer_url}/riders")}

    made(planner, listed, work)

    assert {url: statements(planner, url) for url in before} == before


def test_pages_of_demand_are_kept_nowhere(planner: StaffClient, layer_url: str) -> None:
    for url in (ROOT, layer_url, f"{layer_url}/riders"):
        assert planner.get(url).headers["Cache-Control"] == "no-store"


def test_a_form_without_its_senders_token_does_nothing(planner: StaffClient, layer_url: str, store: Store) -> None:
    answer: TestResponse = planner.browser.post(f"{layer_url}/delete", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 403
    assert layer_at(store, layer_url).point_count


def refused_book(client: StaffClient, address: str) -> Any:
    """The workbook of the rows left out."""
    answer = client.get(address)
    content = answer.data
    answer.close()
    return openpyxl.load_workbook(io.BytesIO(content))


def test_the_rows_left_out_can_be_put_right_in_a_sheet_and_sent_in_again(
    planner: StaffClient, client_of: ClientOf, listed: bytes, work: Callable[[], None]
) -> None:
    check_url = checked(planner, sent(planner, listed), work)
    address = re.search(r'href="([^"]+refused\.xlsx)"', planner.get(check_url).text)
    assert address
    book = refused_book(planner, address[1])
    head, row = list(book.active.iter_rows(values_only=True))

    assert head[:4] == ("经度", "纬度", "外卖骑手", "环卫工人")
    assert row[2:5] == ("十二", "1", 5)
    assert "不是数字" in str(row[5])
    assert "Not a number" in str(row[6])
    book.active["C2"] = 12
    stream = io.BytesIO()
    book.save(stream)
    again = planner.get(checked(planner, sent(planner, stream.getvalue(), "again.xlsx"), work)).text
    assert "refused.xlsx" not in again
    assert re.search(r'外卖骑手</th><td class="number"[^>]*>12<', again)
    assert client_of("editor_own").get(address[1]).status_code == 403


def test_refused_shapes_come_back_as_wkt_in_their_own_system(
    planner: StaffClient, middle: tuple[float, float], work: Callable[[], None]
) -> None:
    lon, lat = middle
    features = [
        {"type": "Feature", "properties": {"环卫工人": count}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for count in (3, "三")
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    check_url = checked(planner, sent(planner, content, "a.geojson"), work, crs="gcj02")
    book = refused_book(planner, f"{check_url}/refused.xlsx")
    head, row = list(book.active.iter_rows(values_only=True))

    assert head[1] == "WKT (GCJ-02)"
    assert row[0] == "三"
    book.active["A2"] = 3
    stream = io.BytesIO()
    book.save(stream)
    file_url = sent(planner, stream.getvalue(), "again.xlsx")
    assert form_of(planner.get(file_url).text)["crs"] == "gcj02"
    again = planner.get(checked(planner, file_url, work)).text
    assert re.search(r'环卫工人</th><td class="number"[^>]*>3</td><td class="number"[^>]*>3<', again)
