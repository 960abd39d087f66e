"""The rules find what they are for; what is allowed is allowed once, for a reason, and only while it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import yaml

import find_weaknesses
from find_weaknesses import (
    ALLOWED,
    RULES_DIR,
    UNREAD,
    Allowance,
    Finding,
    ToolFailed,
    allowances,
    bandit_findings,
    judge,
    semgrep_findings,
)
from installation.layout import PROJECT_DIR, SEMGREP_BIN_DIR

EXAMPLES: Final = PROJECT_DIR / "tests" / "scripts" / "weak_examples"
FOUND: Final = Finding("shell", "a.py", 3, "A shell reads words as commands.")


def examples(name: str) -> list[tuple[str, str]]:
    """The pairs of a file of examples."""
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [(left.strip(), right.strip()) for left, _, right in (line.partition("|") for line in lines)]


def ending_of(rule: str) -> str:
    return ".html" if rule.startswith("template-") else ".js" if rule.startswith("script-") else ".py"


def rule_names() -> set[str]:
    """Every rule of ours."""
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in RULES_DIR.glob("*.yml")]
    return {rule["id"] for document in documents for rule in document["rules"]}


def test_every_rule_has_an_example_that_it_must_find() -> None:
    assert {rule for rule, _ in examples("weak.txt")} == rule_names()


@pytest.mark.skipif(not (SEMGREP_BIN_DIR / "semgrep").exists(), reason="semgrep is missing: scripts/test.py brings it")
def test_the_rules_find_each_weak_example_and_no_sound_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = {f"weak{n}{ending_of(rule)}": (rule, code) for n, (rule, code) in enumerate(examples("weak.txt"))}
    sound = {f"sound{n}{ending}": ("", code) for n, (ending, code) in enumerate(examples("sound.txt"))}
    swallowing = "try:\n    go()\nexcept Exception:\n    pass\n"
    for name, (_, code) in {**weak, **sound, "weak_try.py": ("failure-swallowed", swallowing)}.items():
        before = (
            "import hashlib, os, pickle, subprocess, tempfile, xml.etree.ElementTree\n" if name.endswith(".py") else ""
        )
        (tmp_path / name).write_text(f"{before}{code}\n", encoding="utf-8")
    monkeypatch.setattr(find_weaknesses, "PROJECT_DIR", tmp_path)

    found = semgrep_findings([str(tmp_path)])

    by_file = {name: {each.rule for each in found if each.file == name} for name in [*weak, *sound, "weak_try.py"]}
    assert {name: rules for name, rules in by_file.items() if name in weak and weak[name][0] not in rules} == {}
    assert {name: rules for name, rules in by_file.items() if name in sound and rules} == {}
    assert "failure-swallowed" in by_file["weak_try.py"]
    assert UNREAD not in {each.rule for each in found}


def test_bandit_is_asked_and_its_comments_allow_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("import hashlib\nhashlib.md5(b'')  # nosec\n", encoding="utf-8")
    monkeypatch.setattr(find_weaknesses, "PROJECT_DIR", tmp_path)

    assert [(each.rule, each.file, each.line) for each in bandit_findings(["."])] == [("B324", "a.py", 2)]


def test_a_finding_nobody_allowed_is_a_complaint() -> None:
    assert judge([FOUND], {}) == ["a.py:3 shell: A shell reads words as commands."]


def test_one_more_than_allowed_is_a_complaint() -> None:
    allowed = {("shell", "a.py"): Allowance(1, "meant")}

    assert judge([FOUND], allowed) == []
    assert len(judge([FOUND, FOUND], allowed)) == 2


def test_an_allowance_nobody_needs_is_a_complaint() -> None:
    assert judge([], {("shell", "a.py"): Allowance(1, "meant")}) != []


@pytest.mark.parametrize("why", ["", "meant"])
def test_an_allowance_without_a_reason_is_none(tmp_path: Path, why: str) -> None:
    file = tmp_path / "allowed.toml"
    file.write_text(f'[[semgrep]]\nrule = "shell"\nfile = "a.py"\nwhy = "{why}"\n', encoding="utf-8")

    with pytest.raises(ToolFailed, match="reason"):
        allowances(file, "semgrep")


@pytest.mark.parametrize("tool", ["bandit", "semgrep"])
def test_what_is_allowed_lies_in_files_that_there_are(tool: str) -> None:
    assert [file for _, file in allowances(ALLOWED, tool) if not (PROJECT_DIR / file).is_file()] == []


def test_a_tool_that_is_not_there_is_no_clean_sheet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(find_weaknesses, "SEMGREP_BIN_DIR", tmp_path)

    with pytest.raises(ToolFailed, match=r"scripts/test\.py"):
        semgrep_findings(["scripts"])
