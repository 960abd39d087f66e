"""What a report says: its sentence, its tables and charts agree with the document they were made of."""

from __future__ import annotations

import pytest

from geodata.places import Place
from mapapp.services.planning_report.content import ChartKind, Form, both_bounds, both_cases
from mapapp.services.planning_report.from_answer import answer_report
from mapapp.services.planning_report.page_charts import page_chart
from mapapp.services.planning_report.page_tables import page_table
from mapapp.services.planning_report.speech import Speech
from tests.mapapp.services.planning_report.conftest import MakeReport, run_label
from tests.mapapp.services.planning_report.documents import answer_document


def test_the_headline_has_the_rule_and_both_bounds_and_counts_hours_where_several_are_asked(
    make_report: MakeReport,
) -> None:
    assert make_report().headline == (
        "All hours of the week: for 50.0%–62.5% of the hours that delivery riders are at work, there is an open station "
        "within 1000 m in a straight line."
    )
    assert make_report("zh").headline == (
        "全周所有时段：外卖骑手的工作人时中，有 50.0%–62.5% 在直线距离 1000 米内有开放的站点。"
    )


def test_both_bounds_share_a_cell_of_a_page(make_report: MakeReport) -> None:
    report = make_report()
    table = report.table("districts")
    assert table is not None
    shown = page_table(table, report.speech)

    assert shown.headings == ("district", "worker-hours", "covered", "covered share", "night gap")
    assert shown.rows[0][1:] == ("6,000", "3,600–4,200", "60.0%–70.0%", "30.0–70.0 pp")


def test_every_chart_has_the_table_of_its_numbers(make_report: MakeReport) -> None:
    report = make_report()

    assert {chart.kind for chart in report.charts} == set(ChartKind)
    for chart in report.charts:
        drawn = page_chart(report, chart)
        assert len(drawn.table.rows) == len(report.table(chart.table_key).rows)  # type: ignore[union-attr]


def test_endless_workers_per_seat_are_said_in_words(make_report: MakeReport) -> None:
    report = make_report()
    stations = report.table("stations")
    assert stations is not None
    place = [column.heading for column in stations.columns].index("workers per seat, low")

    assert [row[place] for row in stations.rows] == [4.0, None, "no seats", 0.25]


def test_a_cell_is_shaded_by_what_is_covered_of_its_hours(make_report: MakeReport) -> None:
    states = next(layer for layer in make_report().layers if layer.key == "coverage")

    assert {feature.look for feature in states.features} == {"covered", "uncertain", "uncovered"}


@pytest.mark.parametrize(
    ("form", "value", "said"),
    [
        (Form.SHARE, 0.125, "12.5%"),
        (Form.POINTS, -0.031, "−3.1 pp"),
        (Form.POINTS, 0.12, "+12.0 pp"),
        (Form.GAP, 0.12, "12.0 pp"),
        (Form.COUNT, 12345.6, "12,346"),
        (Form.MINUTES, 7.04, "7"),
        (Form.TEXT, "", "—"),
        (Form.COUNT, None, "—"),
    ],
)
def test_cells_read_as_their_column_says(form: Form, value: float | str | None, said: str) -> None:
    assert form.said(value, Speech("en")) == said


def test_files_are_named_without_anything_that_was_typed(make_report: MakeReport, place: Place) -> None:
    assert make_report(name="../../etc/passwd").stem == f"{place.id}-coverage-12-sample-20261118"


def test_only_of_what_has_bounds_the_truth_is_said_to_lie_between(make_report: MakeReport) -> None:
    report = make_report()
    said = " ".join((*report.sentences, *report.notes))

    assert "By night the covered share is 30.0–70.0 percentage points lower than by day." in said
    assert (
        "Of what is covered hangs on a single station: 75.0% with all unknown hours shut, 60.0% with all open; other "
        "values are possible."
    ) in said
    assert "Of loads, losses, workers per seat" in said
    nights = report.table("night_gaps")
    assert nights is not None
    assert nights.rows[0][-4:] == pytest.approx((0.3, 0.7, 0.5, 0.5))


def test_a_district_that_was_kept_without_day_and_night_has_no_gap(place: Place) -> None:
    document = answer_document(place)
    for row in document["districts"]:
        for name in ("day_low", "day_high", "night_low", "night_high"):
            del row[name]
    table = answer_report(document, run_label(), place, Speech("en")).table("districts")

    assert table is not None
    assert table.rows[0][-2:] == (None, None)


def test_cases_stand_as_they_are_and_bounds_in_order() -> None:
    speech = Speech("en")
    case, bound = both_cases("lost", Form.COUNT, speech)[0], both_bounds("covered", Form.COUNT, speech)[0]

    assert case.both_said(2500.0, 2400.0, speech) == "2,500 / 2,400"
    assert case.both_said(3.0, 3.0, speech) == "3"
    assert bound.both_said(2500.0, 2400.0, speech) == "2,400–2,500"
