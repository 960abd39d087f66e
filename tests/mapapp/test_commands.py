"""The administrative commands, run as a user runs them."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geodata.stations.holidays import DayKind
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.commands import cli
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import PROJECT_DIR, TESTCITY_DIR
from tests.floor import slowness

Run = Callable[..., Result]

HOME = Station(code="TC-0001", kind=StationKind.DRIVER_HOME, name="测试司机之家", address="东路\t1号\n二层")


@pytest.fixture
def run(settings: Settings) -> Run:
    """Run a command line in Chinese on this test's database; ``environment`` adds variables."""

    def run(*words: str, **environment: str) -> Result:
        given = {"MAPAPP_DATABASE_URL": settings.database_url, "MAPAPP_PLACE": str(TESTCITY_DIR), "LANG": "zh_CN.UTF-8"}
        return CliRunner().invoke(cli, list(words), obj=given | environment)

    return run


def add(store: Store, *stations: Station) -> None:
    with store.writing("form") as writer:
        for station in stations:
            writer.add_station(station, actor="li", reason="")


def test_setup_makes_a_database_that_can_be_served(run: Run, settings: Settings) -> None:
    result = run("setup")

    store = Store(settings.database_url)
    assert result.exit_code == 0
    assert "420 个示例站点" in result.output
    assert store.is_migrated()
    store.close()


def test_setup_again_has_nothing_to_do(run: Run) -> None:
    run("setup")

    assert run("setup").output == "数据库已就绪。\n"


def test_setup_a_second_time_is_quick_in_a_process_of_its_own(run: Run, settings: Settings) -> None:
    run("setup")
    command = [sys.executable, "-m", "mapapp", "setup"]
    environment = {"MAPAPP_DATABASE_URL": settings.database_url, "LANG": "en_US.UTF-8"}

    before_s = cpu_seconds_of_children()
    ended = subprocess.run(command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)

    assert ended.stdout == "The database is ready.\n"
    assert cpu_seconds_of_children() - before_s < 5 * slowness()


