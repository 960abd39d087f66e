"""The map page as its tests handle it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

HERE = {"longitude": 106.231357, "latitude": 38.487246, "accuracy": 30}
"""Somewhere in the middle of the city; its digits occur nowhere else."""

WIDE = {"width": 1440, "height": 900}


def open_map_page(page: Page, query: str = "") -> None:
    """Open the page and wait for the list."""
    page.goto("/" + query)
    expect(rows(page).first).to_be_visible()


def rows(page: Page) -> Locator:
    """The rows of the list."""
    return page.locator("#list .station")


def names(page: Page) -> list[str]:
    """The names shown, in their order."""
    return page.locator("#list .station-name").all_inner_texts()


def count(page: Page) -> int:
    """How many stations the count line speaks of."""
    return int(page.locator("#count").inner_text().split(" ")[0])


def chip(page: Page, name: str, value: str) -> Locator:
    """The tick box of a filter."""
    return page.locator(f"#finder input[name={name}][value={value}]")


def tick(page: Page, name: str, value: str) -> None:
    """Tick a filter the way a finger does: anywhere on its label."""
    page.locator("label.chip", has=page.locator(f"input[name={name}][value={value}]")).click()


def use_coordinates(page: Page, text: str, crs: str = "wgs84") -> None:
    """Type coordinates and use them."""
    other_ways = page.locator("#other-ways")
    if not other_ways.evaluate("node => node.open"):
        other_ways.locator("summary").click()
    page.locator("#coordinates").fill(text)
    page.locator("#coordinates-crs").select_option(crs)
    page.locator("#use-coordinates").click()


def markers(page: Page) -> Locator:
    """Stations and clusters on the map."""
    return page.locator(".map-mark, .map-cluster")
