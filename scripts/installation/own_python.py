"""For scripts that bring nothing themselves: go on in the project's own Python where that is needed."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Collection
from pathlib import Path

from installation.layout import PROJECT_DIR, VENV_DIR, VENV_PYTHON


def can_go_on(packages: Collection[str]) -> bool:
    """Whether this Python is recent enough and has these packages; the project's own code can be imported then.

    Where there is a ``.venv`` that has them, the script starts again in it and this does not return. Where there is
    not, it is said how to get them.
    """
    if sys.version_info >= (3, 11) and all(importlib.util.find_spec(name) for name in packages):
        sys.path.insert(0, str(PROJECT_DIR))
        return True
    if VENV_PYTHON.exists() and Path(sys.prefix).resolve() != VENV_DIR.resolve():
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the server and the worker are started
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter, our own arguments
    print(
        "缺少运行所需的软件包。请先运行 python3 scripts/serve.py，或 pip install -r requirements.txt。\n"
        "Required packages are missing. First run python3 scripts/serve.py, or pip install -r requirements.txt.",
        file=sys.stderr,
    )
    return False
