"""The virtual environment ``.venv`` with the pinned requirements."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from installation.child_process import CommandError, run_quietly
from installation.layout import PROJECT_DIR, VENV_DIR, VENV_PYTHON
from installation.stamp import Stamp, digest_of
from installation.steps import OnLine, SetupError, Step

RUN_TIME: Final = PROJECT_DIR / "requirements.txt"
DEVELOPMENT: Final = PROJECT_DIR / "requirements-dev.txt"
NODE: Final = PROJECT_DIR / "requirements-node.txt"
_QUIETLY: Final = ("--no-input", "--progress-bar", "off")

ADVICE: Final = (
    "请检查网络或 pip 镜像设置后重试；仍不行就删除 .venv 再试 / "
    "Check the network or pip's index settings and try again; if that does not help, delete .venv first."
)


def run_time_packages() -> Step:
    """What the service needs."""
    return _step(RUN_TIME, "安装 Python 依赖 / Python packages")


def development_packages() -> Step:
    """What the service, its tests and its checks need."""
    return _step(DEVELOPMENT, "安装 Python 开发依赖 / Python packages for development")


def install(requirements: Path, on_line: OnLine) -> None:
    """Install pinned requirements into ``.venv`` and stamp it; the development set contains the run-time set."""
    _stamp(requirements).remove()
    run_quietly(
        [VENV_PYTHON, "-m", "pip", "install", *_QUIETLY, "--no-compile", "--requirement", requirements],
        environment={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONWARNINGS": "ignore"},
        on_line=on_line,
    )
    _compile()
    for installed in {requirements, RUN_TIME} if requirements == DEVELOPMENT else {requirements}:
        _stamp(installed).write(_digest(installed))


def _compile() -> None:
    """Compile what was installed, on every processor; pip would take one.

    Packages come with files of other Pythons and with templates of files: what cannot be compiled is not imported.
    """
    with suppress(CommandError):
        run_quietly([VENV_PYTHON, "-m", "compileall", "-qq", "-j", "0", *VENV_DIR.glob("lib/python3.*/site-packages")])


def is_installed(requirements: Path) -> bool:
    """True if ``.venv`` holds exactly these requirements."""
    return VENV_PYTHON.exists() and _stamp(requirements).says(_digest(requirements))


def _step(requirements: Path, title: str) -> Step:
    def carry_out(on_line: OnLine) -> None:
        _make_environment(on_line)
        install(requirements, on_line)

    return Step(title, ADVICE, lambda: is_installed(requirements), carry_out)


def _make_environment(on_line: OnLine) -> None:
    """Make ``.venv``, or make it anew if what is there does not work."""
    if _works():
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            "这个 Python 没有 venv / this Python cannot make virtual environments.",
            advice=f"Debian/Ubuntu: sudo apt-get install python3-venv  (或 / or python{version}-venv)",
        )
    VENV_DIR.mkdir(exist_ok=True)  # says better than venv does that the folder cannot be written
    run_quietly([sys.executable, "-m", "venv", "--clear", VENV_DIR], on_line=on_line)


def _works() -> bool:
    """True if the environment's Python starts and has pip: neither half-made nor left by a Python now gone."""
    try:
        found = subprocess.run([VENV_PYTHON, "-c", "import pip"], capture_output=True, check=False)
    except OSError:
        return False
    return found.returncode == 0


def _stamp(requirements: Path) -> Stamp:
    return Stamp(VENV_DIR / f".installed-{requirements.stem}")


def _digest(requirements: Path) -> str:
    return digest_of([requirements], os.path.realpath(VENV_PYTHON))  # a system upgrade moves the Python beneath
