"""The board and the alerts speak of metrics that exist, and every alert has its entry in the runbook."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from mapapp.services.jobs.kinds import KINDS
from mapapp.services.observing.instruments import NAMES
from mapapp.services.observing.log_lines import FIELDS
from mapapp.store.engine import LOOK_GIVEN_UP_S
from mapapp.store.jobs import JobState
from mapapp.web.access import ACCESS

PROJECT_DIR: Final = Path(__file__).resolve().parents[2]
MONITORING_DIR: Final = PROJECT_DIR / "deploy" / "monitoring"
RUNBOOKS: Final = (PROJECT_DIR / "docs" / "runbook.md", PROJECT_DIR / "docs" / "runbook.zh-CN.md")
NAME: Final = re.compile(r"\bstationmap_[a-z_]+")
MATCHER: Final = re.compile(r'(\w+)(=~|=)"([^"]*)"')
OF_HISTOGRAMS: Final = re.compile(r"(_seconds)_(bucket|sum|count)$")
SEVERITIES: Final = {"critical", "warning", "info"}

RESTARTS: Final = "StationMapRestarts"
MEMORY_ROWS: Final = re.findall(
    r"^\|[^|]*\|[^|]*\| ([\d.]+) GB \| (\d)G, (\d)G[^|]*\| ([\d.]+e9)",
    (PROJECT_DIR / "docs" / "operations.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
PROCESSES_THAT_DIE: Final = """
import json, os, sys
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import mark_process_dead
from mapapp.services.observing.exposition import metrics_text
from mapapp.services.observing.instruments import WebInstruments
told = []
for moment in sys.argv[1:]:
    process = os.fork()
    if process == 0:
        WebInstruments(CollectorRegistry()).started.set(float(moment))
        os._exit(0)
    os.waitpid(process, 0)
    mark_process_dead(process)
    told.append(metrics_text(CollectorRegistry()).decode())
print(json.dumps(told))
"""


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((MONITORING_DIR / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def board() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((MONITORING_DIR / "grafana.json").read_text(encoding="utf-8"))
    return loaded


def expressions() -> Iterator[tuple[str, str]]:
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    for panel in board()["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_every_metric_that_is_named_exists() -> None:
    unknown = {
        (where, name)
        for where, expression in expressions()
        for name in NAME.findall(expression)
        if OF_HISTOGRAMS.sub(r"\1", name) not in NAMES
    }

    assert unknown == set()


def test_every_metric_there_is_is_looked_at_somewhere() -> None:
    named = {OF_HISTOGRAMS.sub(r"\1", name) for _where, text in expressions() for name in NAME.findall(text)}

    assert set(NAMES) - named == set()


def test_prometheus_waits_longer_than_a_look_at_a_vanished_database_takes() -> None:
    jobs = yaml.safe_load((MONITORING_DIR / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    seconds = [[int(job[name].removesuffix("s")) for name in ("scrape_timeout", "scrape_interval")] for job in jobs]
    to_notice_and_to_connect_again_s = 2 * LOOK_GIVEN_UP_S

    assert all(to_notice_and_to_connect_again_s < timeout < interval for timeout, interval in seconds)


def rule(alert: str) -> str:
    [expression] = [rule["expr"] for rule in alerts() if rule["alert"] == alert]
    return str(expression)


def told_of_starts(folder: Path, moments: Sequence[int]) -> list[dict[str, float]]:
    """What is told of the starts by a scrape after each: every process starts then, and is dead at the scrape."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES_THAT_DIE, *map(str, moments)],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        {
            name: float(value)
            for name, value in re.findall(r"^(stationmap_process_started\S*) (\S+)$", text, re.MULTILINE)
        }
        for text in json.loads(done.stdout)
    ]


def test_processes_that_die_again_and_again_set_the_alarm_off(tmp_path: Path) -> None:
    found = re.fullmatch(r"changes\(stationmap_process_started_timestamp_seconds\[15m\]\) >= (\d+)", rule(RESTARTS))
    assert found is not None
    many = int(found[1])

    scrapes = told_of_starts(tmp_path, [1_000 + 60 * number for number in range(many + 1)])
    series = {name for scrape in scrapes for name in scrape}
    changes = {name: sum(a.get(name) != b.get(name) for a, b in pairwise(scrapes) if a and b) for name in series}

    assert changes == {"stationmap_process_started_timestamp_seconds": many}
    assert [len(scrape) for scrape in scrapes] == [1] * (many + 1)


def test_the_manual_has_the_memory_of_each_size() -> None:
    assert len(MEMORY_ROWS) == 5


