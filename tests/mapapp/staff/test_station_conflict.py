"""Two editors of one station: each sees what the other changed, and nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geodata.stations.station import Station
from tests.mapapp.staff.station_forms import change, diff_of, inputs_of_page, send
from tests.mapapp.staff.world import OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
PAGE = f"/staff/stations/{OWN_STATION}"


@pytest.fixture
def client(client_of: ClientOf) -> StaffClient:
    return client_of("editor_own")


@pytest.fixture
def stored(staff_app: Flask) -> Callable[[], Station]:
    def read() -> Station:
        with staff_app.extensions["stationmap"].store.reading() as reader:
            station: Station | None = reader.station(OWN_STATION)
        assert station is not None
        return station

    return read


@pytest.fixture
def conflict(client: StaffClient, client_of: ClientOf) -> TestResponse:
    """My new name and address, after somebody else saved another name and a town."""
    form = client.get(PAGE)
    change(client_of("admin"), name="他们的名字", town="他们的街道")
    return send(client, form, "check", name="我的名字", address="我的地址")


def test_only_what_both_changed_is_asked(conflict: TestResponse) -> None:
    assert conflict.status_code == 409
    assert 'name="choose.name"' in conflict.text
    assert 'name="choose.address"' not in conflict.text


def test_the_page_shows_mine_theirs_who_and_what_it_was(conflict: TestResponse) -> None:
    assert all(words in conflict.text for words in ("我的名字", "他们的名字", "admin", "东街驿站"))


def test_what_only_they_changed_is_shown_and_kept(conflict: TestResponse) -> None:
    assert ("乡镇街道", "", "他们的街道") in diff_of(conflict)


def test_without_a_choice_the_question_stays(client: StaffClient, conflict: TestResponse) -> None:
    answer = send(client, conflict, "merge")

    assert (answer.status_code, "choose.name" in answer.text) == (409, True)


@pytest.mark.parametrize(("choice", "name"), [("mine", "我的名字"), ("theirs", "他们的名字")])
def test_the_choice_is_shown_once_more_and_then_saved(
    client: StaffClient, conflict: TestResponse, stored: Callable[[], Station], choice: str, name: str
) -> None:
    preview = send(client, conflict, "merge", choose__name=choice)

    send(client, preview, "save", reason="合并")

    assert (stored().name, stored().address, stored().town) == (name, "我的地址", "他们的街道")


def test_a_change_between_preview_and_save_is_shown_before_it_is_saved_over(
    client: StaffClient, client_of: ClientOf, stored: Callable[[], Station]
) -> None:
    preview = send(client, client.get(PAGE), "check", address="我的地址")
    change(client_of("admin"), town="他们的街道")

    answer = send(client, preview, "save", reason="改地址")

    assert (answer.status_code, stored().address) == (409, "东街 1 号")
    assert ("乡镇街道", "", "他们的街道") in diff_of(answer)
    assert inputs_of_page(answer.text)["reason"] == "改地址"


def test_different_services_are_no_conflict(
    client: StaffClient, client_of: ClientOf, stored: Callable[[], Station]
) -> None:
    form = client.get(PAGE)
    change(client_of("keeper_own"), service__water__state="available")

    preview = send(client, form, "check", service__wifi__state="available")
    send(client, preview, "save", reason="有网了")

    assert {offer.service.value for offer in stored().services} == {"water", "wifi"}


def test_what_i_typed_stays_mine_to_the_letter(
    client: StaffClient, client_of: ClientOf, stored: Callable[[], Station]
) -> None:
    form = client.get(PAGE)
    change(client_of("admin"), town="他们的街道")

    preview = send(client, form, "check", lon="106.300001", lat="38.450001", crs="bd09")
    send(client, preview, "save", reason="移动")

    position = stored().position
    assert position is not None
    assert (position.given_lon, position.given_lat, position.given_crs) == (106.300001, 38.450001, "bd09")


def test_a_form_from_a_version_that_never_was_is_refused(client: StaffClient) -> None:
    assert client.post_form(PAGE, {"version": "77", "name": "x"}).status_code == 400
