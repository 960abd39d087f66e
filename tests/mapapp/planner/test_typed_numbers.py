"""Numbers as planners type them: a comma never makes a thousandth of what was meant."""

from __future__ import annotations

import html
import re

import pytest

from mapapp.planner.typed_numbers import typed_number
from tests.mapapp.staff.world import StaffClient


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10000", 10_000.0),
        ("10,000", 10_000.0),
        ("1,234,567.5", 1_234_567.5),
        ("1.5", 1.5),
        ("0.125", 0.125),
        ("1,5", None),
        ("0,500", None),
        ("10,00", None),
        ("10,0000", None),
        ("1,234,5", None),
        ("1.234,5", None),
        ("1.2345", None),
        ("12345678900", None),
        (",000", None),
        ("", None),
        ("1e5", None),
    ],
)
def test_commas_part_thousands_and_nothing_else(text: str, value: float | None) -> None:
    assert typed_number(text, decimals=3) == value


PLAN = "/planner/sites?when=hour&day=2&clock=9&within=1000m&do=open_site&places=cells&seconds=5&plan=1&limit=budget"


def test_a_budget_with_a_comma_buys_what_it_says_and_is_shown_as_understood(planner: StaffClient) -> None:
    with_comma, without = (planner.get(f"{PLAN}&budget={text}").text for text in ("10,000", "10000"))

    headlines = [re.search(r'class="headline">(.*?)</p>', page) for page in (with_comma, without)]
    assert all(headlines)
    assert headlines[0][1] == headlines[1][1]  # type: ignore[index]
    assert "<dt>预算</dt><dd>10,000</dd>" in with_comma or "<dt>Budget</dt><dd>10,000</dd>" in with_comma


@pytest.mark.parametrize("name", ["budget", "cost-open_site"])
def test_a_comma_that_may_be_a_decimal_point_is_refused_with_the_reason(planner: StaffClient, name: str) -> None:
    planner.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = planner.get(f"{PLAN}&{name}=1,5")

    assert page.status_code == 400
    assert "A comma parts thousands, as in 10,000" in html.unescape(page.text)
