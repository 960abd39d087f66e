"""The word that says which build of the program answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mapapp.web.release import RELEASE_HEADER, release_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("mapapp/a.py", "geodata/deep/b.py", "templates/page.html", "mapapp/translations/zh/m.mo"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    ["mapapp/a.py", "geodata/deep/b.py", "templates/page.html", "mapapp/translations/zh/m.mo", "manifest.json"],
)
def test_whatever_pages_are_made_of_changes_the_word(project: Path, changed: str) -> None:
    before = release_of(project, project / "manifest.json")
    (project / changed).write_text("changed", encoding="utf-8")

    assert release_of(project, project / "manifest.json") != before


def test_equal_files_give_the_same_word(project: Path) -> None:
    before = release_of(project, project / "manifest.json")
    (project / "mapapp/a.py").write_text("mapapp/a.py", encoding="utf-8")
    (project / "notes.txt").write_text("no part of it", encoding="utf-8")

    assert release_of(project, project / "manifest.json") == before


@pytest.mark.parametrize("path", ["/", "/stations/NOBODY", "/data/stations.json", "/sw.js"])
def test_every_answer_to_people_carries_it(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers[RELEASE_HEADER] == client.get("/about").headers[RELEASE_HEADER]


def test_machines_are_not_told(client: FlaskClient) -> None:
    assert RELEASE_HEADER not in client.get("/api/v1/stations?limit=1").headers
