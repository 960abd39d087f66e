"""The OpenAPI document is valid, describes exactly what is served, and answers fit it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from installation.front_end import find_node
from installation.layout import NODE_MODULES_DIR
from mapapp.api.operations import OPERATIONS, Operation, Tokens

HERE = "lon=106.23&lat=38.49"
LINTER: Final = NODE_MODULES_DIR / "@redocly" / "cli" / "bin" / "cli.js"
ASK_NOBODY: Final = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


@pytest.fixture
def document(reader: FlaskClient) -> dict[str, Any]:
    described: dict[str, Any] = reader.get("/api/v1/openapi.json").get_json()
    return described


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_linter_finds_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    if not LINTER.is_file():
        pytest.skip("the linter is missing: python3 scripts/test.py brings it")
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")

    done = subprocess.run(
        [find_node().node, LINTER, "lint", "--extends", "recommended-strict", "--format", "stylish", file],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **ASK_NOBODY},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_address_for_machines_is_described_and_no_other(reading_app: Flask, document: dict[str, Any]) -> None:
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in reading_app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in {"api", "health"}
    }

    assert set(document["paths"]) == served


EVERY_NAME = sorted({parameter.name for operation in OPERATIONS for parameter in operation.parameters})


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.path.startswith("/api") and one.tokens is not Tokens.NEEDED],
    ids=lambda one: one.endpoint,
)
def test_the_described_parameters_are_the_ones_read(reader: FlaskClient, operation: Operation) -> None:
    path = operation.path.replace("{code}", "YC-S0001")
    known = {parameter.name for parameter in operation.parameters}
    required = {parameter.name: "1" for parameter in operation.parameters if parameter.required}

    for name in EVERY_NAME:
        problem = reader.get(path, query_string=required | {name: ""}).get_json()

        assert (problem["parameter"], problem["code"]) == (name, "empty" if name in known else "unknown")


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/api/v1/stations?limit=1000", "StationPage"),
        ("/api/v1/stations?limit=7&offset=7&kind=driver_home", "StationPage"),
        ("/api/v1/stations/YC-S0001", "StationNow"),
        (f"/api/v1/stations/nearest?{HERE}&open=any&k=100", "NearestStations"),
        (f"/api/v1/stations/nearest?{HERE}&order=useful&mode=car", "NearestStations"),
        (f"/api/v1/stations/nearest?{HERE}&k=0", "Problem"),
        ("/api/v1/coverage", "Coverage"),
        ("/api/v1/coverage?within=15min&mode=car&at=2026-10-01T10:00&services=toilet&stations=reopened", "Coverage"),
        ("/api/v1/coverage?within=near", "Problem"),
        ("/api/v1/stations/YC-9999", "Problem"),
        ("/api/v1/nothing", "Problem"),
        ("/healthz", "Alive"),
        ("/readyz", "Ready"),
    ],
)
def test_answers_have_the_described_shape(
    reader: FlaskClient, document: dict[str, Any], address: str, schema: str
) -> None:
    root = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}

    errors = list(Draft202012Validator(root).iter_errors(reader.get(address).get_json()))

    assert not errors, errors[0]


def test_every_problem_a_machine_can_meet_is_described(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path.startswith("/api"):
                assert {"400", "405", "429", "500"} < set(operation["responses"]), (method, path)
