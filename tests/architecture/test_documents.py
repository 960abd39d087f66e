"""What the documents say about the code is so."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from mapapp.settings import ENVIRONMENT_PREFIX, Settings
from tests.architecture.sources import PROJECT_DIR, code_strings, files, name_of, python_files

OPERATIONS: Final = PROJECT_DIR / "docs" / "operations.md"
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
DEFAULT_CITY: Final = re.compile(r"yinchuan|银川|\bYC-", re.IGNORECASE)
MAY_NAME_THE_CITY: Final = {
    "mapapp/settings.py": "the default of MAPAPP_PLACE",
    "scripts/write_yinchuan_outlines.py": "makes that city's outlines",
}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    known = {ENVIRONMENT_PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}
    documented = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]+\b", OPERATIONS.read_text(encoding="utf-8")))

    assert documented == known


def test_the_documents_every_project_has_are_there() -> None:
    wanted = ["README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"]

    assert [name for name in wanted if not (PROJECT_DIR / name).is_file()] == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*PROJECT_DIR.glob("*.md"), *files("docs", "geodata", suffixes=[".md"])]
    broken = [
        f"{name_of(document)}: {target}"
        for document in documents
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]

    assert broken == []


def test_only_its_own_folder_and_the_default_name_the_city() -> None:
    in_code = {
        f"{name_of(path)}:{line}"
        for path in python_files()
        if name_of(path) not in MAY_NAME_THE_CITY
        for line, text in code_strings(path)
        if DEFAULT_CITY.search(text)
    }
    in_pages = {
        name_of(path)
        for path in files("mapapp", "templates", suffixes=[".js", ".css", ".html", ".po", ".json"])
        if DEFAULT_CITY.search(path.read_text(encoding="utf-8"))
    }

    assert in_code | in_pages == set()
