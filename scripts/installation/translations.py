"""Compiled message catalogues: a ``.mo`` beside each ``.po``, never older than it."""

from __future__ import annotations

from installation.child_process import run_quietly
from installation.layout import TRANSLATIONS_DIR, VENV_PYTHON
from installation.steps import OnLine, Step


def compiled_translations() -> Step:
    """The catalogues as gettext reads them."""
    return Step(
        "编译界面翻译 / translations",
        "上面是 pybabel 的错误信息 / The lines above are pybabel's.",
        _are_compiled,
        _compile,
    )


def _are_compiled() -> bool:
    for source in TRANSLATIONS_DIR.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.is_file() or compiled.stat().st_mtime < source.stat().st_mtime:
            return False
    return True


def _compile(on_line: OnLine) -> None:
    run_quietly(
        [VENV_PYTHON, "-m", "babel.messages.frontend", "compile", "--directory", TRANSLATIONS_DIR], on_line=on_line
    )
