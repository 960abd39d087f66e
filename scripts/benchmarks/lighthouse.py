"""Lighthouse's verdict on the worker's pages: a phone with a slow processor and a slow network, simulated.

The scores are Lighthouse's own, from 0 to 100, with its mobile defaults (a Moto G Power at 4× slow-down on
1.6 Mbit/s with 150 ms round trips). Accessibility and best practices do not depend on the machine, and
tests hold them too; performance does, so it is measured here only.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.databases import make_sample_database
from benchmarks.measure import Spread, in_turns
from benchmarks.results import Figure, Section, at_least
from benchmarks.servers import running
from geodata.places import load_place
from installation.debian import CHROMIUM_VARIABLE, chromium_path
from installation.front_end import find_node
from installation.layout import NODE_MODULES_DIR

TITLE: Final = "Lighthouse: the worker's pages on a slow phone"
PROGRAM: Final = NODE_MODULES_DIR / "lighthouse" / "cli" / "index.js"
CATEGORIES: Final = ("performance", "accessibility", "best-practices")
STATION: Final = "{prefix}-S0007"
PAGES: Final[Mapping[str, tuple[str, int]]] = {
    "/": ("/", 95),
    "/ with the map open": ("/?view=map", 85),
    "a station's page": (f"/stations/{STATION}", 95),
    "the report form": (f"/stations/{STATION}/report", 95),
}
"""What is judged: the path, with a blank for the place's prefix of codes, and the least score in performance."""

LEAST: Final = {"accessibility": 100, "best-practices": 95}
TIMES: Final = {
    "first contentful paint": ("first-contentful-paint", 1000, "s"),
    "largest contentful paint": ("largest-contentful-paint", 1000, "s"),
    "total blocking time": ("total-blocking-time", 1, "ms"),
    "layout shift": ("cumulative-layout-shift", 1, ""),
}
"""Figures recorded beside the scores: Lighthouse's name, what its number is divided by, the unit."""

_PATIENCE_S: Final = 180
_TRIES: Final = 3
_ITS_OWN_TROUBLE: Final = "Please run Lighthouse again"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int


FULL: Final = Effort(3)
QUICK: Final = Effort(1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Lighthouse says of one page: scores from 0 to 100, raw numbers, and what it found wrong."""

    scores: Mapping[str, float]
    numbers: Mapping[str, float]
    failures: tuple[str, ...]


def judge(url: str, folder: Path, categories: Sequence[str] = CATEGORIES) -> Verdict:
    """Let Lighthouse visit the page in a browser of its own; the verdict has no numbers without "performance".

    Now and then it loses its own recording of a visit and asks to be run again; then it is, a few times.

    Raises
    ------
    RuntimeError
        Lighthouse could not judge the page; the message holds what it printed.
    """
    for tries_left in reversed(range(_TRIES)):
        done, answer = _visit(url, folder, categories)
        if done.returncode == 0 and answer.exists():
            return _verdict(json.loads(answer.read_text(encoding="utf-8")))
        if _ITS_OWN_TROUBLE not in done.stderr or not tries_left:
            break
    raise RuntimeError(f"Lighthouse could not judge {url}:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")


def _visit(url: str, folder: Path, categories: Sequence[str]) -> tuple[subprocess.CompletedProcess[str], Path]:
    answer = folder / "lighthouse.json"
    flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    done = subprocess.run(
        [
            str(find_node().node),
            str(PROGRAM),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={answer}",
            f"--only-categories={','.join(categories)}",
            f"--chrome-flags={' '.join(flags)}",
            "--disable-full-page-screenshot",  # a picture for its report, which nobody here reads
            "--no-enable-error-reporting",
        ],
        env={**os.environ, "CHROME_PATH": str(chromium_path())},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    return done, answer


def _verdict(report: Mapping[str, Any]) -> Verdict:
    audits, categories = report["audits"], report["categories"]
    judged = {ref["id"] for name in LEAST for ref in categories[name]["auditRefs"] if ref["weight"] > 0}
    return Verdict(
        scores={name: round(100 * category["score"]) for name, category in categories.items()},
        numbers={name: audits[key]["numericValue"] for name, (key, _, _) in TIMES.items() if key in audits},
        failures=tuple(
            f"{key}: {audits[key]['title']} {json.dumps(audits[key].get('details', {}).get('items', []))[:600]}"
            for key in sorted(judged)
            if audits[key]["score"] is not None and audits[key]["score"] < 1
        ),
    )


def measure(place_name: str, effort: Effort) -> Section:
    """Every page in turn, several times."""
    if not chromium_path().exists() or not PROGRAM.exists():
        missing = f"chromium ({CHROMIUM_VARIABLE}) or {PROGRAM.relative_to(NODE_MODULES_DIR.parent)} is missing."
        return Section(TITLE, (), (), (missing,))
    place = load_place(place_name)
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = {
            "MAPAPP_DATABASE_URL": make_sample_database(folder / "sample.sqlite3", place),
            "MAPAPP_PLACE": place_name,
            "MAPAPP_RATE_LIMIT": "",
        }
        with running(folder, settings, workers_count=1) as server:
            root = server.address.url.rstrip("/")
            turns = {
                page: _Judge(root + path.format(prefix=place.code_prefix), folder) for page, (path, _) in PAGES.items()
            }
            verdicts = in_turns(turns, effort.rounds_count)
    figures = [figure for page, (_, least) in PAGES.items() for figure in _figures(page, verdicts[page], least)]
    return Section(TITLE, tuple(figures), _notes())


@dataclass(frozen=True, slots=True)
class _Judge:
    url: str
    folder: Path

    def __call__(self) -> Verdict:
        return judge(self.url, self.folder)


def _figures(page: str, verdicts: tuple[Verdict, ...], least_performance: int) -> list[Figure]:
    bars = {"performance": least_performance, **LEAST}
    scores = [
        Figure(f"{page}: {name}", Spread(tuple(each.scores[name] for each in verdicts)), "", at_least(bar))
        for name, bar in bars.items()
    ]
    times = [
        Figure(f"  {name}", Spread(tuple(each.numbers[name] / divisor for each in verdicts)), unit)
        for name, (_, divisor, unit) in TIMES.items()
    ]
    return scores + times


def _notes() -> tuple[str, ...]:
    version = json.loads((PROGRAM.parent.parent / "package.json").read_text(encoding="utf-8"))["version"]
    return (
        f"Lighthouse {version} with its mobile defaults (simulated slow phone and network), tiles off, over loopback.",
        "Scores are out of 100; times are what Lighthouse works out for the slow phone, not wall time here.",
    )
