"""No page, script or lock file names a host that it should not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.sources import PROJECT_DIR, code_strings, files, name_of, python_files

ADDRESS: Final = re.compile(r"(?:https?|wss?):?//([\w.{}-]+)", re.IGNORECASE)
SCHEMELESS: Final = re.compile(r"""(?:src|href)\s*=\s*["']//""")
CONTENT_NETWORK: Final = re.compile(
    r"jsdelivr|unpkg|cdnjs|bootstrapcdn|code\.jquery|googleapis|gstatic|cloudflare|bootcss|staticfile", re.IGNORECASE
)
IDENTIFIERS: Final = {
    "www.w3.org": "XML namespaces",
    "schemas.openxmlformats.org": "XML namespaces in spreadsheets",
    "www.sitemaps.org": "XML namespace of site maps",
    "spec.openapis.org": "names the dialect of our API's description",
    "json-schema.org": "names a dialect of JSON Schema",
}
"""Hosts in names that nobody opens."""

MAY_NAME_HOSTS: Final = {
    "mapapp/commands/admin.py": "this machine itself, where a set-up link leads while no public address is set",
    "mapapp/maps/basemaps.py": "the tile hosts an operator may turn on",
    "mapapp/services/geocoding/vendors.py": "the map services an operator may let the server ask",
    "mapapp/services/navigation_links.py": "links that a visitor follows to a navigation service",
}
INDEX_OPTIONS: Final = re.compile(
    r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", re.MULTILINE
)
REQUIREMENTS: Final = sorted(PROJECT_DIR.glob("requirements*"))


def test_only_the_places_meant_for_it_name_other_hosts() -> None:
    found = [
        f"{place}: {host}"
        for path, place, text in shipped_texts()
        if name_of(path) not in MAY_NAME_HOSTS
        for host in ADDRESS.findall(text)
        if host not in IDENTIFIERS
    ]

    assert found == []


def test_no_markup_asks_another_host_without_naming_the_scheme() -> None:
    assert [name_of(path) for path, _, text in shipped_texts() if SCHEMELESS.search(text)] == []


def test_no_source_mentions_a_content_network() -> None:
    sources = files(
        "geodata", "mapapp", "templates", "scripts", suffixes=[".py", ".js", ".mjs", ".css", ".html", ".svg"]
    )

    assert [name_of(path) for path in sources if CONTENT_NETWORK.search(path.read_text(encoding="utf-8"))] == []


def test_every_file_that_may_name_hosts_exists() -> None:
    assert [name for name in MAY_NAME_HOSTS if not (PROJECT_DIR / name).is_file()] == []


def test_the_npm_lock_file_holds_no_addresses() -> None:
    lock = json.loads((PROJECT_DIR / "package-lock.json").read_text(encoding="utf-8"))

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_the_npm_lock_file_pins_every_package_by_its_content() -> None:
    lock = json.loads((PROJECT_DIR / "package-lock.json").read_text(encoding="utf-8"))

    assert [name for name, package in lock["packages"].items() if name and "integrity" not in package] == []


def test_requirements_choose_no_index() -> None:
    found = [
        path.name
        for path in REQUIREMENTS
        if INDEX_OPTIONS.search(text := path.read_text(encoding="utf-8")) or ADDRESS.search(text)
    ]

    assert found == []


def test_requirements_are_pinned() -> None:
    lines = [line for path in REQUIREMENTS if path.suffix == ".txt" for line in requirement_lines(path)]

    assert [line for line in lines if "==" not in line] == []


def test_requirements_are_pinned_by_their_content() -> None:
    lines = [line for path in REQUIREMENTS if path.suffix == ".txt" for line in requirement_lines(path)]

    assert [line for line in lines if "--hash=sha256:" not in line] == []


def test_development_installs_the_same_versions_as_the_service() -> None:
    service = set(requirement_lines(PROJECT_DIR / "requirements.txt"))
    development = set(requirement_lines(PROJECT_DIR / "requirements-dev.txt"))

    assert service - development == set()


def requirement_lines(path: Path) -> list[str]:
    """The requirements of a file, each with its hashes on one line, without comments."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def shipped_texts() -> Iterator[tuple[Path, str, str]]:
    """File, where in it, and text: what a program or a page of ours could ask for."""
    for path in python_files("geodata", "mapapp"):
        for line, text in code_strings(path):
            yield path, f"{name_of(path)}:{line}", text
    for path in files("mapapp/static", "templates", suffixes=[".js", ".css", ".html", ".svg", ".txt"]):
        yield path, name_of(path), path.read_text(encoding="utf-8")
