"""A station's photo that the disk has no room for."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask import Flask

from mapapp.services.photos import photos_dir
from tests.mapapp.staff.station_forms import inputs_of_page, send
from tests.mapapp.staff.test_station_saving import PAGE, photo
from tests.mapapp.staff.world import StaffClient
from tests.tiny_disk import full, tiny_disk

ClientOf = Callable[[str], StaffClient]


def test_the_form_comes_back_with_everything_typed_and_is_taken_when_there_is_room(
    client_of: ClientOf, staff_app: Flask
) -> None:
    client = client_of("editor_own")
    page = client.get(PAGE)
    with tiny_disk(photos_dir(staff_app.extensions["stationmap"].settings)) as disk:
        with full(disk):
            answer = send(client, page, "check", name="新名", photo_file=(BytesIO(photo()), "door.png"))
            left = [file.name for file in disk.iterdir()]
        again = send(client, page, "check", name="新名", photo_file=(BytesIO(photo()), "door.png"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert inputs_of_page(answer.text)["name"] == "新名"
    assert "文件需要重新选择" in answer.text or "Files have to be chosen again" in answer.text
    assert left == [".filler"]
    assert again.status_code == 200
    assert inputs_of_page(again.text)["photo"]