def test_the_alarm_for_memory_comes_before_the_unit_slows_the_server_down() -> None:
    [high] = re.findall(
        r"^MemoryHigh=(\d+)G$", (PROJECT_DIR / "deploy/systemd/stationmap-web.service").read_text(), re.MULTILINE
    )
    found = re.fullmatch(r"sum by \(instance\) \(stationmap_process_resident_bytes\) > (\S+)", rule("StationMapMemory"))
    assert found is not None

    assert 0.8 < float(found[1]) / (int(high) * 1024**3) < 0.95


@pytest.mark.parametrize("row", MEMORY_ROWS)
def test_the_manual_gives_each_size_room_and_an_alarm_before_its_limit(row: tuple[str, ...]) -> None:
    held_gb, high_g, most_g, alarm = (float(each) for each in row)

    assert held_gb * 1e9 < alarm < high_g * 1024**3 * 0.95
    assert held_gb * 1e9 * 1.4 < high_g * 1024**3 < most_g * 1024**3


def test_labels_are_compared_with_values_they_can_have() -> None:
    endpoints = set(ACCESS)
    states, jobs = {state.value for state in JobState}, {"stationmap", "stationmap-worker"}
    known = {"state": states | {"in_use", "ready"}, "kind": set(KINDS), "job": jobs, "group": {"any"}}
    known |= {"outcome": {"done", "crashed", "refused", "cancelled", "given_back", "lost"}, "endpoint": endpoints}
    for where, expression in expressions():
        for label, how, value in MATCHER.findall(expression):
            if label == "status":
                assert re.fullmatch(value, "503"), where
                continue
            words = known[label]
            is_met = any(re.fullmatch(value, word) for word in words) if how == "=~" else value in words
            assert is_met, (where, label, value)


@pytest.mark.parametrize("where", [where for where, _expression in expressions()])
def test_an_expression_is_whole(where: str) -> None:
    for text in (text for at, text in expressions() if at == where):
        for opening, closing in ("()", "[]", "{}"):
            assert text.count(opening) == text.count(closing), text
        assert text.count('"') % 2 == 0


def test_alerts_are_named_once_graded_and_explained() -> None:
    rules = alerts()
    names = [rule["alert"] for rule in rules]

    assert len(names) == len(set(names)) > 10
    assert {rule["labels"]["severity"] for rule in rules} == SEVERITIES
    for rule in rules:
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda path: path.name)
def test_every_alert_has_its_entry_in_the_runbook_and_no_other_has(runbook: Path) -> None:
    entries = re.findall(r"^### (StationMap\w+)$", runbook.read_text(encoding="utf-8"), re.MULTILINE)

    assert entries == [rule["alert"] for rule in alerts()]


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda path: path.name)
def test_an_entry_says_what_it_means_and_what_to_do(runbook: Path) -> None:
    _head, *entries = re.split(r"^### StationMap\w+$", runbook.read_text(encoding="utf-8"), flags=re.MULTILINE)
    meaning, action = ("**含义**", "**处理**") if runbook.name.endswith("zh-CN.md") else ("**Means**", "**Do**")

    assert [entry for entry in entries if meaning not in entry or action not in entry] == []


def test_the_runbook_names_only_commands_and_metrics_there_are() -> None:
    from mapapp.commands import cli

    for runbook in RUNBOOKS:
        text = runbook.read_text(encoding="utf-8")
        assert {OF_HISTOGRAMS.sub(r"\1", name) for name in NAME.findall(text)} <= set(NAMES)
        assert set(re.findall(r"`stationmap ([a-z-]+)", text)) <= set(cli.commands)


def test_panels_stand_beside_each_other_and_each_has_a_number_of_its_own() -> None:
    panels = board()["panels"]
    taken = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _y in taken) == 23
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_prometheus_asks_where_the_units_answer() -> None:
    configured = yaml.safe_load((MONITORING_DIR / "prometheus.yml").read_text(encoding="utf-8"))
    targets = {each["job_name"]: each["static_configs"][0]["targets"] for each in configured["scrape_configs"]}
    units = {path.name: path.read_text(encoding="utf-8") for path in (PROJECT_DIR / "deploy/systemd").glob("*.service")}

    assert f"--bind {targets['stationmap'][0]} " in units["stationmap-web.service"]
    assert f"MAPAPP_WORKER_METRICS={targets['stationmap-worker'][0]}\n" in units["stationmap-worker.service"]


def test_the_manual_lists_every_metric_and_every_field_of_a_line() -> None:
    manual = (PROJECT_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = [line for line in manual.splitlines() if line.startswith("| `")]
    fields = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert {name for name in fields if name.startswith("stationmap_")} == set(NAMES)
    assert set(FIELDS) <= fields
