"""The history: every revision in words, and the way back to each, looked at first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from geodata.stations.station import Station
from tests.mapapp.staff.station_forms import change, diff_of, inputs_of_page, send
from tests.mapapp.staff.world import OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
PAGE = f"/staff/stations/{OWN_STATION}"


@pytest.fixture
def stored(staff_app: Flask) -> Callable[[], Station]:
    def read() -> Station:
        with staff_app.extensions["stationmap"].store.reading() as reader:
            station: Station | None = reader.station(OWN_STATION)
        assert station is not None
        return station

    return read


@pytest.fixture
def client(client_of: ClientOf) -> StaffClient:
    client = client_of("editor_own")
    change(client, name="第二个名字", town="某街道", reason="招牌换了")
    change(client, name="第三个名字", reason="又换了")
    return client


def restore(client: StaffClient, path: str) -> None:
    preview = client.get(path)
    send(client, preview, "", preview.request.path, reason="改回去")


def test_each_revision_tells_who_when_why_from_where_and_what(client: StaffClient) -> None:
    page = client.get(f"{PAGE}/history")

    assert ("名称", "第二个名字", "第三个名字") in diff_of(page)
    assert all(words in page.text for words in ("editor_own", "2026-11-18 10:00", "招牌换了", "员工页面"))


def test_going_back_is_shown_first_and_changes_nothing(client: StaffClient, stored: Callable[[], Station]) -> None:
    preview = client.get(f"{PAGE}/history/1/restore")

    assert diff_of(preview) == [("名称", "第三个名字", "东街驿站"), ("乡镇街道", "某街道", "")]
    assert stored().version == 3


def test_a_whole_version_can_be_restored(client: StaffClient, stored: Callable[[], Station]) -> None:
    restore(client, f"{PAGE}/history/1/restore")

    assert (stored().name, stored().town, stored().version) == ("东街驿站", "", 4)


def test_a_single_field_can_be_restored(client: StaffClient, stored: Callable[[], Station]) -> None:
    restore(client, f"{PAGE}/history/1/restore?field=name")

    assert (stored().name, stored().town) == ("东街驿站", "某街道")


def test_a_restore_made_from_an_older_page_is_looked_at_once_more(
    client: StaffClient, client_of: ClientOf, stored: Callable[[], Station]
) -> None:
    preview = client.get(f"{PAGE}/history/1/restore")
    change(client_of("admin"), address="新地址")

    answer = send(client, preview, "", preview.request.path, reason="改回去")

    assert (answer.status_code, stored().name) == (409, "第三个名字")


def test_going_back_to_what_is_there_offers_nothing(client: StaffClient) -> None:
    assert "version" not in inputs_of_page(client.get(f"{PAGE}/history/3/restore").text)


def test_a_keeper_is_told_that_a_whole_version_is_not_theirs_to_restore(
    client: StaffClient, client_of: ClientOf, stored: Callable[[], Station]
) -> None:
    keeper = client_of("keeper_own")
    preview = keeper.get(f"{PAGE}/history/1/restore")

    answer = send(keeper, preview, "", preview.request.path, reason="改回去")

    assert (answer.status_code, stored().name) == (409, "第三个名字")
    assert client.token != keeper.token


def test_fields_that_no_station_has_are_not_restored(client: StaffClient) -> None:
    page = client.get(f"{PAGE}/history/1/restore?field=name.en&field=nonsense")

    assert page.status_code == 200
    assert diff_of(page) == []


def test_a_station_that_never_was_is_not_found(client: StaffClient) -> None:
    assert client.post_form("/staff/stations/YC-9999/undo", {"number": "1"}).status_code == 404


def test_a_version_that_never_was_is_not_found(client: StaffClient) -> None:
    assert client.get(f"{PAGE}/history/9/restore").status_code == 404


def test_a_delisted_station_leaves_the_map_and_not_the_record(client: StaffClient) -> None:
    sent = {"version": "3", "life_cycle": "delisted", "step": "check", "reason": "拆除"}
    send(client, client.post_form(PAGE, sent), "save", PAGE)
    client.app.extensions["stationmap"].keeper.refresh()

    assert client.get(f"/stations/{OWN_STATION}").status_code == 404
    assert "拆除" in client.get(f"{PAGE}/history").text


def test_a_planner_reads_the_history_and_is_offered_nothing(client: StaffClient, client_of: ClientOf) -> None:
    page = client_of("planner").get(f"{PAGE}/history")

    assert (page.status_code, "/restore" in page.text, client.token is None) == (200, False, False)
