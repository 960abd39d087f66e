"""Published instances with known answers: exact mode proves them, and the search comes near them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.set_cover import cover_all
from tests.geodata.siting.published import bronx, needs_instances, pmed, rows_of, san_francisco, sao_jose

pytestmark = needs_instances

TWO_MINUTES = Effort(time_limit_s=120.0)
SAO_JOSE = rows_of("mclp_sjc", "expected.csv")
QUICK_SAO_JOSE = [row for row in SAO_JOSE if row["p"] in {"20", "108"}]


def proves_sao_jose(row: dict[str, str]) -> None:
    problem = sao_jose(int(row["n"]), float(row["radius_m"]), int(row["p"]))

    answer = cover_most(problem, TWO_MINUTES)

    assert answer.proven
    assert answer.objective == answer.bound == float(row["covered_demand"])


@pytest.mark.parametrize("row", QUICK_SAO_JOSE, ids=lambda row: "-".join(row.values()))
def test_some_of_sao_jose_is_proven(row: dict[str, str]) -> None:
    proves_sao_jose(row)


@pytest.mark.long
@pytest.mark.parametrize("row", SAO_JOSE, ids=lambda row: "-".join(row.values()))
def test_all_of_sao_jose_is_proven(row: dict[str, str]) -> None:
    proves_sao_jose(row)


@pytest.mark.parametrize("row", rows_of("pmed", "expected.csv"), ids=lambda row: row["instance"])
def test_pmed_is_proven(row: dict[str, str]) -> None:
    answer = least_total_cost(pmed(row["instance"]), TWO_MINUTES)

    assert answer.proven

    assert answer.objective == float(row["p_median_optimum"])


@pytest.mark.parametrize("row", rows_of("pmed", "expected.csv"), ids=lambda row: row["instance"])
def test_the_centers_of_pmed_are_proven(row: dict[str, str]) -> None:
    answer = least_worst_cost(pmed(row["instance"]), TWO_MINUTES)

    assert answer.proven

    assert answer.objective == float(row["p_center_optimum"])


def test_san_franciscos_curve_is_proven() -> None:
    city = san_francisco()
    points, stores = np.nonzero(city.distance_m <= city.expected["service_distance_m"])
    covers = Covers.of_pairs(len(city.people), 16, points, stores)

    answers = [cover_most(CoverProblem(city.people, covers, Choices.of_count(16, k)), TWO_MINUTES) for k in range(1, 8)]

    assert [answer.objective for answer in answers] == city.curve
    assert all(answer.proven for answer in answers)


def test_san_franciscos_fewest_stores_are_proven() -> None:
    city = san_francisco()
    points, stores = np.nonzero(city.distance_m <= city.expected["service_distance_m"])

    answer = cover_all(Covers.of_pairs(len(city.people), 16, points, stores), Choices.of_count(16, None), TWO_MINUTES)

    assert answer.proven

    assert answer.objective == city.expected["lscp_min_facilities"]


def test_san_franciscos_median_and_center_are_proven() -> None:
    city = san_francisco()
    problem = DistanceProblem(city.people, city.distance_m, Choices.of_count(16, 4))

    median, center = least_total_cost(problem, TWO_MINUTES), least_worst_cost(problem, TWO_MINUTES)

    assert median.proven

    assert median.objective == pytest.approx(city.expected["pmedian_obj"], rel=1e-9)
    assert center.proven
    assert center.objective == pytest.approx(city.expected["pcenter_obj"], rel=1e-9)


def test_a_counted_search_of_bronx_comes_within_two_and_a_half_percent_of_the_best_published() -> None:
    row = rows_of("mclp_city", "expected.csv")[2]
    steps = Effort(time_limit_s=600.0, steps_count=200)

    answer = cover_most(bronx(float(row["radius_m"]), int(row["p"])), steps, exact=False)

    assert answer.objective is not None

    assert answer.bound is not None
    assert answer.objective >= 0.975 * float(row["published_best"])
    assert answer.bound >= float(row["published_best"])


@pytest.mark.long
@pytest.mark.parametrize("row", rows_of("mclp_city", "expected.csv"), ids=lambda row: row["p"])
def test_a_minute_of_bronx_comes_within_half_a_percent_of_the_best_published(row: dict[str, str]) -> None:
    problem, published = bronx(float(row["radius_m"]), int(row["p"])), float(row["published_best"])

    quick = cover_most(problem, Effort(time_limit_s=1.0), exact=False)
    slow = cover_most(problem, replace(TWO_MINUTES, time_limit_s=60.0), exact=False)

    print(row["p"], quick.objective, slow.objective, slow.bound, published)
    assert quick.objective is not None
    assert quick.objective >= 0.975 * published
    assert slow.objective is not None
    assert slow.objective >= 0.995 * published
    assert slow.bound is not None
    assert slow.bound >= published
