"""scripts/solve_siting.py as it is started from a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import solve_siting

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts" / "solve_siting.py"
KEYS = {"status", "objective", "bound", "proven", "gap", "sites", "seconds", "method"}
MCLP = {"problem": "mclp", "p": 2, "demand": [5, 3, 4, 1], "covers": [[0], [0, 1], [2], []]}


def answer_of(capsys: pytest.CaptureFixture[str], folder: Path, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """What the script prints and ends with, without a process of its own."""
    path = folder / "problem.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    code = solve_siting.solve(Namespace(problem=path, time_limit=30.0, mode="exact", seed=1))
    return code, json.loads(capsys.readouterr().out)


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, path, *arguments], capture_output=True, text=True, check=False)


def solved(folder: Path, fields: dict[str, Any], *arguments: str) -> dict[str, Any]:
    path = folder / "problem.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    done = run(path, *arguments)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_covering_problem_is_answered_with_its_proof(tmp_path: Path) -> None:
    answer = solved(tmp_path, MCLP)

    assert set(answer) == KEYS
    assert (answer["status"], answer["objective"], answer["bound"], answer["proven"]) == ("optimal", 12, 12, True)
    assert (answer["gap"], answer["sites"]) == (0, [0, 2])


def test_required_and_forbidden_candidates_are_kept_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _code, answer = answer_of(capsys, tmp_path, MCLP | {"required": [1], "forbidden": [0]})

    assert (answer["objective"], answer["sites"]) == (7, [1, 2])


def test_as_many_sites_as_asked_for_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _code, answer = answer_of(capsys, tmp_path, MCLP | {"p": 3})

    assert (answer["objective"], answer["sites"]) == (12, [0, 1, 2])


def test_a_large_problem_is_read_from_npz(tmp_path: Path) -> None:
    path = tmp_path / "problem.npz"
    np.savez(
        path, problem="mclp", p=2, demand=np.array([5, 3, 4, 1]), indptr=np.array([0, 1, 3, 4, 4]),
        indices=np.array([0, 0, 1, 2]), required=np.array([], dtype=int), forbidden=np.array([2]),
    )  # fmt: skip

    answer = json.loads(run(path, "--mode", "heuristic", "--time-limit", "5").stdout)

    assert (answer["objective"], answer["sites"]) == (8, [0, 1])


@pytest.mark.parametrize(
    ("fields", "objective"),
    [
        ({"problem": "lscp", "demand": [1, 1, 1], "covers": [[0, 1], [1, 2], [3]]}, 2),
        ({"problem": "p_median", "p": 1, "demand": [1, 3], "cost": [[0, 4], [4, 1]]}, 7),
        ({"problem": "p_center", "p": 1, "demand": [1, 3], "cost": [[0, 4], [4, 1], [2, None]]}, 4),
        ({"problem": "lscp", "demand": [9, 1], "covers": [[0], []], "target": 0.9}, 1),
        ({"problem": "mclp", "budget": 3, "demand": [5, 4], "covers": [[0], [1]], "costs": [4, 3]}, 4),
    ],
)
def test_every_kind_of_problem_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fields: dict[str, Any], objective: float
) -> None:
    code, answer = answer_of(capsys, tmp_path, fields)

    assert (code, answer["objective"]) == (0, objective)
    assert answer["proven"]


@pytest.mark.parametrize(
    "fields",
    [
        {"problem": "lscp", "demand": [1, 1], "covers": [[0], []]},
        {"problem": "p_median", "p": 0, "cost": [[1]]},
        {"problem": "p_center", "p": 1, "cost": [[1, None], [None, 1]]},
        MCLP | {"required": [0, 1, 2]},
        MCLP | {"required": [0], "forbidden": [0]},
    ],
)
def test_an_infeasible_problem_is_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fields: dict[str, Any]
) -> None:
    assert answer_of(capsys, tmp_path, fields) == (3, {"status": "infeasible"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "neither JSON nor .npz"),
        ("[]", "one JSON object"),
        ('{"problem": "tsp"}', "problem must be one of"),
        ('{"problem": "mclp", "p": -1, "demand": [1], "covers": [[0]]}', "at least 0"),
        ('{"problem": "mclp", "p": "2", "demand": [1], "covers": [[0]]}', "p must be numbers"),
        ('{"problem": "mclp", "p": 1, "demand": [1, 2], "covers": [[0]]}', "same points"),
        ('{"problem": "mclp", "p": 1, "demand": [NaN], "covers": [[0]]}', "finite"),
        ('{"problem": "mclp", "p": 1, "demand": [-1], "covers": [[0]]}', "at least 0"),
        ('{"problem": "mclp", "p": 1, "demand": [1], "covers": [[-1]]}', "at least 0"),
        ('{"problem": "mclp", "p": 1, "demand": [1], "covers": [[0.5]]}', "whole numbers"),
        ('{"problem": "mclp", "p": 1, "demand": [1], "covers": 3}', "covers must be a list"),
        ('{"problem": "mclp", "demand": [1], "covers": [[0]]}', "p is needed"),
        ('{"problem": "p_median", "p": 1, "cost": [[1, 2], [3]]}', "one length"),
        ('{"problem": "p_median", "p": 1, "cost": [[-1]]}', "at least 0"),
        ('{"problem": "p_median", "p": 1}', "cost is needed"),
        ('{"problem": "p_median", "p": 1, "cost": [[1]], "required": [7]}', "0–0"),
        ('{"problem": "mclp", "p": 1, "demand": [1], "covers": [[0]], "requird": [0]}', "Unknown field: requird"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    from geodata.errors import GeodataError
    from geodata.siting.problem_file import read_problem

    path = tmp_path / "problem.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(GeodataError, match=said):
        read_problem(path)


def test_a_refusal_ends_with_its_own_exit_code_and_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(b"PK\x03\x04 and nothing else")

    done = run(path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "broken.npz" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = solve_siting.solve(Namespace(problem=tmp_path / "none.json", time_limit=30.0, mode="exact", seed=1))

    assert code == 2
    assert "none.json" in capsys.readouterr().err
