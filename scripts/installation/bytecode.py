"""Our own modules compiled: without it every start reads their source anew where Python may not keep bytecode."""

from __future__ import annotations

import os
from importlib.util import cache_from_source
from pathlib import Path

from installation.child_process import run_quietly
from installation.layout import PROJECT_DIR, VENV_PYTHON
from installation.steps import OnLine, Step

PACKAGES = (PROJECT_DIR / "geodata", PROJECT_DIR / "mapapp")


def compiled_modules() -> Step:
    """A compiled file beside each module, never older than it."""
    return Step(
        "编译程序模块 / modules",
        "上面是 Python 的错误信息 / The lines above are Python's.",
        _are_compiled,
        _compile,
    )


def _are_compiled() -> bool:
    """Also where the code belongs to somebody else: then starting is slower, and no error."""
    sources = [Path(folder, name) for package in PACKAGES for folder, _, names in os.walk(package) for name in names]
    return all(
        _is_compiled(source) or not os.access(source.parent, os.W_OK) for source in sources if source.suffix == ".py"
    )


def _is_compiled(source: Path) -> bool:
    compiled = Path(cache_from_source(str(source)))
    return compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime


def _compile(on_line: OnLine) -> None:
    run_quietly([VENV_PYTHON, "-m", "compileall", "-q", *PACKAGES], on_line=on_line)
