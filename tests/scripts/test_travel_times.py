"""scripts/travel_times.py: run in this process, and once from a shell."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import travel_times  # scripts/ is on the path of the tests
from geodata.coordinates import great_circle_m
from geodata.travel.streets import save_streets
from tests.geodata.travel.street_maps import at, streets_of, write_map

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts" / "travel_times.py"
STEP_M = float(great_circle_m(*at(0, 0), *at(0, 1)))

Answer = Callable[..., tuple[int, list[list[str]], str]]


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    places: dict[int, tuple[float, float]] = {n: (0, n) for n in range(5)}
    extract = write_map(
        tmp_path / "road.osm.pbf",
        {n + 1: place for n, place in places.items()},
        [([1, 2, 3, 4, 5], {"highway": "residential"})],
    )
    save_streets(streets_of(extract), tmp_path / "graph.npz")
    return tmp_path / "graph.npz"


def table(path: Path, *rows: tuple[object, ...], headings: str = "id,lon,lat") -> Path:
    path.write_text("\n".join([headings, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def answer(graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Answer:
    starts = table(tmp_path / "from.csv", ("a", *at(0, 0)), ("far", *at(30, 0)))
    goals = table(tmp_path / "to.csv", ("p", *at(0, 3)), ("q", *at(0, 1)), ("away", *at(0, 60)))

    def ask(
        *options: str | Path, starts: Path = starts, goals: Path = goals, graph: Path = graph
    ) -> tuple[int, list[list[str]], str]:
        monkeypatch.setattr(sys, "argv", ["travel_times.py", *map(str, (graph, starts, goals, *options))])
        code = travel_times.main()
        printed = capsys.readouterr()
        return code, list(csv.reader(io.StringIO(printed.out))), printed.err

    return ask


def test_all_pairs_are_printed_in_the_files_order_with_the_unreachable_in_words(answer: Answer) -> None:
    code, rows, _err = answer("--mode", "walk")

    assert code == 0
    assert rows == [
        ["from", "to", "metres", "seconds", "note"],
        ["a", "p", f"{3 * STEP_M:.3f}", f"{3 * STEP_M / (4.8 / 3.6):.3f}", ""],
        ["a", "q", f"{STEP_M:.3f}", f"{STEP_M / (4.8 / 3.6):.3f}", ""],
        ["a", "away", "", "", "unreachable: to"],
        ["far", "p", "", "", "unreachable: from"],
        ["far", "q", "", "", "unreachable: from"],
        ["far", "away", "", "", "unreachable: from and to"],
    ]


def test_only_the_quickest_or_only_what_is_near_can_be_asked_for(answer: Answer) -> None:
    _code, nearest, _err = answer("--nearest")
    _code, near, _err = answer("--within-metres", "200")

    assert [row[:2] for row in nearest[1:]] == [["a", "q"], ["far", ""]]
    assert [row[:2] for row in near[1:] if not row[4]] == [["a", "q"]]


def test_headings_in_chinese_and_rows_without_an_id_are_read(answer: Answer, tmp_path: Path) -> None:
    lat_first = table(tmp_path / "zh.csv", (at(0, 0)[1], at(0, 0)[0]), headings="\ufeff纬度,经度")

    _code, rows, _err = answer(starts=lat_first)

    assert rows[1][:2] == ["1", "p"]
    assert rows[1][2]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,lon,lat\n", "no rows"),
        ("", "heading"),
        ("id,a,b\n1,2,3\n", "heading"),
        ("id,lon,lat\nx,34.75,113.6\n", "swapped"),
        ("id,lon,lat\nx,nan,34\n", "finite"),
        ("id,lon,lat\nx,east,34\n", "no numbers"),
        ("id,lon,lat\nx\n", "too few"),
        ("id,lon,lat\n\x00,1,2\n\xff", "row 1|UTF-8|NUL|no "),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_row(
    answer: Answer, tmp_path: Path, content: str, expected: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content.encode("latin-1"))

    code, rows, message = answer(goals=path)

    assert (code, rows) == (2, [])
    assert "bad.csv" in message
    assert any(word in message for word in expected.split("|"))


@pytest.mark.parametrize("options", [("--walk-kmh", "0"), ("--within-seconds", "nan"), ("--within-metres", "-1")])
def test_options_that_make_no_sense_are_refused(answer: Answer, options: tuple[str, str]) -> None:
    code, rows, message = answer(*options)

    assert (code, rows) == (2, [])
    assert message.startswith("Error:")


def test_a_graph_that_is_none_or_a_folder_without_one_is_refused(answer: Answer, tmp_path: Path) -> None:
    for graph in (tmp_path / "road.osm.pbf", tmp_path, tmp_path / "missing.npz"):
        code, _rows, message = answer(graph=graph)

        assert code == 2
        assert "load_streets" in message


def test_from_a_shell_it_stops_quietly_when_nobody_reads_on(graph: Path, tmp_path: Path) -> None:
    many = table(tmp_path / "many.csv", *((n, *at(0, n / 500)) for n in range(1500)))
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}

    with subprocess.Popen(
        [sys.executable, SCRIPT, graph, many, many], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"from,to,metres,seconds,note\n"
        process.stdout.close()
        assert process.stderr.read() == b""
