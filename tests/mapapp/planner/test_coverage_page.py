"""/planner/coverage without script: the whole answer is on the page, and a wrong form says what is wrong."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store

PAGE = "/planner/coverage"
NIGHT = f"{PAGE}?day=2&clock=22&within=1000m"


def text_of(page: str, class_name: str) -> str:
    found = re.search(rf'class="{class_name}"[^>]*>(.*?)</', page, re.DOTALL)
    assert found, class_name
    return unescape(found[1]).strip()


class TestTheAnswer:
    def test_the_headline_names_moment_share_stations_and_rule(self, visitor: FlaskClient) -> None:
        headline = text_of(visitor.get(NIGHT).text, "headline")

        assert re.fullmatch(
            r"Wednesday, 22:00 to 23:00: \d+\.\d%–\d+\.\d% of the workers have an open station "
            r"within 1000 m in a straight line\.",
            headline,
        )

    def test_the_headline_is_the_interfaces_answer(self, visitor: FlaskClient) -> None:
        city = visitor.get("/api/v1/coverage?hour=70").get_json()["city"]

        headline = text_of(visitor.get(NIGHT).text, "headline")

        assert f"{city['share_low'] * 100:.1f}%–{city['share_high'] * 100:.1f}%" in headline

    def test_a_question_in_full_is_a_sentence_in_full(self, visitor: FlaskClient) -> None:
        query = "group=riders&group=couriers&kind=driver_home&services=toilet,water&within=15min&mode=ebike&at=2026-10-01T09:00"

        headline = text_of(visitor.get(f"{PAGE}?{query}").text, "headline")

        assert headline.startswith("2026-10-01 (Thursday) 09:00: ")
        assert (
            "of the delivery riders, couriers have an open driver home with drinking water, toilet inside" in headline
        )
        assert headline.endswith("within 15 minutes by e-bike.")

    def test_without_a_question_the_present_hour_is_asked_about(self, visitor: FlaskClient) -> None:
        assert text_of(visitor.get(PAGE).text, "headline").startswith("Wednesday, 12:00 to 13:00: ")

    def test_unknown_hours_explain_the_bounds(self, visitor: FlaskClient) -> None:
        bounds = text_of(visitor.get(NIGHT).text, "bounds")

        unknown_count = visitor.get("/api/v1/coverage?hour=70").get_json()["unknown_count"]
        assert f"{unknown_count} stations" in bounds

    def test_it_says_that_the_data_are_a_sample_and_modelled(self, visitor: FlaskClient) -> None:
        page = visitor.get(NIGHT).text

        assert "The numbers of workers are a sample" in page
        assert "The numbers of workers are modelled, not counted." in page

    def test_it_says_what_a_straight_line_flatters(self, visitor: FlaskClient) -> None:
        assert "93.5% in a straight line and 80.5% along streets" in visitor.get(NIGHT).text

    def test_a_year_without_holidays_says_so(self, visitor: FlaskClient) -> None:
        assert "not announced yet" in visitor.get(f"{PAGE}?at=2031-05-01T10:00").text
        assert "not announced yet" not in visitor.get(f"{PAGE}?at=2026-05-01T10:00").text

    @pytest.mark.parametrize(("within", "is_norm"), [("1000m", True), ("500m", False)])
    def test_only_the_norm_is_called_one(self, visitor: FlaskClient, within: str, *, is_norm: bool) -> None:
        page = visitor.get(f"{PAGE}?within={within}").text

        assert ("双15工程" in page.partition('class="notes"')[2]) is is_norm
        assert "500 m (norm)" not in page

    def test_every_district_and_the_largest_gaps_are_listed(self, visitor: FlaskClient) -> None:
        page = visitor.get(NIGHT).text

        answer = visitor.get("/api/v1/coverage?hour=70").get_json()
        assert all(unit["name_en"] in page for unit in answer["units"])
        assert all(gap["properties"]["name_en"] in page for gap in answer["gaps"]["features"])

    def test_no_demand_cell_is_in_the_page(self, visitor: FlaskClient) -> None:
        page = visitor.get(NIGHT).text

        assert "/planner/coverage/map.json?when=week" in page
        assert "MultiPolygon" not in page.partition("coverageLayer")[2]

    def test_it_speaks_chinese_too(self, visitor: FlaskClient) -> None:
        page = visitor.get(NIGHT, headers={"Accept-Language": "zh-CN"}).text

        assert text_of(page, "headline").startswith("周三 22–23 时，劳动者中有 ")


class TestTheForm:
    def test_what_was_chosen_stays_chosen(self, visitor: FlaskClient) -> None:
        page = visitor.get(
            f"{PAGE}?group=riders&day=5&clock=3&within=10min&mode=car&kind=worker_home&stations=reopened"
        ).text

        for name, value in [
            ("group", "riders"),
            ("within", "10min"),
            ("mode", "car"),
            ("kind", "worker_home"),
            ("stations", "reopened"),
        ]:
            assert re.search(rf'name="{name}" value="{value}" checked', page), name
        assert '<option value="5" selected>' in page
        assert '<option value="3" selected>' in page

    def test_an_hour_of_the_week_is_written_as_for_machines_too(self, visitor: FlaskClient) -> None:
        assert text_of(visitor.get(f"{PAGE}?hour=70").text, "headline") == text_of(visitor.get(NIGHT).text, "headline")

    def test_a_limit_that_came_with_the_address_is_offered_too(self, visitor: FlaskClient) -> None:
        page = visitor.get(f"{PAGE}?within=800m").text

        assert 'name="within" value="800m" checked' in page
        assert "within 800 m in a straight line" in text_of(page, "headline")

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("within=near", "within"),
            ("within=0m", "within"),
            ("day=7", "day"),
            ("clock=24", "clock"),
            ("clock=x", "clock"),
            ("when=date", "at"),
            ("when=date&at=yesterday", "at"),
            ("when=date&at=2026-02-30T10:00", "at"),
            ("when=date&at=1500-01-01T00:00", "at"),
            ("when=never", "when"),
            ("mode=bus", "mode"),
            ("group=pilots", "group"),
            ("kind=hotel", "kind"),
            ("services=sauna", "services"),
            ("stations=all", "stations"),
        ],
    )
    def test_wrong_input_is_a_400_that_says_so_at_the_field(self, visitor: FlaskClient, query: str, field: str) -> None:
        response = visitor.get(f"{PAGE}?{query}&group=riders")

        assert response.status_code == 400
        assert f'id="{field}-problem"' in response.text
        assert 'name="group" value="riders" checked' in response.text
        assert 'class="headline"' not in response.text

    def test_the_mode_is_left_aside_with_metres(self, visitor: FlaskClient) -> None:
        walk, car = (
            text_of(visitor.get(f"{PAGE}?within=1000m&mode={mode}").text, "headline") for mode in ("walk", "car")
        )

        assert walk == car

    def test_full_width_digits_are_digits(self, visitor: FlaskClient) -> None:
        assert text_of(visitor.get(f"{PAGE}?day=２&clock=２２").text, "headline").startswith("Wednesday, 22:00")

    def test_what_was_typed_is_text_on_the_page(self, visitor: FlaskClient) -> None:
        page = visitor.get(PAGE, query_string={"when": "date", "at": '"><script>alert(1)</script>'}).text

        assert "<script>alert(1)" not in page


def test_without_demand_the_page_says_what_to_do(settings: Settings, store: Store) -> None:
    app = create_app(settings, start_refresher=False)
    try:
        response = app.test_client().get(PAGE, headers={"Accept-Language": "en"})
    finally:
        app.extensions["stationmap"].store.close()

    assert response.status_code == 200
    assert "There is no data on where workers are yet." in response.text
    assert "planner.js" not in response.text
