"""The pages without script: a form, a list, a picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Watch


@pytest.fixture
def plain_page(context_factory: OpenContext) -> Page:
    """A browser that runs no scripts."""
    return context_factory(java_script_enabled=False).new_page()


def test_the_form_answers_with_a_list_and_a_picture(plain_page: Page) -> None:
    plain_page.goto("/")
    plain_page.get_by_label("经度", exact=True).fill("106.2313")
    plain_page.get_by_label("纬度", exact=True).fill("38.4872")
    plain_page.get_by_label("列出几个").fill("4")

    plain_page.get_by_role("button", name="查找站点").click()

    expect(plain_page.locator(".station")).to_have_count(4)
    expect(plain_page.locator(".static-map .answer-number")).to_have_text(["4", "3", "2", "1"])
    assert plain_page.url.endswith("/nearest")


def test_wrong_input_is_kept_with_the_problem_at_its_field(plain_page: Page, watch: Watch) -> None:
    plain_page.goto("/")
    plain_page.get_by_label("经度", exact=True).fill("38.4872")
    plain_page.get_by_label("纬度", exact=True).fill("106.2313")

    plain_page.get_by_role("button", name="查找站点").click()

    expect(plain_page.get_by_label("纬度", exact=True)).to_have_value("106.2313")
    expect(plain_page.locator("#lat-problem")).to_contain_text("经度和纬度是不是写反了？")
    watch.expect("400")


def test_controls_that_need_script_are_not_shown(plain_page: Page) -> None:
    plain_page.goto("/")

    for control in ("#near-me", "#q", "#list", ".map-pane", ".view-switch"):
        expect(plain_page.locator(control)).to_be_hidden()


def test_a_station_is_found_through_the_list_of_all(plain_page: Page) -> None:
    plain_page.goto("/")
    plain_page.get_by_role("link", name="全部站点").last.click()

    plain_page.locator(".plain-stations a").first.click()

    expect(plain_page.get_by_role("heading", name="开放时间")).to_be_visible()
    expect(plain_page.locator(".static-map")).to_be_visible()


def test_a_page_whose_script_does_not_arrive_falls_back(page: Page, watch: Watch) -> None:
    page.route("**/main.*.js", lambda route: route.abort())

    page.goto("/")

    expect(page.get_by_label("经度", exact=True).first).to_be_visible()
    watch.problems.clear()  # the missing script is complained about in several ways
