"""Built files: found by name, kept for ever by their hash, everything else asked for again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from mapapp.web.assets import install_assets, read_manifest
from mapapp.web.requests import install_request_limits


@pytest.fixture
def static_dir(tmp_path: Path) -> Path:
    built = tmp_path / "static" / "built"
    built.mkdir(parents=True)
    (built / "manifest.json").write_text(json.dumps({"main.js": "main.ab12cd34.js"}), encoding="utf-8")
    (built / "main.ab12cd34.js").write_text("let a;" * 400, encoding="utf-8")
    (built / "main.ab12cd34.js.br").write_bytes(b"brotli")
    (built.parent / "icon.svg").write_text("<svg/>", encoding="utf-8")
    return built.parent


@pytest.fixture
def client(static_dir: Path) -> FlaskClient:
    app = Flask("assets_under_test")
    install_request_limits(app, 1000)
    install_assets(app, static_dir)
    app.add_url_rule(
        "/name/<name>", view_func=lambda name: render_template_string("{{ asset_url(n) }}", n=name), endpoint="n"
    )
    return app.test_client()


def test_a_template_gets_the_hashed_name(client: FlaskClient) -> None:
    assert client.get("/name/main.js").text == "/static/built/main.ab12cd34.js"


def test_a_file_that_is_not_built_is_found_where_it_lies(client: FlaskClient) -> None:
    assert client.get("/name/icon.svg").text == "/static/icon.svg"


def test_a_missing_manifest_is_said_once_and_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read_manifest(tmp_path / "manifest.json") == {}
    assert "scripts/serve.py" in caplog.text


def test_a_hashed_file_is_kept_for_ever(client: FlaskClient) -> None:
    response = client.get("/static/built/main.ab12cd34.js", headers={"Accept-Encoding": "identity"}, buffered=True)

    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.text.startswith("let a;")


def test_a_hashed_file_comes_compressed(client: FlaskClient) -> None:
    response = client.get("/static/built/main.ab12cd34.js", headers={"Accept-Encoding": "br"}, buffered=True)

    assert (response.headers["Content-Encoding"], response.data) == ("br", b"brotli")
    assert response.headers["Vary"] == "Accept-Encoding"


def test_another_file_is_asked_for_again(client: FlaskClient) -> None:
    response = client.get("/static/icon.svg", buffered=True)

    assert "immutable" not in response.headers["Cache-Control"]


def test_a_file_of_an_earlier_build_is_kept_for_ever_too(static_dir: Path) -> None:
    (static_dir / "built" / "main.00ff00ff.js").write_text("let b;", encoding="utf-8")
    app = Flask("assets_under_test")
    install_assets(app, static_dir)

    response = app.test_client().get("/static/built/main.00ff00ff.js", buffered=True)

    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("encoding", ["br", "identity"])
def test_a_file_that_a_later_build_took_away_is_not_found(client: FlaskClient, static_dir: Path, encoding: str) -> None:
    for file in (static_dir / "built").glob("main.*"):
        file.unlink()

    response = client.get("/static/built/main.ab12cd34.js", headers={"Accept-Encoding": encoding})

    assert response.status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static//etc/passwd", "/static/built/"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
