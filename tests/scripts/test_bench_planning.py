"""The planner's benchmark runs, and measures what the bars speak of."""

from __future__ import annotations

import pytest

from benchmarks import planning
from tests.conftest import TESTCITY_DIR


@pytest.mark.long
def test_it_runs() -> None:
    section = planning.measure(str(TESTCITY_DIR), planning.Effort(1, plans_count=1))

    bars = {figure.name: str(figure.bar) for figure in section.figures if figure.bar is not None}
    assert bars.pop("first whole answer, each group its own way") == "≤ 1"
    plans = {bars.pop(name) for name in list(bars) if name.startswith("plan at once: ")}
    assert plans == {"≤ 1"}
    assert set(bars.values()) == {"≤ 150"}
    assert all(figure.value.middle > 0 for figure in section.figures)
