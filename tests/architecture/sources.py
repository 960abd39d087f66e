"""The files these tests read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

PROJECT_DIR: Final = Path(__file__).resolve().parent.parent.parent
PACKAGES: Final = ("geodata", "mapapp", "scripts")
NOT_OURS: Final = {"built", "node_modules", "__pycache__"}


def files(*folders: str, suffixes: Iterable[str]) -> list[Path]:
    """Our files below these folders of the checkout."""
    wanted = tuple(suffixes)
    return [
        path
        for folder in folders
        for path in sorted((PROJECT_DIR / folder).rglob("*"))
        if path.suffix in wanted and not NOT_OURS & set(path.parts)
    ]


def python_files(*folders: str) -> list[Path]:
    """Python modules below these folders, by default all that ship."""
    return files(*(folders or PACKAGES), suffixes=[".py"])


@cache
def tree_of(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def code_strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every text constant of a module with its line, docstrings left out: what the program itself may use."""
    documentation = {id(node.value) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def name_of(path: Path) -> str:
    """A file as people name it: its path in the checkout."""
    return path.relative_to(PROJECT_DIR).as_posix()
