"""The asset build: hashed names, a manifest, compressed siblings, and the same bytes every time."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

import brotli
import pytest

from installation.front_end import find_node
from installation.layout import BUILD_SCRIPT, NODE_MODULES_DIR

SOURCES: Final = {
    "js/main.js": 'import { word } from "./word.js"; document.title = word?.zh ?? "none";',
    "js/word.js": 'export const word = { zh: "驿站" };',
    "js/map.js": "console.info(3);",
    "js/report.js": "console.info(6);",
    "js/station.js": "console.info(1);",
    "js/offline.js": "console.info(5);",
    "js/sw.js": 'import { word } from "./word.js"; self.word = word;',
    "js/planner.js": "console.info(2);",
    "js/reference.js": "console.info(4);",
    "js/staff/hours/main.js": "console.info(7);",
    "js/staff/main.js": "console.info(8);",
    "js/staff/leaving.js": "console.info(21);",
    "js/staff/pin_map_code.js": "console.info(9);",
    "css/hours_editor.css": "td { margin: 0 }",
    "css/staff.css": "th { margin: 0 }",
    "css/station_form.css": "form { margin: 0 }",
    "js/staff/imports/main.js": "console.info(10);",
    "css/staff_truth.css": "nav { margin: 0 }",
    "js/staff/verify/main.js": "console.info(12);",
    "js/staff/unplaced/main.js": "console.info(13);",
    "css/staff_unplaced.css": "nav { margin: 0 }",
    "css/staff_import.css": "nav { margin: 0 }",
    "css/staff_reports.css": "nav { margin: 0 }",
    "css/poster.css": "article { margin: 0 }",
    "css/staff_holidays.css": "time { margin: 0 }",
    "css/reference.css": "dl { margin: 0 }",
    "css/planner.css": "main { margin: 0 }",
    "js/planner/demand_week.js": "console.info(14);",
    "js/planner/ask.js": "console.info(15);",
    "css/planner_ask.css": "nav { margin: 0 }",
    "css/charts.css": "figure { margin: 0 }",
    "css/demand.css": "dl { margin: 0 }",
    "js/report_document.js": "console.info(20);",
    "css/report_document.css": "figure { margin: 0 }",
    "css/planner_report.css": "figure { margin: 0 }",
    "css/site.css": "body { background: url(../img/dot.svg) }",
    "img/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small front end."""
    return write_sources(tmp_path / "static")


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small front end after its first build, to be read or copied and never changed: a build takes seconds."""
    sources = write_sources(tmp_path_factory.mktemp("built") / "static")
    assert build(sources).returncode == 0
    return sources


@pytest.fixture
def built_sources(built_once: Path, tmp_path: Path) -> Path:
    """A small front end of this test's own after its first build."""
    return shutil.copytree(built_once, tmp_path / "static")


def write_sources(folder: Path) -> Path:
    if not NODE_MODULES_DIR.is_dir():
        pytest.skip("set-up is missing: python3 scripts/test.py brings it")
    for name, text in SOURCES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def build(sources: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [find_node().node, BUILD_SCRIPT, "--source", sources], capture_output=True, text=True, check=False
    )


def manifest_of(sources: Path) -> dict[str, str]:
    manifest: dict[str, str] = json.loads((sources / "built" / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def age(file: Path, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(file, (then, then))


def test_every_asset_has_a_name_with_its_hash(built_once: Path) -> None:
    manifest = manifest_of(built_once)
    assert {"main.js", "station.js", "site.css", "leaflet.js", "leaflet.css", "markercluster.js"} <= manifest.keys()
    assert all(re.fullmatch(r".+\.[0-9a-f]{10}\.\w+", name) for name in manifest.values())
    assert all((built_once / "built" / name).is_file() for name in manifest.values())


def test_text_lies_compressed_beside_itself(built_once: Path) -> None:
    script = built_once / "built" / manifest_of(built_once)["leaflet.js"]
    assert gzip.decompress(script.with_name(script.name + ".gz").read_bytes()) == script.read_bytes()
    assert brotli.decompress(script.with_name(script.name + ".br").read_bytes()) == script.read_bytes()


def test_modules_are_bundled_for_old_phones(built_once: Path) -> None:
    script = (built_once / "built" / manifest_of(built_once)["main.js"]).read_text(encoding="utf-8")
    assert "驿站" in script
    assert "import" not in script
    assert "?." not in script
    assert "??" not in script


def test_styles_refer_to_images_by_their_final_names(built_once: Path) -> None:
    manifest = manifest_of(built_once)
    assert manifest["img/dot.svg"] in (built_once / "built" / manifest["site.css"]).read_text(encoding="utf-8")
    assert manifest["layers.png"] in (built_once / "built" / manifest["leaflet.css"]).read_text(encoding="utf-8")


def test_the_same_sources_give_the_same_bytes(built_sources: Path) -> None:
    first = contents_of(built_sources / "built")

    build(built_sources)

    assert contents_of(built_sources / "built") == first


def test_a_changed_source_gets_a_new_name_and_the_earlier_file_stays_for_who_still_asks(built_sources: Path) -> None:
    before = manifest_of(built_sources)
    (built_sources / "js" / "station.js").write_text("console.info(2);", encoding="utf-8")

    build(built_sources)

    after = manifest_of(built_sources)
    assert after["station.js"] != before["station.js"]
    assert after["leaflet.js"] == before["leaflet.js"]
    assert (built_sources / "built" / before["station.js"]).exists()
    assert (built_sources / "built" / (before["station.js"] + ".br")).exists()


def test_an_earlier_file_goes_two_weeks_after_it_was_last_in_use(built_sources: Path) -> None:
    old = built_sources / "built" / manifest_of(built_sources)["station.js"]
    age(old, days=100)  # built long ago, and in use until now
    (built_sources / "js" / "station.js").write_text("console.info(2);", encoding="utf-8")
    build(built_sources)
    assert old.exists()

    age(old, days=15)
    build(built_sources)

    assert not old.exists()


def test_the_service_worker_is_a_classic_script(built_once: Path) -> None:
    script = (built_once / "built" / manifest_of(built_once)["sw.js"]).read_text(encoding="utf-8")
    assert "驿站" in script
    assert re.match(r"\(\(\)=>\{|\(function", script)


def test_licences_of_bundled_libraries_are_shipped(built_once: Path) -> None:
    licences = (built_once / "built" / "LICENSES.txt").read_text(encoding="utf-8")
    for library in ("leaflet ", "leaflet.markercluster ", "redoc "):
        assert re.search(rf"^{re.escape(library)}\d", licences, re.MULTILINE)
    assert "redoc.standalone.js.LICENSE.txt" in licences
    assert "esbuild" not in licences


def test_the_reference_asks_its_makers_for_nothing(built_once: Path) -> None:
    script = (built_once / "built" / manifest_of(built_once)["redoc.js"]).read_text(encoding="utf-8")
    assert "cdn.redoc" not in script
    assert "document.currentScript.nonce" in script


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("js/main.js", None, "main.js is missing"),
        ("js/main.js", "const = 1;", "Expected"),
        ("js/main.js", 'import "./nowhere.js";', "nowhere.js"),
        ("js/main.js", "const a = { b: 1, b: 2 }; console.info(a);", "Duplicate key"),
    ],
)
def test_a_wrong_source_fails_the_build(sources: Path, file: str, text: str | None, complaint: str) -> None:
    if text is None:
        (sources / file).unlink()
    else:
        (sources / file).write_text(text, encoding="utf-8")

    done = build(sources)

    assert done.returncode == 1
    assert complaint in done.stderr
    assert not (sources / "built").exists()
