"""Reports and photos on the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geodata.coordinates import LonLat
from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind
from geodata.stations.vocabulary import Service
from mapapp.commands import cli
from mapapp.services.photos import photo_file
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import TESTCITY_DIR
from tests.mapapp.services.reports.reporting import STATION, Person, add_station, draft, photo

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Run:
    """Run a command line on this test's database, in Chinese unless ``LANG`` says otherwise."""

    def run(*words: str, lang: str = "zh_CN.UTF-8") -> Result:
        given = {
            "MAPAPP_DATABASE_URL": settings.database_url,
            "MAPAPP_DATA_DIR": settings.data_dir,
            "MAPAPP_PLACE": str(TESTCITY_DIR),
            "LANG": lang,
        }
        return CliRunner().invoke(cli, list(words), obj=given)

    return run


@pytest.fixture
def desk(store: Store, settings: Settings) -> ReportDesk:
    add_station(store)
    return ReportDesk(store, settings, "the tests' secret")


@pytest.fixture
def report(desk: ReportDesk) -> Report:
    sent = draft(
        ReportKind.BROKEN, services=(Service.WATER,), text="不出水\n三天了", contact="13800000000", photo=photo()
    )
    return Person(desk, "10.0.0.1").send(sent).report


def test_reports_are_listed_one_line_each_without_contacts(run: Run, report: Report) -> None:
    heading, line = run("reports", "list").output.splitlines()

    assert heading.split("\t")[0] == "查询码"
    assert line.split("\t") == [report.tracking, "待处理", "设施坏了", STATION, "2026-11-18 10:00", "不出水 三天了"]


def test_only_the_states_asked_for_are_listed(run: Run, report: Report) -> None:
    assert report.tracking not in run("reports", "list", "--state", "resolved").output
    assert report.tracking in run("reports", "list", "--state", "resolved", "--state", "open").output
    assert report.tracking not in run("reports", "list", "--station", "TC-0002").output


def test_everything_about_one_report_is_shown(run: Run, report: Report, settings: Settings) -> None:
    shown = run("reports", "show", report.tracking.lower()).output

    file = photo_file(settings, report.photo_hash or "")
    assert "联系方式\t13800000000" in shown
    assert "服务\t饮水" in shown
    assert f"照片\t{file}" in shown


def test_a_suggested_site_is_shown_with_its_place(run: Run, desk: ReportDesk) -> None:
    sent = draft(ReportKind.SUGGEST_SITE, place=LonLat(113.01, 34.61))
    tracking = Person(desk, "10.0.0.1").send(sent).report.tracking

    assert "place\t113.010000,34.610000" in run("reports", "show", tracking, lang="en_US.UTF-8").output


def test_an_answer_is_what_the_sender_reads(run: Run, desk: ReportDesk, report: Report) -> None:
    result = run(
        "reports", "answer", report.tracking, "--state", "resolved", "--reply", "已修好。", "--reason", "换了泵"
    )

    found = desk.find(report.tracking)
    assert (result.exit_code, result.output) == (0, f"{report.tracking}\t已解决\n")
    assert found is not None
    assert (found.public_reply, found.history[-1].reason) == ("已修好。", "换了泵")
    assert "换了泵" in run("reports", "show", report.tracking).output


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("show", "00000-00000"), "没有查询码为 00000-00000 的反馈"),
        (("answer", "00000-00000", "--state", "open"), "没有查询码为 00000-00000 的反馈"),
        (("end-warning", "TC-0009", "--reason", "x"), "没有编号为 TC-0009 的站点"),
    ],
)
@pytest.mark.usefixtures("report")
def test_what_is_not_there_is_refused(run: Run, words: tuple[str, ...], reason: str) -> None:
    result = run("reports", *words)

    assert result.exit_code == 1
    assert reason in result.output


def test_a_step_that_does_not_exist_is_refused(run: Run, report: Report) -> None:
    run("reports", "answer", report.tracking, "--state", "rejected")

    result = run("reports", "answer", report.tracking, "--state", "resolved", lang="en_US.UTF-8")

    assert result.exit_code == 1
    assert "cannot become resolved" in result.output


