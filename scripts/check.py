#!/usr/bin/env python3
"""Check the code without running it: style, types, layers, weaknesses, translations, front-end sources.

All checks run, each with its result; the exit code is not 0 if one failed. The tools live in ``.venv``
and ``node_modules``: scripts/test.py brings them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from installation.front_end import find_node
from installation.layout import BUILD_SCRIPT, NODE_MODULES_DIR, PROJECT_DIR, VENV_BIN_DIR, VENV_PYTHON

AT_ONCE_COUNT = 2


@dataclass(frozen=True, slots=True)
class Check:
    """A command that fails when something is wrong."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    check: Check
    passed: bool
    output: str
    took_s: float


def main() -> int:
    """Run every check; the exit code."""
    if not (VENV_BIN_DIR / "ruff").exists() or not NODE_MODULES_DIR.is_dir():
        print("The tools are not installed yet: python3 scripts/test.py brings them.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as build_dir, ThreadPoolExecutor(AT_ONCE_COUNT) as pool:
        outcomes = list(pool.map(carry_out, all_checks(Path(build_dir))))
    for outcome in outcomes:
        print(f"{'✓' if outcome.passed else '✗'} {outcome.check.name} ({outcome.took_s:.1f} s)")
        if not outcome.passed:
            print(outcome.output.rstrip())
    failed_count = sum(not outcome.passed for outcome in outcomes)
    print(f"{failed_count} of {len(outcomes)} checks failed" if failed_count else "All checks passed", flush=True)
    return 1 if failed_count else 0


def all_checks(build_dir: Path) -> list[Check]:
    """The slowest first, so that the others run beside it."""
    tool = {name: str(VENV_BIN_DIR / name) for name in ("ruff", "mypy", "lint-imports")}
    return [
        Check("types (mypy --strict)", [tool["mypy"], "--strict"]),
        Check("weaknesses (semgrep, our rules)", [str(VENV_PYTHON), "scripts/find_weaknesses.py", "semgrep"]),
        Check("weaknesses (bandit)", [str(VENV_PYTHON), "scripts/find_weaknesses.py", "bandit"]),
        Check("style (ruff check)", [tool["ruff"], "check"]),
        Check("format (ruff format)", [tool["ruff"], "format", "--check"]),
        Check("layers (import-linter)", [tool["lint-imports"], "--no-cache"]),
        Check("translations", [str(VENV_PYTHON), "scripts/translate.py", "--check"]),
        Check("front end (esbuild)", [str(find_node().node), str(BUILD_SCRIPT), "--out", str(build_dir)]),
    ]


def carry_out(check: Check) -> Outcome:
    """Run one check, its output kept for later."""
    started_s = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=PROJECT_DIR,
        env={**os.environ, "PYTHONPATH": str(PROJECT_DIR)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(check, done.returncode == 0, done.stdout, time.monotonic() - started_s)


if __name__ == "__main__":
    sys.exit(main())
