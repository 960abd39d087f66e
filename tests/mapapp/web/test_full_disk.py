"""A photo that the disk has no room for: said in words, everything typed still there, nothing half kept."""

from __future__ import annotations

import errno
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.services.photos import photos_dir
from mapapp.settings import Settings
from mapapp.store import ReportsQuestion, Store
from tests.mapapp.public.report_sending import AS_FORM, photo, send
from tests.tiny_disk import full, tiny_disk


@pytest.fixture
def disk(settings: Settings) -> Iterator[Path]:
    with tiny_disk(photos_dir(settings)) as folder:
        yield folder


def reports_count(store: Store) -> int:
    with store.reading() as reader:
        rows, _ = reader.reports.page(ReportsQuestion())
    return len(rows)


def test_a_report_is_not_taken_without_its_photo_and_taken_once_when_there_is_room(
    client: FlaskClient, disk: Path, sample_store: Store
) -> None:
    key = str(uuid.uuid4())
    with full(disk):
        refused = send(client, key=key, photo=photo())
        left = [file.name for file in disk.iterdir()]
    accepted = [send(client, key=key, photo=photo()) for _ in range(2)]

    assert (refused.status_code, refused.get_json()["code"]) == (503, "unkept")
    assert refused.headers["Retry-After"] == "60"
    assert left == [".filler"]
    assert [answer.status_code for answer in accepted] == [201, 200]
    assert reports_count(sample_store) == 1
    assert len(list(disk.iterdir())) == 1


def test_the_form_of_a_report_comes_back_with_everything_typed(client: FlaskClient, disk: Path) -> None:
    with full(disk):
        answer = send(client, AS_FORM, kind="broken", services="water", text="饮水机坏了 <b>", photo=photo())
    page = answer.get_data(as_text=True)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "饮水机坏了 &lt;b&gt;" in page
    assert "照片" in page


def test_wherever_a_disk_is_full_the_answer_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is spooled to a disk too, before anything of ours reads it."""

    def no_room(**_: object) -> IO[bytes]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("werkzeug.wrappers.request.default_stream_factory", no_room)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = send(app.test_client(), AS_FORM, photo=photo())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "维护人员" in answer.get_data(as_text=True) or "腾出" in answer.get_data(as_text=True)
