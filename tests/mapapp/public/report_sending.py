"""Sending reports as a browser does: from a page of ours."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

FROM_OUR_PAGE = {"Origin": "http://localhost", "Accept-Language": "zh-CN"}
AS_SCRIPT = {**FROM_OUR_PAGE, "Accept": "application/json"}
AS_FORM = {**FROM_OUR_PAGE, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STATION = "YC-S0001"


def send(client: FlaskClient, headers: dict[str, str] = AS_SCRIPT, **fields: Any) -> TestResponse:
    """Post a report, by default a locked door at one station, under a key of its own."""
    data = {"kind": "locked", "station": STATION, "key": str(uuid.uuid4()), **fields}
    return client.post(
        "/reports", data={name: value for name, value in data.items() if value is not None}, headers=headers
    )


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> tuple[io.BytesIO, str]:
    """A small picture as a form sends it."""
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind)
    content.seek(0)
    return content, f"door.{kind.lower()}"


def page_of(client: FlaskClient, path: str, language: str = "zh-CN") -> str:
    """A page's text."""
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)
