#!/usr/bin/env python3
"""Measure the service beside its peers, in the same run, and print the figures with their spread.

Needs Python 3.11 or newer and nothing else; the first run brings what is missing. ``--write`` puts the figures
into docs/benchmarks.md, part by part as they are measured; with ``--only`` the other parts stay. Missed bars are
shown, not punished: the exit code is 0 unless something could not be measured at all. Nothing else should run on
the machine meanwhile.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.results import Section

PROJECT_DIR = Path(__file__).resolve().parent.parent
PAGE = PROJECT_DIR / "docs" / "benchmarks.md"
PARTS = {
    "http": "answers a second / 每秒应答",
    "index": "single questions at 200,000 stations / 单次查询",
    "bulk": "200,000 stations x 1,000,000 demand points / 批量",
    "national": "200,000 stations x 10,000,000 demand points / 全国",
    "coverage": "coverage of a city / 城市覆盖",
    "matrix": "coverage of a whole week / 一周覆盖矩阵",
    "planning": "a planner's question / 规划分析",
    "snapshots": "what a process reads of 200,000 stations / 全国快照",
    "exports": "files of 200,000 stations / 全国导出",
    "siting": "where new stations help most / 选址求解",
    "streets": "travel along streets / 沿街道的路程",
    "staff": "staff pages over 20,000 stations / 员工页面",
    "page": "the map page in a browser / 地图页",
    "lighthouse": "Lighthouse on the worker's pages / Lighthouse 评分",
}
"""Names for ``--only``, in the order they run: what other work would disturb most comes first."""


def main() -> int:
    """Set up, measure, print, write; the exit code."""
    options = parse_options()
    exit_code = enter_environment()
    return measure_all(options) if exit_code is None else exit_code


def enter_environment() -> int | None:
    """Go on in the interpreter that has everything, bringing what is missing; an exit code where that cannot be."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python can read this file, and must be told
        print("需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed, this is", sys.version.split()[0])
        return 1
    from installation.layout import VENV_DIR, VENV_PYTHON
    from installation.steps import SetupError, report_failure

    if Path(sys.prefix).resolve() != VENV_DIR.resolve():
        try:
            set_up()
        except SetupError as failure:
            report_failure(failure)
            return 1
        sys.stdout.flush()
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the server and the worker are started
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter, our own arguments
    sys.path.insert(1, str(PROJECT_DIR))
    return None


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Benchmarks / 性能基准")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="NAME", help=f"{', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="under a minute, with a wider spread / 一分钟内")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def set_up() -> None:
    """Whatever a fresh clone lacks."""
    from installation.front_end import built_assets, front_end_development_packages
    from installation.python_packages import development_packages
    from installation.steps import prepare
    from installation.translations import compiled_translations

    prepare([development_packages(), front_end_development_packages(), built_assets(), compiled_translations()])


def measure_all(options: argparse.Namespace) -> int:
    """Measure the parts asked for one after the other."""
    from benchmarks.machine import Machine, load_average
    from benchmarks.report import Taken, page_of, part_of, text_of

    machine, effort = Machine.here(), "quick, few" if options.quick else "full"
    print("\n".join(machine.lines()), flush=True)
    missed_count = 0
    for name, measure in chosen_parts(options.only or list(PARTS), quick=options.quick).items():
        taken = Taken(datetime.now(UTC).date(), effort, load_average())
        print(f"\n{name} … {taken}", flush=True)
        section = measure()
        print(text_of(section), flush=True)
        missed_count += section.missed_count
        if options.write:
            before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
            PAGE.write_text(page_of(before, {name: part_of(section, taken)}, list(PARTS), machine), encoding="utf-8")
    print(f"\n{missed_count} bars missed" if missed_count else "\nEvery bar met")
    return 0


def chosen_parts(names: Sequence[str], *, quick: bool) -> dict[str, Callable[[], Section]]:
    """The parts of these names, ready to be measured."""
    from benchmarks import (
        bulk_nearest,
        city_coverage,
        coverage_matrix,
        exports,
        front_page,
        http_rates,
        lighthouse,
        national_run,
        planning,
        single_questions,
        siting,
        snapshots,
        staff_pages,
        streets,
    )
    from mapapp.settings import Settings

    place = Settings.from_environment(os.environ).place
    parts: dict[str, Callable[[], Section]] = {
        "http": lambda: http_rates.measure(place, http_rates.QUICK if quick else http_rates.FULL),
        "index": lambda: single_questions.measure(single_questions.QUICK if quick else single_questions.FULL),
        "bulk": lambda: bulk_nearest.measure(bulk_nearest.QUICK if quick else bulk_nearest.FULL),
        "national": lambda: national_run.measure(national_run.QUICK if quick else national_run.FULL),
        "coverage": lambda: city_coverage.measure(place, city_coverage.QUICK if quick else city_coverage.FULL),
        "matrix": lambda: coverage_matrix.measure(place, coverage_matrix.QUICK if quick else coverage_matrix.FULL),
        "planning": lambda: planning.measure(place, planning.QUICK if quick else planning.FULL),
        "snapshots": lambda: snapshots.measure(snapshots.QUICK if quick else snapshots.FULL),
        "exports": lambda: exports.measure(exports.QUICK if quick else exports.FULL),
        "siting": lambda: siting.measure(siting.QUICK if quick else siting.FULL),
        "streets": lambda: streets.measure(streets.QUICK if quick else streets.FULL),
        "staff": lambda: staff_pages.measure(place, staff_pages.QUICK if quick else staff_pages.FULL),
        "page": lambda: front_page.measure(place, front_page.QUICK if quick else front_page.FULL),
        "lighthouse": lambda: lighthouse.measure(place, lighthouse.QUICK if quick else lighthouse.FULL),
    }
    return {name: parts[name] for name in PARTS if name in names}


if __name__ == "__main__":
    sys.exit(main())
