"""The code's version covers what computes: nothing that planning imports can change an answer behind its back."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from mapapp.services.planning.version import code_version, sources

ROOT: Final = Path(__file__).resolve().parents[4]
COMPUTES_NOTHING: Final = {
    "mapapp.services.coverage": "its words for a refusal and for holidays only",
    "mapapp.services.demand.files": "finds a file that was sent in",
    "mapapp.services.editing.rules": "refuses stations that may not be saved",
    "mapapp.services.jobs": "when and by whom",
    "mapapp.services.rights": "who may",
    "mapapp.services.shelf": "keeps what was computed",
}
"""What `mapapp/services/planning` may use without its being part of the version, and why."""


def test_every_service_that_planning_uses_is_in_the_version_or_computes_nothing() -> None:
    covered = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for path in sources()
    }
    used: dict[str, str] = {}
    for path in (ROOT / "mapapp/services/planning").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mapapp.services"):
                used[str(node.module)] = path.name
    known = covered | set(COMPUTES_NOTHING)

    missing = {
        name: by for name, by in used.items() if name not in known and not any(name.startswith(f"{k}.") for k in known)
    }
    assert missing == {}


def test_only_words_are_taken_from_the_public_coverage() -> None:
    taken = {
        alias.name
        for path in (ROOT / "mapapp/services/planning").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "mapapp.services.coverage"
        for alias in node.names
    }

    assert taken == {"HolidayUse", "NoDemandLayer"}


def test_a_version_is_short_and_steady() -> None:
    assert len(code_version()) == 16
    assert code_version() == code_version()
    assert len(set(sources())) == len(list(sources()))
