"""The environment ``.venv-semgrep`` with the static checker: its pins do not agree with ours; only checks need it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from installation.child_process import run_quietly
from installation.layout import PROJECT_DIR, SEMGREP_BIN_DIR, SEMGREP_VENV_DIR
from installation.python_packages import ADVICE
from installation.stamp import Stamp, digest_of
from installation.steps import OnLine, Step

REQUIREMENTS: Final = PROJECT_DIR / "requirements-semgrep.txt"
STAMP: Final = Stamp(SEMGREP_VENV_DIR / ".installed")
_QUIETLY: Final = ("--no-input", "--progress-bar", "off", "--disable-pip-version-check")


def security_checker() -> Step:
    """What looks through our sources with our own rules."""
    return Step("安装安全检查工具 / the security checker", ADVICE, _is_installed, _install)


def bring_ahead() -> None:
    """Do what that step does, without a word, if it is still to be done."""
    if not _is_installed():
        _install(lambda line: None)


def _is_installed() -> bool:
    return (SEMGREP_BIN_DIR / "semgrep").exists() and STAMP.says(_digest())


def _install(on_line: OnLine) -> None:
    python: Path = SEMGREP_BIN_DIR / "python"
    STAMP.remove()
    run_quietly([sys.executable, "-m", "venv", "--clear", SEMGREP_VENV_DIR], on_line=on_line)
    run_quietly([python, "-m", "pip", "install", *_QUIETLY, "--requirement", REQUIREMENTS], on_line=on_line)
    STAMP.write(_digest())


def _digest() -> str:
    return digest_of([REQUIREMENTS])
