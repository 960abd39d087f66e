"""From typing to saved, without scripts: errors, a look at the changes, a reason, saved, taken back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from geodata.stations.station import Station
from mapapp.services.photos import photos_dir
from mapapp.store import Revision
from tests.mapapp.staff.station_forms import change, diff_of, errors_of, inputs_of_page, send
from tests.mapapp.staff.world import OTHER_STATION, OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
PAGE = f"/staff/stations/{OWN_STATION}"
STAYS = "data-photo-stays"


@pytest.fixture
def stored(staff_app: Flask) -> Callable[[str], Station]:
    def read(code: str) -> Station:
        with staff_app.extensions["stationmap"].store.reading() as reader:
            station: Station | None = reader.station(code)
        assert station is not None
        return station

    return read


@pytest.fixture
def revisions(staff_app: Flask) -> Callable[[str], tuple[Revision, ...]]:
    def read(code: str) -> tuple[Revision, ...]:
        with staff_app.extensions["stationmap"].store.reading() as reader:
            found: tuple[Revision, ...] = reader.revisions(code)
        return found

    return read


def photo(colour: str = "green") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def test_an_error_brings_the_form_back_with_everything_typed(client_of: ClientOf) -> None:
    client = client_of("editor_own")

    answer = send(client, client.get(PAGE), "check", name="", town="某街道", internal_contact="王 139")

    assert (answer.status_code, errors_of(answer)) == (400, ["name"])
    assert inputs_of_page(answer.text)["town"] == "某街道"
    assert inputs_of_page(answer.text)["internal_contact"] == "王 139"
    assert f'href="{PAGE}?lang=en"' in answer.text  # the other language's page is this station's, not the overview


def test_a_number_that_is_no_degree_brings_the_form_back(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    for lon in ("9" * 300, "1e400", "nan"):
        answer = send(client, client.get(PAGE), "check", lon=lon)

        assert answer.status_code == 400
        assert inputs_of_page(answer.text)["lon"] == lon


def test_the_changes_are_shown_before_anything_is_saved(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("editor_own")

    answer = send(client, client.get(PAGE), "check", name="新东街驿站", service__wifi__state="broken")

    assert diff_of(answer) == [("名称", "东街驿站", "新东街驿站"), ("无线网络", "", "报修中")]
    assert stored(OWN_STATION).version == 1


def test_going_back_from_the_preview_loses_nothing(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    preview = send(client, client.get(PAGE), "check", name="新东街驿站", entry__qr="on", hours_text="9:00-17:00")

    form = inputs_of_page(send(client, preview, "edit").text)

    assert (form["name"], form["entry.qr"], form["hours_text"]) == ("新东街驿站", "on", "9:00-17:00")


def test_saving_wants_a_reason(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("editor_own")
    preview = send(client, client.get(PAGE), "check", name="新东街驿站")

    answer = send(client, preview, "save", reason="  ")

    assert (answer.status_code, stored(OWN_STATION).version) == (400, 1)
    assert "reason-error" in answer.text
    assert inputs_of_page(answer.text)["name"] == "新东街驿站"


def test_a_save_writes_one_revision_with_who_and_why(
    client_of: ClientOf, revisions: Callable[[str], tuple[Revision, ...]]
) -> None:
    answer = change(client_of("editor_own"), name="新东街驿站", reason="招牌换了")

    assert answer.headers["Location"] == f"{PAGE}?saved=2"
    latest = revisions(OWN_STATION)[-1]
    assert (latest.number, latest.actor, latest.origin, latest.reason) == (2, "editor_own", "form", "招牌换了")
    assert set(latest.changes) == {"name"}


def test_what_was_just_saved_can_be_taken_back(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("editor_own")
    page = client.get(change(client, name="新东街驿站").headers["Location"])

    client.post_form(f"{PAGE}/undo", {"number": "2"})

    assert f'action="{PAGE}/undo"' in page.text
    assert (stored(OWN_STATION).name, stored(OWN_STATION).version) == ("东街驿站", 3)


def test_nothing_is_taken_back_once_somebody_else_has_saved(
    client_of: ClientOf, stored: Callable[[str], Station]
) -> None:
    client = client_of("editor_own")
    change(client, name="新东街驿站")
    change(client_of("admin"), town="某街道")

    answer = client.post_form(f"{PAGE}/undo", {"number": "2"})

    assert (answer.status_code, stored(OWN_STATION).name) == (409, "新东街驿站")


def test_a_form_without_changes_saves_nothing(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("editor_own")

    answer = send(client, client.get(PAGE), "save", reason="none")

    assert (answer.status_code, stored(OWN_STATION).version) == (200, 1)


def test_a_new_station_gets_its_code_and_district(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("editor_own")
    where = stored(OWN_STATION).position
    assert where is not None
    typed = {"name": "北街驿站", "lon": str(where.point.lon), "lat": str(where.point.lat), "crs": "wgs84"}
    preview = send(client, client.get("/staff/stations/new"), "check", **typed)

    answer = send(client, preview, "save", reason="新建成")

    code = answer.headers["Location"].rpartition("/")[2].partition("?")[0]
    assert (stored(code).name, stored(code).district_code) == ("北街驿站", "640104")


def test_a_second_click_on_save_makes_no_second_station(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("editor_own")
    form, where = client.get("/staff/stations/new"), stored(OWN_STATION).position
    assert where is not None
    typed = {"name": "新站", "lon": str(where.point.lon), "lat": str(where.point.lat), "crs": "wgs84", "reason": "新建"}

    once, again = (send(client, form, "save", **typed) for _ in range(2))
    another = send(client, form, "save", **typed | {"name": "又一站"})

    assert (once.status_code, again.location) == (303, once.location)
    assert another.location != once.location


def test_a_look_at_a_new_station_names_no_code_that_it_will_not_have(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    page = client.get("/staff/stations/new")

    look = client.post_form("/staff/stations/new", inputs_of_page(page.text) | {"name": "新站", "step": "check"})

    assert look.status_code == 200
    assert "-0000" not in look.text


def test_a_station_in_anothers_district_is_refused_at_the_district(
    client_of: ClientOf, stored: Callable[[str], Station]
) -> None:
    client = client_of("editor_own")
    where = stored(OTHER_STATION).position
    assert where is not None
    typed = {"name": "北街驿站", "lon": str(where.point.lon), "lat": str(where.point.lat), "crs": "wgs84"}
    preview = send(client, client.get("/staff/stations/new"), "check", **typed)

    answer = send(client, preview, "save", reason="新建成")

    assert (answer.status_code, errors_of(answer)) == (403, ["district_code"])
    assert inputs_of_page(answer.text)["name"] == "北街驿站"


def test_a_keeper_changes_what_is_theirs_and_sees_the_rest(
    client_of: ClientOf, stored: Callable[[str], Station]
) -> None:
    client = client_of("keeper_own")
    page = client.get(PAGE)

    change(client, service__water__state="available", name="Renamed", reason="装了饮水机")

    assert "name" not in inputs_of_page(page.text)
    assert (stored(OWN_STATION).name, len(stored(OWN_STATION).services)) == ("东街驿站", 1)


@pytest.mark.parametrize(("who", "code"), [("keeper_other", OWN_STATION), ("editor_other", OWN_STATION)])
def test_anothers_station_can_be_read_and_not_saved(client_of: ClientOf, who: str, code: str) -> None:
    client = client_of(who)
    page = client.get(f"/staff/stations/{code}")

    answer = client.post_form(f"/staff/stations/{code}", {"version": "1", "name": "x", "step": "save", "reason": "y"})

    assert (page.status_code, answer.status_code) == (200, 403)


def test_a_photo_is_kept_through_the_preview_and_shown_to_staff_only_until_saved(
    client_of: ClientOf, stored: Callable[[str], Station]
) -> None:
    client = client_of("editor_own")
    preview = send(client, client.get(PAGE), "check", photo_file=(BytesIO(photo()), "door.png"))
    digest = inputs_of_page(preview.text)["photo"]

    send(client, preview, "save", reason="新照片")

    assert stored(OWN_STATION).photo == digest
    assert client.get(f"/staff/photos/{digest}.jpg").status_code == 200


def test_a_file_that_is_no_photo_is_an_error_at_the_photo(client_of: ClientOf) -> None:
    client = client_of("editor_own")

    answer = send(client, client.get(PAGE), "check", name="新名", photo_file=(BytesIO(b"hello"), "a.txt"))

    assert (answer.status_code, errors_of(answer)) == (400, ["photo_file"])
    assert inputs_of_page(answer.text)["name"] == "新名"


def test_a_photo_nobody_sent_cannot_be_named(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    change(client_of("editor_own"), photo="f" * 64, town="某街道")

    assert stored(OWN_STATION).photo is None


def test_an_uploaded_photo_that_is_kept_no_more_is_asked_for_again_and_takes_none_away(
    client_of: ClientOf, stored: Callable[[str], Station], staff_app: Flask
) -> None:
    client = client_of("editor_own")
    change(client, photo_file=(BytesIO(photo()), "door.png"))
    shown = stored(OWN_STATION).photo
    preview = send(client, client.get(PAGE), "check", photo_file=(BytesIO(photo("red")), "door.png"))
    sent = inputs_of_page(preview.text)["photo"]
    (photos_dir(staff_app.extensions["stationmap"].settings) / f"{sent}.jpg").unlink()

    answer = send(client, preview, "save", reason="新照片")

    assert (answer.status_code, errors_of(answer)) == (400, ["photo_file"])
    assert inputs_of_page(answer.text)["photo"] == shown != sent
    send(client, send(client, answer, "check", town="某街道"), "save", reason="街道")
    assert (stored(OWN_STATION).photo, stored(OWN_STATION).town) == (shown, "某街道")


@pytest.mark.parametrize("way", ["undo", "restore", "restore one field"])
def test_an_earlier_photo_that_is_kept_no_more_stays_away_and_that_is_said(
    client_of: ClientOf, stored: Callable[[str], Station], staff_app: Flask, way: str
) -> None:
    client = client_of("editor_own")
    change(client, photo_file=(BytesIO(photo()), "door.png"))
    lost = stored(OWN_STATION).photo
    change(client, photo_file=(BytesIO(photo("red")), "door.png"), town="某街道")
    shown = stored(OWN_STATION).photo
    (photos_dir(staff_app.extensions["stationmap"].settings) / f"{lost}.jpg").unlink()

    if way == "undo":
        answer = client.post_form(f"{PAGE}/undo", {"number": "3"})
    else:
        address = f"{PAGE}/history/2/restore" + ("?field=photo&field=town" if way == "restore one field" else "")
        preview = client.get(address)
        assert STAYS in preview.text
        assert [field for field, _, _ in diff_of(preview)] == ["乡镇街道"]
        answer = send(client, preview, "", address, reason="改回去")

    assert (stored(OWN_STATION).photo, stored(OWN_STATION).town, stored(OWN_STATION).version) == (shown, "", 4)
    assert STAYS in client.get(answer.headers["Location"]).text


def test_a_move_of_status_goes_through_the_same_steps(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    client = client_of("keeper_own")
    history = client.get(f"{PAGE}/history")
    assert 'name="life_cycle"' in history.text
    sent = {"version": "1", "life_cycle": "renovating", "step": "check", "reason": "装修"}
    preview = client.post_form(PAGE, sent)

    send(client, preview, "save", PAGE)

    assert stored(OWN_STATION).life_cycle == "renovating"


def test_a_station_is_never_stored_by_a_browser(client_of: ClientOf) -> None:
    assert "no-store" in client_of("editor_own").get(PAGE).headers["Cache-Control"]


def test_a_station_that_is_not_there_is_not_found(client_of: ClientOf) -> None:
    assert client_of("admin").get("/staff/stations/YC-9999").status_code == 404


def test_where_a_point_lies_is_told_in_all_systems(client_of: ClientOf, stored: Callable[[str], Station]) -> None:
    where = stored(OWN_STATION).position
    assert where is not None
    query = {"lon": str(where.point.lon), "lat": str(where.point.lat), "crs": "wgs84", "name": "东街 驿站"}

    found = client_of("editor_own").get("/staff/stations/where", query_string=query).get_json()

    assert found["district"] == "兴庆区"
    assert set(found["others"]) == {"wgs84", "gcj02", "bd09"}
    assert [each["code"] for each in found["like_named"]] == [OWN_STATION]


def test_a_form_whose_session_ended_is_kept_while_signing_in_again(
    client_of: ClientOf, stored: Callable[[str], Station]
) -> None:
    client = client_of("editor_own")
    page = client.get(PAGE)
    client.app.extensions["stationmap"].accounts.sign_out(client.token)

    asked = send(client, page, "check", town="某街道", internal_contact="王 139")

    carried = inputs_of_page(asked.text)
    assert (asked.status_code, carried["next"]) == (401, PAGE)
    assert all(f'["{name}","{text}"]' in carried["carried"] for name, text in [("town", "某街道"), ("step", "check")])
    assert stored(OWN_STATION).version == 1
