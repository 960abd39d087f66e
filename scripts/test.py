#!/usr/bin/env python3
"""Run every check and test: bring what they need, then scripts/check.py, then pytest.

Needs Python 3.11 or newer and nothing else. Arguments go to pytest; without arguments about how to distribute,
tests run in two processes. The last lines are pytest's; the exit code is not 0 if a check or a test failed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

NOTICE_VARIABLE = "STATIONMAP_TEST_NOTICE"
"""Lines that tests/conftest.py prints just above pytest's closing line."""

ONLY_FRONT_END = "--only-front-end-packages"
"""An argument that is not pytest's: bring npm's packages and nothing else, as set-up does beside pip."""

ONLY_CHECKER = "--only-security-checker"
"""The same for the checker that lives in an environment of its own."""

KEEP_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""A run starts a hundred Pythons; where the machine's setting forbids to keep it, each compiles everything anew."""


def main() -> int:
    """Set up, check, test; the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python can read this file, and must be told
        print("需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed, this is", sys.version.split()[0])
        return 1
    from installation.child_process import StopRequested, stop_on_signals
    from installation.debian import install_command, install_test_packages
    from installation.steps import SetupError, report_failure

    stop_on_signals()
    try:
        if sys.argv[1:] == [ONLY_FRONT_END]:
            from installation.front_end import bring_development_packages_ahead

            bring_development_packages_ahead()
            return 0
        if sys.argv[1:] == [ONLY_CHECKER]:
            from installation.checkers import bring_ahead

            bring_ahead()
            return 0
        set_up()
        missing = install_test_packages()
        notices = [str(each) for each in missing]
        if missing:
            notices.append(f"To install: {install_command(missing)}")
        failed_checks = run_in_venv("scripts/check.py")
        if failed_checks:
            notices.append("scripts/check.py FAILED, see its output above: this run is not green")
        failed_tests = run_in_venv(
            "-m",
            "pytest",
            *pytest_arguments(sys.argv[1:]),
            environment={NOTICE_VARIABLE: "\n".join(notices), **KEEP_BYTECODE},
        )
    except SetupError as failure:
        report_failure(failure)
        return 1
    except StopRequested as stop:
        return 128 + stop.signal_number
    return failed_tests or failed_checks


def set_up() -> None:
    """Whatever a fresh clone lacks before its tests can run."""
    from installation.checkers import security_checker
    from installation.front_end import built_assets, front_end_development_packages
    from installation.python_packages import development_packages
    from installation.steps import prepare, with_beside
    from installation.translations import compiled_translations

    python_packages = with_beside(development_packages(), [sys.executable, __file__, ONLY_FRONT_END])
    python_packages = with_beside(python_packages, [sys.executable, __file__, ONLY_CHECKER])
    prepare(
        [
            python_packages,
            front_end_development_packages(),
            security_checker(),
            built_assets(),
            compiled_translations(),
        ]
    )


def pytest_arguments(given: Sequence[str]) -> list[str]:
    """What pytest is called with: two processes that take over from each other, unless told otherwise."""
    decided = any(
        word.startswith(("-n", "--numprocesses", "--dist", "--pdb", "-s", "--collect-only")) for word in given
    )
    return list(given) if decided else ["-n", "2", "--dist", "worksteal", *given]


def run_in_venv(*words: str, environment: dict[str, str] | None = None) -> int:
    """Run Python in ``.venv``, its output shown; the exit code."""
    from installation.child_process import start, stop_group
    from installation.layout import VENV_PYTHON

    sys.stdout.flush()
    process = start([str(VENV_PYTHON), *words], environment=environment)
    try:
        return process.wait()
    finally:
        stop_group(process)


if __name__ == "__main__":
    sys.exit(main())