def test_a_warning_ends_by_command(run: Run, desk: ReportDesk) -> None:
    now = datetime.now(UTC)
    for number, minutes in enumerate((30, 10)):
        sender = Sender(f"device {number}", f"10.0.0.{number}", "phone")
        desk.submit(draft(), sender, now - timedelta(minutes=minutes))

    assert run("reports", "end-warning", STATION, "--reason", "去看过了").output == "提醒已撤下。\n"
    assert "没有提醒" in run("reports", "end-warning", STATION, "--reason", "再看").output


def test_tidying_says_what_was_forgotten(run: Run, desk: ReportDesk) -> None:
    sender = Sender("device", "10.0.0.1", "phone")
    desk.submit(draft(), sender, datetime.now(UTC) - timedelta(days=8))

    output = run("reports", "tidy", lang="en_US.UTF-8").output

    assert output == "Forgotten: 1 senders, 0 contacts, 0 photos of reports, 0 texts, 0 files of photos.\n"


def test_a_station_gets_a_photo_by_command(run: Run, store: Store, settings: Settings, tmp_path: Path) -> None:
    add_station(store)
    (tmp_path / "door.png").write_bytes(photo())

    result = run("stations", "photo", STATION, str(tmp_path / "door.png"))

    with store.reading() as reader:
        station = reader.station(STATION)
    assert station is not None
    assert station.photo is not None
    assert result.output == f"{STATION}\t{station.photo}\n"
    assert photo_file(settings, station.photo)
    assert run("stations", "photo", STATION, "--remove").output == f"{STATION}\t-\n"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"GIF89a", "JPEG、PNG 或 WebP"), (b"\0\0\0\x18ftypheic", "HEIC"), (b"", "空的")]
)
def test_a_file_that_is_no_photo_is_refused(
    run: Run, store: Store, tmp_path: Path, content: bytes, reason: str
) -> None:
    add_station(store)
    (tmp_path / "file").write_bytes(content)

    result = run("stations", "photo", STATION, str(tmp_path / "file"))

    assert result.exit_code == 1
    assert reason in result.output


def test_a_sender_gets_a_copy_and_is_forgotten_and_listed(run: Run, desk: ReportDesk, tmp_path: Path) -> None:
    report = desk.submit(draft(contact="13800000000"), Sender("device", "10.0.0.1", "phone"), datetime.now(UTC)).report
    copy = tmp_path / "copy.zip"

    written = run("reports", "person", report.tracking, "--to", str(copy))
    refused = run("reports", "person", report.tracking, "--to", str(copy))
    erased = run("reports", "erase", report.tracking, lang="en_US.UTF-8")
    listed = run("reports", "erasures", lang="en_US.UTF-8")

    assert written.exit_code == 0
    assert copy.read_bytes().startswith(b"PK")
    assert refused.exit_code == 1
    assert erased.output == "Forgotten: contact sender.\n"
    assert report.tracking in listed.output
    found = desk.find(report.tracking)
    assert found is not None
    assert found.contact == ""
    assert run("reports", "erase", "7KQ2M-9XHTB").exit_code == 1


@pytest.mark.parametrize("words", [(STATION,), (STATION, __file__, "--remove")])
@pytest.mark.usefixtures("store")
def test_a_photo_is_given_or_removed_and_not_both(run: Run, words: tuple[str, ...]) -> None:
    assert run("stations", "photo", *words).exit_code == 2


@pytest.mark.usefixtures("store")
def test_no_command_shows_the_secret(settings: Settings) -> None:
    given = {
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_SECRET_KEY": "not to be seen at all",
        "MAPAPP_PLACE": str(TESTCITY_DIR),
    }

    shown = CliRunner().invoke(cli, ["info"], obj=given).output

    assert "secret_key\t(已设置)" in shown
    assert "not to be seen" not in shown
