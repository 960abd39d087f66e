"""Names can hold any text: nothing turns text into markup but templates that escape it."""

from __future__ import annotations

import ast
import re
from typing import Final

from tests.architecture.sources import files, name_of, python_files, tree_of

ADMITS_FOLIUM: Final = "mapapp/maps/fragment.py"
TURNS_TEXT_INTO_MARKUP: Final = {"Markup", "render_template_string", "from_string"}
UNESCAPED: Final = re.compile(r"\|\s*safe\b|\bautoescape\s+false|\|\s*tojson\s*\|\s*safe", re.IGNORECASE)
SCRIPTED_MARKUP: Final = re.compile(
    r"\.(?:innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment"
)
INLINE_HANDLER: Final = re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE)
INLINE_STYLE: Final = re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE)


def test_only_the_map_fragment_admits_markup_made_elsewhere() -> None:
    found = {
        name_of(path)
        for path in python_files("geodata", "mapapp")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and called_name(node) in TURNS_TEXT_INTO_MARKUP
    }

    assert found <= {ADMITS_FOLIUM}


def test_no_template_leaves_text_unescaped() -> None:
    templates = files("templates", suffixes=[".html", ".svg", ".txt"])

    assert [name_of(path) for path in templates if UNESCAPED.search(path.read_text(encoding="utf-8"))] == []


def test_templates_have_no_inline_handlers_or_styles() -> None:
    found = [
        name_of(path)
        for path in files("templates", suffixes=[".html"])
        if INLINE_HANDLER.search(text := path.read_text(encoding="utf-8")) or INLINE_STYLE.search(text)
    ]

    assert found == []


def test_scripts_build_pages_from_nodes_not_from_markup() -> None:
    scripts = files("mapapp/static", suffixes=[".js"])

    assert [name_of(path) for path in scripts if SCRIPTED_MARKUP.search(path.read_text(encoding="utf-8"))] == []


def called_name(call: ast.Call) -> str:
    """The last part of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
