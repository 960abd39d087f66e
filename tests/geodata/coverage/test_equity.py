"""Inequality measures: closed forms, the definitions by brute force, and pysal's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import Floats
from geodata.coverage.equity import fgt, gini, palma
from geodata.errors import InvalidValue

values_and_weights = st.lists(
    st.tuples(st.floats(0, 1000).map(lambda x: round(x, 3)), st.integers(0, 20)), min_size=1, max_size=12
)


def arrays(pairs: list[tuple[float, int]]) -> tuple[Floats, Floats]:
    return np.array([x for x, _w in pairs], dtype=np.float64), np.array([w for _x, w in pairs], dtype=np.float64)


class TestGini:
    def test_the_published_closed_form_comes_out(self) -> None:
        folder = os.environ.get("SITING_BENCHMARKS_DIR")
        path = Path(folder or ".") / "fca_toy" / "equity_closed_form.json"
        if not folder or not path.is_file():
            pytest.skip("SITING_BENCHMARKS_DIR does not name the published examples")
        example = json.loads(path.read_text())

        found = gini(np.array(example["values"], dtype=np.float64), np.array(example["weights"], dtype=np.float64))

        assert found == pytest.approx(example["gini"])

    @pytest.mark.parametrize("count", [1, 2, 5, 100])
    def test_all_alike_is_0_and_one_with_all_is_n_minus_1_over_n(self, count: int) -> None:
        one_has_all = np.zeros(count)
        one_has_all[-1] = 3.0

        assert gini(np.full(count, 7.0), np.ones(count)) == pytest.approx(0, abs=1e-12)
        assert gini(one_has_all, np.ones(count)) == pytest.approx((count - 1) / count)

    @settings(max_examples=60, deadline=None)
    @given(values_and_weights)
    def test_it_is_the_weighted_mean_difference(self, pairs: list[tuple[float, int]]) -> None:
        x, w = arrays(pairs)
        held = float(x @ w)

        expected = (
            float((np.outer(w, w) * np.abs(x[:, None] - x)).sum()) / (2 * float(w.sum()) * held) if held > 0 else None
        )

        assert gini(x, w) == (None if expected is None else pytest.approx(expected, abs=1e-9))

    @settings(max_examples=30, deadline=None)
    @given(values_and_weights)
    def test_a_weight_is_so_many_workers_who_have_alike(self, pairs: list[tuple[float, int]]) -> None:
        x, w = arrays(pairs)
        each = np.repeat(x, w.astype(int))

        assert gini(x, w) == (None if not each.sum() > 0 else pytest.approx(gini(each, np.ones(len(each))), abs=1e-9))

    @pytest.mark.long
    def test_pysal_agrees_on_unit_weights(self) -> None:
        peer = pytest.importorskip("inequality.gini")
        values = np.random.default_rng(2).lognormal(size=200)

        assert gini(values, np.ones(200)) == pytest.approx(peer.Gini(values).g)


class TestPalma:
    def test_alike_is_a_quarter(self) -> None:
        assert palma(np.full(7, 3.0), np.array([1, 2, 3, 4, 5, 6, 7.0])) == pytest.approx(0.25)

    def test_one_to_ten_has_ten_over_ten(self) -> None:
        assert palma(np.arange(1.0, 11.0), np.ones(10)) == pytest.approx(10 / (1 + 2 + 3 + 4))

    def test_workers_on_an_edge_count_in_part(self) -> None:
        assert palma(np.array([1.0, 3.0]), np.ones(2)) == pytest.approx((0.2 * 3) / (0.8 * 1))

    def test_where_the_worst_off_have_nothing_there_is_no_ratio(self) -> None:
        assert palma(np.array([0.0, 5.0]), np.ones(2)) is None

    @settings(max_examples=30, deadline=None)
    @given(values_and_weights, st.integers(2, 9))
    def test_it_does_not_change_with_the_number_of_workers_or_the_unit(
        self, pairs: list[tuple[float, int]], factor: int
    ) -> None:
        x, w = arrays(pairs)

        found = palma(x, w)

        assert palma(x * factor, w * factor) == (None if found is None else pytest.approx(found))


class TestFgt:
    @pytest.mark.parametrize(("order", "expected"), [(0, 2 / 5), (1, (2 / 3 + 1 / 3) / 5), (2, (4 / 9 + 1 / 9) / 5)])
    def test_the_closed_form_of_one_to_five_below_three(self, order: int, expected: float) -> None:
        assert fgt(np.arange(1.0, 6.0), np.ones(5), 3.0, order) == pytest.approx(expected)

    def test_on_the_line_is_not_below_it(self) -> None:
        assert fgt(np.array([3.0]), np.ones(1), 3.0, 0) == 0

    @settings(max_examples=30, deadline=None)
    @given(values_and_weights, st.floats(0.5, 900))
    def test_higher_orders_are_never_more(self, pairs: list[tuple[float, int]], line: float) -> None:
        x, w = arrays(pairs)

        found = [fgt(x, w, line, order) for order in (0, 1, 2)]

        if w.sum() == 0:
            assert found == [None, None, None]
        else:
            share, gap, severity = (float(each or 0) for each in found)
            assert 1 >= share >= gap - 1e-12 >= severity - 2e-12 >= -2e-12

    @pytest.mark.parametrize(("line", "order"), [(0.0, 0), (-1.0, 0), (np.nan, 1), (1.0, 3)])
    def test_a_line_or_order_that_is_none_is_refused(self, line: float, order: int) -> None:
        with pytest.raises(InvalidValue):
            fgt(np.ones(1), np.ones(1), line, order)


@pytest.mark.parametrize("measure", [gini, palma])
def test_nobody_and_nothing_have_no_measure(measure: object) -> None:
    assert callable(measure)
    assert measure(np.empty(0), np.empty(0)) is None
    assert measure(np.array([5.0]), np.zeros(1)) is None
    assert measure(np.zeros(3), np.ones(3)) is None


@pytest.mark.parametrize(
    ("values", "weights"),
    [([np.inf], [1.0]), ([np.nan], [1.0]), ([-1.0], [1.0]), ([1.0], [-1.0]), ([1.0], [np.nan]), ([1.0], [1.0, 2.0])],
)
def test_numbers_that_are_none_are_refused(values: list[float], weights: list[float]) -> None:
    with pytest.raises(InvalidValue):
        gini(np.array(values), np.array(weights))


def test_where_nobody_is_a_value_may_be_anything() -> None:
    assert gini(np.array([np.inf, 1.0, 1.0]), np.array([0.0, 1.0, 1.0])) == pytest.approx(0)
