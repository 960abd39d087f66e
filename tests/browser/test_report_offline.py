"""A report that somebody took home: opened from the disk without a network, its map moves and nothing is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from geodata.places import Place
from mapapp.services.planning_report.from_answer import RunLabel, answer_report
from mapapp.services.planning_report.page import report_page
from mapapp.services.planning_report.speech import Speech
from mapapp.settings import Settings
from tests.mapapp.services.planning_report.documents import HOSTILE, answer_document

MAP: Final = ".live-map .leaflet-container"
STATES: Final = [("zh", "light", 1280), ("en", "dark", 820)]


@pytest.fixture
def opened(browser: Browser, place: Place, settings: Settings, tmp_path: Path) -> Iterator[Any]:
    """Opens the file of a report in a browser without a network; everything it asks for is kept."""
    contexts = []

    def open_report(language: str, scheme: Any = "light", width: int = 1280) -> tuple[Page, list[str]]:
        document = answer_document(place, station_name=HOSTILE, gap_name=HOSTILE)
        run = RunLabel(number="12", name=HOSTILE, made_by=HOSTILE, made_at=datetime(2026, 11, 18, tzinfo=UTC))
        file = tmp_path / f"{language}.html"
        file.write_text(report_page(answer_report(document, run, place, Speech(language)), place, settings), "utf-8")
        context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.on("console", lambda message: asked.append(message.text) if message.type == "error" else None)
        page.goto(file.as_uri())
        expect(page.locator(f"{MAP} path.report-dot").first).to_be_attached()
        return page, asked

    yield open_report
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), STATES)
def test_it_asks_for_nothing_runs_no_name_and_is_easy_to_use(
    opened: Any, accessibility_problems: Callable[[Page], list[str]], language: str, scheme: str, width: int
) -> None:
    page, asked = opened(language, scheme, width)

    assert [each for each in asked if not each.startswith("file://")] == []
    assert len(asked) == 1
    assert page.evaluate("window.ran") is None
    assert page.locator("table").count() >= 8
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert accessibility_problems(page) == []


def test_its_map_moves_its_layers_are_switched_and_its_names_are_words(opened: Any) -> None:
    page, asked = opened("en")
    gaps = page.locator(f"{MAP} path.report-area.gap")
    pane = page.locator(f"{MAP} .leaflet-map-pane")
    before = pane.get_attribute("style")
    page.locator(MAP).first.focus()
    page.keyboard.press("ArrowRight")
    expect(pane).not_to_have_attribute("style", before or "")
    expect(gaps).to_have_count(2)
    page.get_by_role("checkbox", name="Gaps").uncheck()
    expect(gaps).to_have_count(0)
    page.locator("button[data-gap='0']").click()
    expect(page.locator(".leaflet-popup .popup-name")).to_have_text(f"1. {HOSTILE}")

    assert page.evaluate("window.ran") is None
    assert len(asked) == 1


def test_on_paper_the_map_is_a_picture_and_no_switch_is_printed(opened: Any) -> None:
    page, _asked = opened("zh")
    page.emulate_media(media="print")

    expect(page.locator(".still-map svg.static-map")).to_be_visible()
    expect(page.locator(".live-map")).to_be_hidden()
    expect(page.locator(".layer-switches")).to_be_hidden()
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
