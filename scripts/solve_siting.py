#!/usr/bin/env python3
"""Solve a siting problem from a file and print the answer with its bound as JSON.

``solve_siting.py PROBLEM.json|.npz [--time-limit S] [--mode heuristic|exact]``; the file's format is in
docs/siting-method.md. Started with a Python that lacks the requirements it goes on with the project's own ``.venv``.
Exit codes: 0 an answer, 2 the file cannot be used, 3 infeasible, 4 the time was over before any answer was found.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from installation.own_python import can_go_on

if TYPE_CHECKING:
    from geodata.siting.solution import Solution

NEEDED = ("highspy", "numpy", "scipy")
UNUSABLE, INFEASIBLE, NOTHING_FOUND = 2, 3, 4


def main() -> int:
    """Parse, make sure of the requirements, solve, print; the exit code."""
    options = parse_options()
    if not can_go_on(NEEDED):
        return UNUSABLE
    return solve(options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="求解选址问题 / Solve a siting problem")
    parser.add_argument("problem", type=Path, help="PROBLEM.json | PROBLEM.npz")
    parser.add_argument("--time-limit", type=seconds, default=120.0, metavar="S", help="秒 / seconds (120)")
    parser.add_argument("--mode", choices=["heuristic", "exact"], default="exact", help="启发式或精确 / (exact)")
    parser.add_argument("--seed", type=int, default=20260101, help="随机种子 / of the search's random choices")
    return parser.parse_args()


def seconds(text: str) -> float:
    """A time limit: a finite number above 0."""
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return value


def solve(options: argparse.Namespace) -> int:
    """Read, solve, print."""
    from geodata.errors import GeodataError, InvalidValue
    from geodata.siting.effort import Effort
    from geodata.siting.problem_file import read_problem
    from geodata.siting.solution import Status

    try:
        problem = read_problem(options.problem)
        effort = Effort(time_limit_s=options.time_limit, seed=abs(options.seed)).begun()
        answer = problem.solved(effort, exact=options.mode == "exact")
    except GeodataError as refused:
        field = f" ({refused.field})" if isinstance(refused, InvalidValue) and refused.field else ""
        print(f"Error{field}: {refused}", file=sys.stderr)
        return UNUSABLE
    if answer.status is Status.INFEASIBLE:
        print(json.dumps({"status": "infeasible"}))
        return INFEASIBLE
    print(json.dumps(printed(answer)))
    return NOTHING_FOUND if answer.objective is None else 0


def printed(answer: Solution) -> dict[str, object]:
    """The answer's fields: an infinite or missing number is null."""
    return {
        "status": answer.status.value,
        "objective": finite(answer.objective),
        "bound": finite(answer.bound),
        "proven": answer.proven,
        "gap": finite(answer.gap_share),
        "sites": list(answer.sites),
        "seconds": round(answer.seconds, 4),
        "method": answer.method,
    }


def finite(value: float | None) -> float | int | None:
    """A number as JSON has it: whole ones without a point."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 2**53 else value


if __name__ == "__main__":
    sys.exit(main())
