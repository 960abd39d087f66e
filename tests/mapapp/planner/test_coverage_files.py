"""The downloads and the map's data: they parse, agree with the answer, and say what they are."""

from __future__ import annotations

import csv
import io
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask.testing import FlaskClient

NIGHT = "day=2&clock=22&within=1000m"


@pytest.fixture
def answer(visitor: FlaskClient) -> Any:
    return visitor.get("/api/v1/coverage?hour=70").get_json()


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    response = client.get(f"{address}?{NIGHT}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))


class TestTheGapsFile:
    def test_a_gis_program_reads_it_with_its_coordinate_system(self, visitor: FlaskClient, answer: Any) -> None:
        frame = gpd.read_file(io.BytesIO(visitor.get(f"/planner/coverage.geojson?{NIGHT}").data))

        assert frame.crs is not None
        assert frame.crs.to_authority() in {("OGC", "CRS84"), ("EPSG", "4326")}
        assert len(frame) == len(answer["gaps"]["features"])
        assert frame.geometry.is_valid.all()
        assert frame["workers_count"].sum() == pytest.approx(
            answer["city"]["workers_count"] - answer["city"]["covered_low_count"], rel=1e-3
        )

    def test_it_says_what_the_data_are_and_by_which_rule(self, visitor: FlaskClient) -> None:
        document = visitor.get(f"/planner/coverage.geojson?{NIGHT}").get_json()

        assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:OGC:1.3:CRS84"
        assert (document["sample"], document["source"]["is_modelled"]) == (True, True)
        assert document["rule"]["within"] == "1000m"

    def test_outer_rings_run_anticlockwise(self, visitor: FlaskClient) -> None:
        features = visitor.get(f"/planner/coverage.geojson?{NIGHT}").get_json()["features"]

        for feature in features:
            shape = shapely.geometry.shape(feature["geometry"])
            parts = getattr(shape, "geoms", [shape])
            assert all(part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in parts)


class TestTheAreasFile:
    def test_it_has_the_city_its_districts_and_the_gaps(self, visitor: FlaskClient, answer: Any) -> None:
        rows = rows_of(visitor, "/planner/coverage.csv")

        city = rows[0]
        assert [row["area"] for row in rows[:7]] == ["city", *["district"] * 6]
        assert float(city["share_low"]) == answer["city"]["share_low"]
        assert float(city["p90_m"]) == answer["city"]["p90"]
        assert len(rows) == 7 + len(answer["gaps"]["features"])

    def test_every_row_says_that_the_data_are_a_sample(self, visitor: FlaskClient) -> None:
        rows = rows_of(visitor, "/planner/coverage.csv")

        assert {row["stations_data"] for row in rows} == {"示例数据 sample data"}
        assert all("modelled" in row["demand_data"] for row in rows)
        assert {(row["within"], row["hour_of_week"]) for row in rows} == {("1000m", "70")}

    def test_minutes_are_told_in_seconds(self, visitor: FlaskClient) -> None:
        header = visitor.get("/planner/coverage.csv?within=15min").data.decode("utf-8-sig").splitlines()[0]

        assert "p50_s,p90_s" in header


class TestTheCellsFile:
    def test_the_cells_add_up_to_the_answer(self, visitor: FlaskClient, answer: Any) -> None:
        rows = rows_of(visitor, "/planner/coverage-cells.csv")

        def workers(*states: str) -> float:
            return sum(float(row["workers_count"]) for row in rows if row["covered"] in states)

        city = answer["city"]
        assert workers("yes", "unknown", "no") == pytest.approx(city["workers_count"], abs=5)
        assert workers("yes") == pytest.approx(city["covered_low_count"], abs=5)
        assert workers("yes", "unknown") == pytest.approx(city["covered_high_count"], abs=5)

    def test_every_cell_that_is_not_surely_covered_is_in_a_gap(self, visitor: FlaskClient) -> None:
        rows = rows_of(visitor, "/planner/coverage-cells.csv")

        assert all((row["covered"] == "yes") == (row["gap_rank"] == "") for row in rows)


class TestTheMapsData:
    def test_states_and_gaps_share_the_ground(self, visitor: FlaskClient) -> None:
        data = visitor.get(f"/planner/coverage/map.json?{NIGHT}").get_json()

        def area(shapes: list[Any]) -> float:
            return sum(shapely.geometry.shape(each["geometry"]).area for each in shapes)

        unsure = [each for each in data["demand"] if each["state"] != "covered"]
        assert {each["state"] for each in data["demand"]} == {"covered", "uncertain", "uncovered"}
        assert area(unsure) == pytest.approx(area(data["gaps"]), rel=1e-3)

    def test_stations_have_the_state_the_answer_counts(self, visitor: FlaskClient, answer: Any) -> None:
        states = [each["state"] for each in visitor.get(f"/planner/coverage/map.json?{NIGHT}").get_json()["stations"]]

        assert (states.count("open"), states.count("unknown")) == (answer["open_count"], answer["unknown_count"])

    def test_an_hour_without_workers_is_drawn_empty(self, visitor: FlaskClient) -> None:
        data = visitor.get("/planner/coverage/map.json?services=haircut&kind=driver_home&day=6&clock=4").get_json()

        assert data["gaps"][0]["rank"] == 1
        assert len(data["density_limits"]) == 2


@pytest.mark.parametrize("name", ["coverage.geojson", "coverage.csv", "coverage-cells.csv"])
def test_downloads_are_attachments_with_an_etag(visitor: FlaskClient, name: str) -> None:
    response = visitor.get(f"/planner/{name}?{NIGHT}")

    assert response.headers["Content-Disposition"].startswith("attachment; filename=coverage-")
    again = visitor.get(f"/planner/{name}?{NIGHT}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["coverage.geojson", "coverage.csv", "coverage-cells.csv", "coverage/map.json"])
def test_a_wrong_question_is_a_400(visitor: FlaskClient, name: str) -> None:
    response = visitor.get(f"/planner/{name}?within=near")

    assert response.status_code == 400
    assert "1000m or 15min" in response.text
