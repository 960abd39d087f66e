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

FULL_CHROMIUM: Final = Path("/usr/bin/chromium")
LIGHT_CHROMIUM: Final = Path("/usr/bin/chromium-headless-shell")
"""The same pages, scripts, workers and prints without any window to put them in: a third to a half less work a page."""

POSTGRES_VARIABLE: Final = "STATIONMAP_POSTGRES_BIN"
"""The folder of PostgreSQL's programs, if not where Debian puts it; see tests/postgres_cluster.py."""

POSTGIS_OF_DEBIAN: Final = Path("/usr/share/postgresql/15/extension/postgis.control")
_INSTALL: Final = ("apt-get", "install", "-y", "--no-install-recommends")
CJK_FONT_DIRS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A Debian package that tests need."""

    name: str
    is_there: Callable[[], bool]
    needed_by: str
    has_stand_in: Callable[[], bool] = lambda: False
    """Whether something else does in its place, if more slowly."""
    is_service: bool = False
    """Whether systemd would start it for the whole machine as soon as it is installed, with ports of its own."""


@dataclass(frozen=True, slots=True)
class MissingPackage:
    """A package that is absent and could not be installed."""

    package: SystemPackage
    reason: str

    def __str__(self) -> str:
        return f"{self.package.name} is missing ({self.reason}); {self.package.needed_by}"


def chromium_path() -> Path:
    """The browser that people have, for pictures and measurements; the light one where that is all there is."""
    return _named_or_first(FULL_CHROMIUM, LIGHT_CHROMIUM)


def light_chromium_path() -> Path:
    """The browser that the browser tests drive, whether or not it exists."""
    return _named_or_first(LIGHT_CHROMIUM, FULL_CHROMIUM)


def _named_or_first(*paths: Path) -> Path:
    named = os.environ.get(CHROMIUM_VARIABLE)
    return Path(named) if named else next((path for path in paths if path.exists()), paths[0])


def _has_cjk_font() -> bool:
    return any(any(folder.rglob("NotoSansCJK*")) for folder in CJK_FONT_DIRS if folder.is_dir())


def _has_library(name: str) -> Callable[[], bool]:
    """Whether the dynamic linker knows the library."""
    return lambda: find_library(name) is not None


def _has_program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _has_postgis() -> bool:
    return POSTGRES_VARIABLE in os.environ or POSTGIS_OF_DEBIAN.exists()


TEST_PACKAGES: Final = (
    SystemPackage("postgresql-15-postgis-3", _has_postgis, "the PostgreSQL tests did NOT run"),
    SystemPackage(
        "chromium-headless-shell",
        lambda: CHROMIUM_VARIABLE in os.environ or LIGHT_CHROMIUM.exists(),
        "the browser tests did NOT run",
        has_stand_in=FULL_CHROMIUM.exists,
    ),
    SystemPackage("fonts-noto-cjk", _has_cjk_font, "Chinese text has no glyphs in screenshots and PDFs"),
    SystemPackage("libpango-1.0-0", _has_library("pango-1.0"), "the tests of PDFs fail"),
    SystemPackage("libpangoft2-1.0-0", _has_library("pangoft2-1.0"), "the tests of PDFs fail"),
    SystemPackage(
        "redis-server", _has_program("redis-server"), "the tests of shared limits did NOT run", is_service=True
    ),
    SystemPackage("nginx-light", _has_program("nginx"), "nginx's example was NOT tried", is_service=True),
    SystemPackage("caddy", _has_program("caddy"), "Caddy's example was NOT tried", is_service=True),
    SystemPackage("systemd", _has_program("systemd-analyze"), "systemd did NOT look at the units"),
    SystemPackage("curl", _has_program("curl"), "the commands of the interface's guide were NOT tried"),
)
_SYSTEMD: Final = Path("/run/systemd/system")


def install_test_packages(packages: Sequence[SystemPackage] = TEST_PACKAGES) -> list[MissingPackage]:
    """Install what is absent, but start no service for it; what is still absent then, each with the reason."""
    absent = [package for package in packages if not package.is_there()]
    services = [package for package in absent if package.is_service and _SYSTEMD.exists()]
    wanted = [package for package in absent if package not in services]
    missing = still_missing(services, "systemd would start it for the whole machine: install it by hand")
    if not wanted:
        return missing
    names = [package.name for package in wanted]
    print(f"安装系统软件 / system packages: {' '.join(names)} …", flush=True)
    return still_missing(wanted, _apt_install(names)) + missing


def still_missing(packages: Sequence[SystemPackage], reason: str) -> list[MissingPackage]:
    """Those that are not there now and that nothing else stands in for."""
    return [
        MissingPackage(package, reason) for package in packages if not package.is_there() and not package.has_stand_in()
    ]


def install_command(missing: Sequence[MissingPackage]) -> str:
    """What a person types to install them."""
    return "sudo apt-get update && sudo apt-get install -y " + " ".join(each.package.name for each in missing)


def _apt_install(names: Sequence[str]) -> str:
    """Install Debian packages, or as many of them as there are; the reason why one is not there, or nothing."""
    if shutil.which("apt-get") is None:
        return "this system has no apt-get"
    as_root = _root_prefix()
    if as_root is None:
        return "we are not root and have no sudo without a password"
    reason = _apt_get([*as_root, "apt-get", "update"]) or _apt_get([*as_root, *_INSTALL, *names])
    if not reason or len(names) == 1:
        return reason or "apt-get brought no such program"
    for name in names:  # apt-get installs nothing at all when it does not know one of the names
        _apt_get([*as_root, *_INSTALL, name])
    return reason


def _apt_get(command: Sequence[str]) -> str:
    """Run a command; the reason why it failed, or nothing."""
    try:
        run_quietly(command, environment={"DEBIAN_FRONTEND": "noninteractive"})
    except CommandError as failure:
        last_line = failure.output.splitlines()[-1] if failure.output else ""
        return f"{failure}: {last_line}"
    return ""


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
