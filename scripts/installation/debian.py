"""Programs and libraries that tests need and only the system's package manager has.

They are installed when we are root or may use sudo without a password; otherwise a
:class:`MissingPackage` says what to install and what will not be tested until then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.child_process import CommandError, run_quietly

CHROMIUM_VARIABLE: Final = "STATIONMAP_CHROMIUM"
"""Where chromium is, if not where Debian puts it."""

DEFAULT_CHROMIUM: Final = "/usr/bin/chromium"
POSTGRES_VARIABLE: Final = "STATIONMAP_POSTGRES_BIN"
"""The folder of PostgreSQL's programs, if not where Debian puts it; see tests/postgres_cluster.py."""

POSTGIS_OF_DEBIAN: Final = Path("/usr/share/postgresql/15/extension/postgis.control")
CJK_FONT_DIRS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A Debian package that tests need."""

    name: str
    is_there: Callable[[], bool]
    needed_by: str


@dataclass(frozen=True, slots=True)
class MissingPackage:
    """A package that is absent and could not be installed."""

    package: SystemPackage
    reason: str

    def __str__(self) -> str:
        return f"{self.package.name} is missing ({self.reason}); {self.package.needed_by}"


def chromium_path() -> Path:
    """The browser that the browser tests drive, whether or not it exists."""
    return Path(os.environ.get(CHROMIUM_VARIABLE) or DEFAULT_CHROMIUM)


def _has_cjk_font() -> bool:
    return any(any(folder.rglob("NotoSansCJK*")) for folder in CJK_FONT_DIRS if folder.is_dir())


def _has_library(name: str) -> Callable[[], bool]:
    """Whether the dynamic linker knows the library."""
    return lambda: find_library(name) is not None


def _has_postgis() -> bool:
    return POSTGRES_VARIABLE in os.environ or POSTGIS_OF_DEBIAN.exists()


TEST_PACKAGES: Final = (
    SystemPackage("postgresql-15-postgis-3", _has_postgis, "the PostgreSQL tests did NOT run"),
    SystemPackage("chromium", lambda: chromium_path().exists(), "the browser tests did NOT run"),
    SystemPackage("fonts-noto-cjk", _has_cjk_font, "Chinese text has no glyphs in screenshots and PDFs"),
    SystemPackage("libpango-1.0-0", _has_library("pango-1.0"), "the tests of PDFs fail"),
    SystemPackage("libpangoft2-1.0-0", _has_library("pangoft2-1.0"), "the tests of PDFs fail"),
)


def install_test_packages(packages: Sequence[SystemPackage] = TEST_PACKAGES) -> list[MissingPackage]:
    """Install what is absent; what could not be installed, each with the reason."""
    absent = [package for package in packages if not package.is_there()]
    if not absent:
        return []
    names = " ".join(package.name for package in absent)
    print(f"安装系统软件 / system packages: {names} …", flush=True)
    reason = _apt_install(names.split())
    return [MissingPackage(package, reason) for package in absent if not package.is_there()]


def install_command(missing: Sequence[MissingPackage]) -> str:
    """What a person types to install them."""
    return "sudo apt-get update && sudo apt-get install -y " + " ".join(each.package.name for each in missing)


def _apt_install(names: Sequence[str]) -> str:
    """Install Debian packages; the reason why that failed, or nothing."""
    if shutil.which("apt-get") is None:
        return "this system has no apt-get"
    as_root = _root_prefix()
    if as_root is None:
        return "we are not root and have no sudo without a password"
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run_quietly([*as_root, "apt-get", "update"], environment=environment)
        run_quietly([*as_root, "apt-get", "install", "-y", "--no-install-recommends", *names], environment=environment)
    except CommandError as failure:
        last_line = failure.output.splitlines()[-1] if failure.output else ""
        return f"{failure}: {last_line}"
    return "apt-get brought no such program"


def _root_prefix() -> list[str] | None:
    """Words before a command that make it run as root, or None if nothing does."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None
