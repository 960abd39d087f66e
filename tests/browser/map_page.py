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
    return page.locator("#list .station-name").all_text_contents()


def count(page: Page) -> int:
    """How many stations the count line speaks of."""
    return int(page.locator("#count").inner_text().split(" ")[0])


def chip(page: Page, name: str, value: str) -> Locator:
    """The tick box of a filter."""
    return page.locator(f"#finder input[name={name}][value={value}]")


def chip_label(page: Page, name: str, value: str) -> Locator:
    """What a finger hits of a filter."""
    return page.locator("label.chip", has=page.locator(f"input[name={name}][value={value}]"))


def open_filters(page: Page) -> bool:
    """Open all filters, as far as the window hides them; whether they came up from below."""
    opener = page.locator("#filters-open")
    is_sheet = opener.is_visible()
    if is_sheet and opener.get_attribute("aria-expanded") == "false":
        opener.click()
    services = page.locator("details.services")
    if not services.evaluate("node => node.open"):
        services.locator("> summary").click()
    return is_sheet


def tick(page: Page, name: str, value: str) -> None:
    """Tick a filter the way a finger does: anywhere on its label, after opening whatever hides it."""
    is_sheet = open_filters(page)
    label = chip_label(page, name, value)
    if not label.is_visible():
        page.locator("details.more-services > summary").click()
    label.click()
    if is_sheet:
        page.locator("#filters-done").click()
        expect(page.locator("#filters")).to_be_hidden()


def open_map(page: Page) -> None:
    """On a phone: leave the list for the map."""
    page.get_by_role("button", name="地图", exact=True).click()


def map_assets(page: Page) -> list[str]:
    """What the page says the map consists of."""
    found: list[str] = page.evaluate(
        """() => {
          const { styles, scripts, code, fragment } = JSON.parse(document.getElementById("page-data").textContent).urls.mapAssets;
          return [...styles, ...scripts, code, fragment];
        }"""
    )
    return found


def choose_mode(page: Page, mode: str) -> None:
    """Choose how to travel; a place must be set."""
    page.locator("#mode").select_option(mode)


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
