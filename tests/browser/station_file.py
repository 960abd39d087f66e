"""The compact station file as a test hands it to the page, with facts of the test's own in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

StationFile = dict[str, Any]
DATA_URL = "/data/stations.json"


def change_stations(page: Page, change: Callable[[StationFile], None]) -> None:
    """Let the page receive the real file after ``change``; to be called before ``goto``."""
    give_stations(page, changed(page.context, change))


def give_stations(page: Page, file: StationFile) -> None:
    """Let the page receive this file."""
    page.route(f"**{DATA_URL}", lambda route: route.fulfill(json=file))


def changed(context: BrowserContext, change: Callable[[StationFile], None]) -> StationFile:
    """The real file after ``change``."""
    file: StationFile = context.request.get(DATA_URL).json()
    change(file)
    return file


def row_of(file: StationFile, code: str) -> int:
    """The row of a station in all columns."""
    found: int = file["stations"]["code"].index(code)
    return found


def set_in_row(file: StationFile, row: int, **facts: Any) -> None:
    """Give a station other facts; a column that few have is a mapping from rows."""
    for column, value in facts.items():
        values = file["stations"][column]
        values[str(row) if isinstance(values, dict) else row] = value