def cpu_seconds_of_children() -> float:
    """What the processes that ended have computed; how many others the machine runs does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_commands_start_without_the_heavy_libraries() -> None:
    heavy = {"pandas", "geopandas", "flask", "folium", "alembic", "matplotlib", "pyogrio"}
    program = f"import sys, mapapp.commands; print(sorted({heavy!r} & set(sys.modules)))"

    ended = subprocess.run([sys.executable, "-c", program], cwd=PROJECT_DIR, capture_output=True, text=True, check=True)

    assert ended.stdout == "[]\n"


def test_the_language_follows_the_locale_and_the_option_beats_it(run: Run) -> None:
    assert "数据库已升级" in run("db", "upgrade", LANG="C.UTF-8").output
    assert "up to date" in run("db", "upgrade", LANG="en_GB.UTF-8").output
    assert "已是最新" in run("--lang", "zh", "db", "upgrade", LANG="en_GB.UTF-8").output


def test_a_mistyped_setting_is_named(run: Run) -> None:
    result = run("info", MAPAPP_BASEMAPS="osm")

    assert result.exit_code == 1
    assert "MAPAPP_BASEMAPS" in result.output


def test_an_unknown_place_is_named(run: Run) -> None:
    result = run("setup", MAPAPP_PLACE="atlantis")

    assert result.exit_code == 1
    assert "atlantis" in result.output


@pytest.mark.parametrize(
    "words", [("stations", "list"), ("stations", "unplaced"), ("holidays", "list"), ("sample", "load")]
)
def test_without_tables_a_command_says_how_to_make_them(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert "python -m mapapp db upgrade" in result.output


def test_a_file_that_is_no_database_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be taken for one" * 20, encoding="utf-8")

    result = run("setup", MAPAPP_DATABASE_URL=f"sqlite:///{file}")

    assert result.exit_code == 1
    assert "notes.txt" in result.output
    assert "无法读取" in result.output


def test_info_works_before_there_is_a_database(run: Run) -> None:
    result = run("info")

    assert result.exit_code == 0
    assert "尚未建立" in result.output


def test_info_counts_what_is_there(run: Run, store: Store) -> None:
    placed = Position.wgs84(113.0, 34.6)
    add(store, HOME, replace(HOME, code="TC-0002", position=placed, life_cycle=LifeCycle.DELISTED))

    lines = run("--lang", "en", "info").output.splitlines()

    assert {"stations\t2", "of them unplaced\t1", "of them not public\t1", "sample data\tno"} <= set(lines)
    assert "data revision\t1" in lines


def test_info_shows_no_secret(run: Run) -> None:
    result = run("info", MAPAPP_TIANDITU_KEY="my-secret-key")

    assert "my-secret-key" not in result.output
    assert "tianditu_key\t(已设置)" in result.output


def test_the_sample_is_loaded_into_an_empty_database_only(run: Run) -> None:
    run("db", "upgrade")

    assert "420 个示例站点" in run("sample", "load").output
    again = run("sample", "load")
    assert again.exit_code == 1
    assert "只能载入空库" in again.output


def test_stations_are_listed_one_a_line(run: Run, store: Store) -> None:
    add(store, HOME, replace(HOME, code="TC-0002", position=Position.wgs84(113.0, 34.6)))

    header, first, second = run("stations", "list").output.splitlines()

    assert header.split("\t")[0] == "编号"
    assert first.split("\t") == ["TC-0001", "司机之家", "测试司机之家", "东路 1号 二层", "", "启用", "", ""]
    assert second.split("\t")[-2:] == ["113.000000", "34.600000"]


def test_unplaced_stations_are_listed_alone(run: Run, store: Store) -> None:
    add(store, HOME, replace(HOME, code="TC-0002", position=Position.wgs84(113.0, 34.6)))

    result = run("stations", "unplaced")

    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["编号", "TC-0001"]
    assert "1 个站点没有坐标" in result.stderr


def test_holidays_can_be_seeded_listed_added_and_removed(run: Run, store: Store) -> None:
    assert "2026" in run("holidays", "seed").output
    assert "没有新公布的年份" in run("holidays", "seed").output
    assert run("holidays", "add", "2026-03-20", "holiday", "开斋节", "--source", "通知").exit_code == 0

    with store.reading() as reader:
        eid = reader.holidays().special(date(2026, 3, 20))
    assert eid is not None
    assert (eid.kind, eid.name_zh, eid.source) == (DayKind.HOLIDAY, "开斋节", "通知")
    assert "2026-03-20\t放假\t开斋节\t通知" in run("holidays", "list", "--year", "2026").output
    assert "2026-03-20" not in run("holidays", "list", "--year", "2025").output

    assert run("holidays", "remove", "2026-03-20").exit_code == 0
    assert run("holidays", "remove", "2026-03-20").exit_code == 1


def test_a_year_entered_by_hand_can_be_called_complete(run: Run, store: Store) -> None:
    day = date(2031, 1, 1)
    run("holidays", "add", day.isoformat(), "holiday", "元旦")

    assert run("holidays", "complete", "2031").exit_code == 0
    with store.reading() as reader:
        assert reader.holidays().covers(day)

    run("holidays", "complete", "2031", "--undo")
    with store.reading() as reader:
        assert not reader.holidays().covers(day)
        assert reader.holidays().special(day) is not None


@pytest.mark.parametrize("words", [("2026-02-30", "holiday", "春节"), ("2026-02-20", "party", "春节")])
def test_a_day_that_cannot_be_is_wrong_use(run: Run, store: Store, words: tuple[str, ...]) -> None:
    assert run("holidays", "add", *words).exit_code == 2
    assert store.data_revision() == 0


def test_a_holiday_needs_a_name(run: Run, store: Store) -> None:
    assert run("holidays", "add", "2026-03-20", "holiday", " ").exit_code == 1
    assert store.data_revision() == 0


def test_a_list_is_imported_from_a_file(run: Run, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "stations.csv"
    file.write_text("名称,类型,地址\n测试驿站甲,户外劳动者驿站,东路1号\n", encoding="utf-8")

    dry = run("stations", "import", str(file), "--dry-run")
    with store.reading() as reader:
        assert reader.stations() == ()
    wet = run("stations", "import", str(file))

    with store.reading() as reader:
        assert [station.name for station in reader.stations()] == ["测试驿站甲"]
    assert (dry.exit_code, wet.exit_code) == (0, 0)


def test_importing_a_file_that_is_not_there_is_wrong_use(run: Run, store: Store) -> None:
    assert run("stations", "import", "nowhere.csv").exit_code == 2
    assert store.data_revision() == 0
