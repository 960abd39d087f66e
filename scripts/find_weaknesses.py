#!/usr/bin/env python3
"""Look for weaknesses with bandit or semgrep, offline; each finding is mended or allowed with its reason.

``find_weaknesses.py bandit`` and ``find_weaknesses.py semgrep``. What is allowed stands in weaknesses/allowed.toml,
by tool, rule and file, with how often and why. An allowance that is not used fails too. Comments in the code
(``nosec``, ``nosemgrep``) allow nothing. scripts/check.py runs both; semgrep lives in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from installation.layout import PROJECT_DIR, SEMGREP_BIN_DIR, VENV_BIN_DIR

RULES_DIR: Final = PROJECT_DIR / "scripts" / "weaknesses"
ALLOWED: Final = RULES_DIR / "allowed.toml"
PYTHON_DIRS: Final = ("geodata", "mapapp", "scripts")
LOOKED_THROUGH: Final = (*PYTHON_DIRS, "templates")
NOT_OURS: Final = ("node_modules", "mapapp/static/built", "mapapp/static/vendor")
LEFT_TO_OTHERS: Final = {
    "B101": "assert: ruff's S101 asks for a reason at each",
    "B404": "subprocess is imported: what is started is judged where it is started",
    "B603": "a program is started without a shell: that is how it should be",
    "B607": "a program is started by its name: ruff's S607 asks for a reason at each",
    "B311": "random: samples and searches want a seed; secrets come from the module secrets",
}
"""Tests of bandit that are left out, and why."""
_OFFLINE: Final = {"SEMGREP_ENABLE_VERSION_CHECK": "0", "SEMGREP_SEND_METRICS": "off"}
MIN_REASON_CHARS: Final = 20
UNREAD: Final = "unread"
"""The rule of a place that semgrep's parser did not understand."""

Place = tuple[str, str]
"""A rule and a file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a tool does not like."""

    rule: str
    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many findings of a rule in a file are meant."""

    count: int
    why: str


class ToolFailed(Exception):
    """The tool itself did not work; the message is what it said."""


def main() -> int:
    """Look, and say what is not allowed; the exit code."""
    parser = argparse.ArgumentParser(description="Look for weaknesses / 查找安全弱点")
    parser.add_argument("tool", choices=("bandit", "semgrep"))
    tool = parser.parse_args().tool
    try:
        found = bandit_findings(PYTHON_DIRS) if tool == "bandit" else semgrep_findings(LOOKED_THROUGH)
    except ToolFailed as failure:
        print(f"{tool} did not work:\n{failure}", file=sys.stderr)
        return 2
    complaints = judge(found, allowances(ALLOWED, tool))
    print("\n".join(complaints) or f"{tool}: {len(found)} findings, each meant and with its reason")
    return 1 if complaints else 0


def judge(found: Iterable[Finding], allowed: Mapping[Place, Allowance]) -> list[str]:
    """What stands against the code: findings nobody allowed, and allowances nobody needs."""
    by_place: dict[Place, list[Finding]] = {}
    for each in found:
        by_place.setdefault((each.rule, each.file), []).append(each)
    complaints: list[str] = []
    for place, findings in sorted(by_place.items()):
        meant = allowed[place].count if place in allowed else 0
        if len(findings) > meant:
            complaints += [f"{each.file}:{each.line} {each.rule}: {each.message}" for each in findings]
    counts = Counter({place: len(findings) for place, findings in by_place.items()})
    for (rule, file), allowance in sorted(allowed.items()):
        if counts[rule, file] < allowance.count:
            complaints.append(
                f"{file} {rule}: {allowance.count} allowed and {counts[rule, file]} found; mend allowed.toml"
            )
    return complaints


def allowances(file: Path, tool: str) -> dict[Place, Allowance]:
    """What is allowed to one of the tools.

    Raises
    ------
    ToolFailed
        An entry has no reason, or stands twice.
    """
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get(tool, [])
    allowed: dict[Place, Allowance] = {}
    for entry in entries:
        place = (str(entry["rule"]), str(entry["file"]))
        if place in allowed or len(str(entry["why"]).strip()) < MIN_REASON_CHARS:
            raise ToolFailed(f"{file.name}: {place} stands twice, or without a reason")
        allowed[place] = Allowance(int(entry.get("count", 1)), str(entry["why"]))
    return allowed


def bandit_findings(paths: Sequence[str]) -> list[Finding]:
    """What bandit finds below these paths.

    Raises
    ------
    ToolFailed
        It could not look.
    """
    options = ["--recursive", "--quiet", "--format", "json", "--ignore-nosec", "--skip", ",".join(LEFT_TO_OTHERS)]
    answer = _answer([str(VENV_BIN_DIR / "bandit"), *options, *paths], {})
    return [
        Finding(each["test_id"], _short(each["filename"]), each["line_number"], each["issue_text"])
        for each in answer["results"]
    ]


def semgrep_findings(paths: Sequence[str]) -> list[Finding]:
    """What our own rules find below these paths, and what of a file could not be read; no host is asked anything.

    Raises
    ------
    ToolFailed
        It could not look.
    """
    options = ["--config", str(RULES_DIR), "--metrics", "off", "--disable-version-check", "--disable-nosem", "--json"]
    options += ["--quiet", "--jobs", "1", "--no-git-ignore", "--max-target-bytes", "0"]
    options += [word for path in NOT_OURS for word in ("--exclude", path)]
    command = [str(SEMGREP_BIN_DIR / "semgrep"), "scan", *options, *paths]
    search = f"{SEMGREP_BIN_DIR}{os.pathsep}{os.environ.get('PATH', '')}"
    answer = _answer(command, {**_OFFLINE, "PATH": search})
    unread = [
        Finding(UNREAD, _short(str(error.get("path", ""))), 0, str(error["message"])) for error in answer["errors"]
    ]
    return unread + [
        Finding(
            each["check_id"].rpartition(".")[2], _short(each["path"]), each["start"]["line"], each["extra"]["message"]
        )
        for each in answer["results"]
    ]


def _answer(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The tool's answer, read as JSON; both exit with 1 where they found something."""
    try:
        done = subprocess.run(
            command, cwd=PROJECT_DIR, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        answer: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    except OSError as error:
        raise ToolFailed(f"{command[0]}: {error.strerror}; python3 scripts/test.py brings it") from error
    except ValueError:
        raise ToolFailed(done.stderr or done.stdout) from None
    return answer


def _short(name: str) -> str:
    path = Path(name)
    return (path.relative_to(PROJECT_DIR) if path.is_absolute() else path).as_posix()


if __name__ == "__main__":
    sys.exit(main())
