"""The benchmark of the staff's pages runs over real servers, signed in, and holds lists against the bar."""

from __future__ import annotations

import pytest

from benchmarks import staff_pages
from tests.conftest import TESTCITY_DIR


@pytest.mark.long
def test_staff_pages_are_measured_over_a_large_and_a_small_register() -> None:
    section = staff_pages.measure(str(TESTCITY_DIR), staff_pages.Effort(1, 1, stations_count=60, few_stations_count=5))

    with_bar = {figure.name for figure in section.figures if figure.bar is not None}
    assert with_bar == set(staff_pages.PAGES) - {staff_pages.FLOOR, staff_pages.DASHBOARD}
    assert all(str(figure.bar) == "≤ 200" for figure in section.figures if figure.bar is not None)
    assert "60 invented stations" in section.notes[0]
