"""The shape of the code: layers, sizes, names, docstrings."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.architecture.sources import PROJECT_DIR, files, name_of, python_files, tree_of

MAX_FUNCTION_LINES: Final = 60
MAX_FILE_LINES: Final = 400
ALLOWED_LONG: Final[dict[str, str]] = {}
"""A file, or ``file::function``, that may be longer, with the reason."""

NAMES_OF_NOTHING: Final = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}


def test_imports_point_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([linter, "--no-cache"], cwd=PROJECT_DIR, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(path) for path in python_files() if not ast.get_docstring(tree_of(path))]

    assert silent == []


def test_no_file_is_longer_than_a_head_can_hold() -> None:
    sources = [
        *python_files(),
        *files("mapapp/static", "templates", "scripts", suffixes=[".js", ".mjs", ".css", ".html"]),
    ]
    long = {
        name_of(path): lines_count
        for path in sources
        if (lines_count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }

    assert long.keys() <= ALLOWED_LONG.keys(), long


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name_of(path)}::{node.name}": lines_count
        for path in python_files(*("geodata", "mapapp", "scripts", "tests"))
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines_count := body_lines_count(node)) > MAX_FUNCTION_LINES
    }

    assert long.keys() <= ALLOWED_LONG.keys(), long


def test_every_allowance_is_still_needed() -> None:
    named = {allowance.partition("::")[0] for allowance in ALLOWED_LONG}

    assert [name for name in named if not (PROJECT_DIR / name).is_file()] == []


def test_no_file_is_named_after_nothing() -> None:
    sources = files(
        "geodata", "mapapp", "scripts", "tests", "templates", suffixes=[".py", ".js", ".mjs", ".css", ".html"]
    )

    assert [name_of(path) for path in sources if path.stem.lower().strip("_") in NAMES_OF_NOTHING] == []


def test_set_up_needs_nothing_installed() -> None:
    modules = [f"installation.{path.stem}" for path in python_files("scripts/installation") if path.stem != "__init__"]
    program = (
        "import sys; sys.path[:0] = ['scripts', '.']; "
        f"import {', '.join(modules)}, mapapp.settings; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "['__main__', 'installation', 'mapapp']", done.stderr


def body_lines_count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
