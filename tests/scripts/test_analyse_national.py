"""scripts/analyse_national.py: real input, clear refusals, and the same numbers when a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

import analyse_national  # scripts/ is on the path of the tests
from geodata.coverage.national.cluster import ClusterFailed
from national.running import work_out

AT = "2026-11-18T10:00"
Analyse = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def analyse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Analyse:
    """The script in this process: exit code, the document it printed, what it said beside."""

    def call(*arguments: str | Path) -> tuple[int, dict[str, Any], str]:
        words = ["analyse_national.py", "--at", AT, "--workers", "0", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        code = analyse_national.main()
        printed = capsys.readouterr()
        return code, json.loads(printed.out or "{}"), printed.err

    return call


@pytest.fixture
def demand(tmp_path: Path) -> Path:
    """Two workers at one of the sample's stations, three far from all."""
    path = tmp_path / "demand.csv"
    path.write_text("经度,纬度,人数\n106.25,38.45,2\n100.0,30.0,3\n", encoding="utf-8")
    return path


def test_stations_of_a_database_cover_demand_of_a_file(
    analyse: Analyse, sample_database: Path, demand: Path, tmp_path: Path
) -> None:
    code, printed, said = analyse(
        "--stations",
        f"sqlite:///{sample_database}",
        "--demand",
        demand,
        "--within-m",
        20_000,
        "--out",
        tmp_path / "out",
    )

    assert code == 0, said
    assert (printed["result"]["points"], printed["result"]["workers"]) == (2, 5)
    assert printed["result"]["covered_low"] == 2
    assert printed["origin"].startswith("Invented stations")
    assert printed["question"]["at"] == "2026-11-18T10:00:00+08:00"
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8")) == printed
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "summary.json",
        "uncovered.csv",
        "uncovered.geojson",
    }


def test_stations_come_from_files_too_and_rows_left_out_are_said(
    analyse: Analyse, tmp_path: Path, demand: Path
) -> None:
    stations = tmp_path / "stations.csv"
    stations.write_text(
        "站点名称,经度,纬度,开放时间,坐标系\n甲驿站,106.25,38.45,24小时,WGS84\n,106.3,38.4,24小时,WGS84\n乙驿站,106.26,38.46,,WGS84\n",
        encoding="utf-8",
    )
    with demand.open("a", encoding="utf-8") as file:
        file.write("x,y,z\n")

    code, printed, said = analyse("--stations", stations, "--stations-crs", "wgs84", "--demand", demand)

    assert code == 1
    assert (printed["stations"]["count"], printed["stations"]["open"], printed["stations"]["unknown_hours"]) == (
        2,
        1,
        1,
    )
    assert printed["result"]["covered_low"] == 2
    assert "stations.csv:3" in said
    assert "demand.csv:4: not_a_number" in said
    assert printed["origin"] == "stations.csv; demand.csv"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stations", "sqlite:////nowhere/x.db", "--demand", "invented:9"], "db upgrade"),
        (["--stations", "oracle://x", "--demand", "invented:9"], "sqlite:///"),
        (["--stations", "no.csv", "--demand", "invented:9"], "no file no.csv"),
        (["--stations", "sqlite:///a", "b.csv", "--demand", "invented:9"], "not both"),
        (["--stations", "invented:9", "--demand", "no.csv"], "no file no.csv"),
        (["--stations", "invented:9", "--demand", "invented:-1"], "invented:1000000"),
        (["--stations", "invented:9", "--demand", "invented:9", "--within-m", "nan"], "within must be"),
        (["--stations", "invented:9", "--demand", "invented:9", "--at", "soon"], "--at must look like"),
        (["--stations", "invented:9", "--demand", "invented:9", "--service", "bar"], "Known services"),
        (["--stations", "invented:9", "--demand", "invented:9", "--timezone", "Mars"], "no time zone"),
        (["--stations", "invented:9", "--demand", "invented:9", "--scratch", "/nowhere"], "/nowhere"),
    ],
)
def test_input_that_cannot_be_used_is_refused_with_a_reason(analyse: Analyse, arguments: list[str], words: str) -> None:
    code, printed, said = analyse(*arguments)

    assert (code, printed) == (2, {})
    assert words in said


@pytest.mark.parametrize("address", ["nonsense://127.0.0.1:1", "tcp://127.0.0.1:nowhere"])
def test_a_scheduler_that_is_not_there_is_a_failed_cluster(address: str) -> None:
    with pytest.raises(ClusterFailed, match="No scheduler answers"):
        work_out(options(workers=None, scheduler=address), lambda _said: None)


def test_a_cluster_that_runs_already_gives_the_same_numbers() -> None:
    dask: Any = distributed  # its constructors have no types
    with dask.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        shared = work_out(options(workers=None, scheduler=cluster.scheduler_address), lambda _said: None)

    assert shared.document()["result"] == work_out(options(), lambda _said: None).document()["result"]
    assert shared.about["run"]["stations_sent"] == 1


def options(**words: Any) -> Namespace:
    """A run over invented data."""
    plain = {
        "stations": ["invented:2000"],
        "demand": ["invented:60000"],
        "stations_crs": None,
        "demand_crs": "wgs84",
        "encoding": "utf-8-sig",
        "seed": 3,
        "within_m": 3000.0,
        "within_min": None,
        "mode": "walk",
        "at": AT,
        "timezone": "Asia/Shanghai",
        "service": [],
        "kind": [],
        "workers": 0,
        "scheduler": None,
        "resolution": 4,
        "part_points": 4_000,
        "scratch": None,
        "out": None,
    }
    return Namespace(**plain | words)


def test_two_processes_one_of_them_killed_give_the_numbers_of_one() -> None:
    alone = work_out(options(), lambda _said: None)
    killed: list[int] = []

    def kill_one(said: str) -> None:
        if "份" in said and not killed:
            workers = [
                each for each in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(each.cmdline())
            ]
            killed.append(workers[-1].pid)
            os.kill(workers[-1].pid, signal.SIGKILL)

    shared = work_out(options(workers=2), kill_one)

    assert killed
    assert shared.document()["result"] == alone.document()["result"]
    assert shared.answer.by_cell.high.tolist() == alone.answer.by_cell.high.tolist()
