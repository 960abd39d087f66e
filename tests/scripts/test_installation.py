"""Set-up: skipped when done, explained when it fails, never stamped when it was cut short."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installation import debian
from installation.child_process import CommandError, run_quietly, start, stop_group
from installation.database import ready_database
from installation.debian import (
    CHROMIUM_VARIABLE,
    MissingPackage,
    SystemPackage,
    chromium_path,
    install_command,
    light_chromium_path,
    still_missing,
)
from installation.layout import PROJECT_DIR
from installation.stamp import Stamp, digest_of, files_below
from installation.steps import SetupError, Step, prepare, report_failure, with_beside
from installation.web_server import Address, AddressError
from tests.conftest import LONGEST
from tests.patience import eventually

WAITS_FOR_EVER = "import time; print('ready', flush=True); time.sleep(600)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS_FOR_EVER
HAS_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WAITS_FOR_EVER!r}])"


def a_step(*, done: bool = False, work: Callable[[], None] = lambda: None) -> Step:
    return Step("开工 / work", "再试 / try again", lambda: done, lambda _on_line: work())


def is_running(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(group: int) -> bool:
    """A killed orphan is gone once init has taken note of it."""
    return eventually(lambda: not is_running(group))


class TestSteps:
    def test_what_is_done_is_not_done_again(self) -> None:
        done: list[str] = []

        prepare([a_step(done=True, work=lambda: done.append("first")), a_step(work=lambda: done.append("second"))])

        assert done == ["second"]

    def test_nothing_is_printed_when_there_is_nothing_to_do(self, capsys: pytest.CaptureFixture[str]) -> None:
        prepare([a_step(done=True)])

        assert capsys.readouterr().out == ""

    def test_each_piece_of_work_takes_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        prepare([a_step(done=True), a_step()])

        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith("[2/2] 开工 / work … ✓")

    def test_a_failing_command_is_explained(self, capsys: pytest.CaptureFixture[str]) -> None:
        def fail() -> None:
            raise CommandError(["/usr/bin/pip"], 1, "no matching distribution")

        with pytest.raises(SetupError) as caught:
            prepare([a_step(work=fail)])
        report_failure(caught.value)

        shown = capsys.readouterr().err
        assert "开工 / work: pip ended with exit code 1" in shown
        assert "no matching distribution" in shown
        assert "再试 / try again" in shown

    def test_a_full_or_read_only_disk_is_explained(self) -> None:
        def fail() -> None:
            raise OSError(30, "Read-only file system", "/srv/.venv")

        with pytest.raises(SetupError, match="Read-only file system") as caught:
            prepare([a_step(work=fail)])

        assert "writable" in caught.value.advice

    def test_work_after_a_failure_is_not_begun(self) -> None:
        begun: list[str] = []

        def fail() -> None:
            raise CommandError(["npm"], 1, "")

        with pytest.raises(SetupError):
            prepare([a_step(work=fail), a_step(work=lambda: begun.append("second"))])

        assert begun == []


class TestStamp:
    def test_vouches_only_for_what_it_was_written_for(self, tmp_path: Path) -> None:
        stamp = Stamp(tmp_path / ".done")

        stamp.write("abc")

        assert stamp.says("abc")
        assert not stamp.says("abd")

    def test_vouches_for_nothing_once_removed(self, tmp_path: Path) -> None:
        stamp = Stamp(tmp_path / ".done")
        stamp.write("abc")

        stamp.remove()

        assert not stamp.says("abc")

    @pytest.mark.parametrize("change", ["content", "name", "fact", "absence"])
    def test_digest_notices(self, tmp_path: Path, change: str) -> None:
        file = tmp_path / "a.txt"
        file.write_text("one", encoding="utf-8")
        before = digest_of([file], "fact")

        if change == "content":
            file.write_text("two", encoding="utf-8")
        if change == "name":
            file = file.rename(tmp_path / "b.txt")
        if change == "absence":
            file.unlink()

        assert digest_of([file], "another" if change == "fact" else "fact") != before

    def test_digest_depends_on_no_order(self, tmp_path: Path) -> None:
        one, two = tmp_path / "1", tmp_path / "2"
        one.write_text("1", encoding="utf-8")
        two.write_text("2", encoding="utf-8")

        assert digest_of([one, two]) == digest_of([two, one])

    def test_sources_leave_out_what_is_made_from_them(self, tmp_path: Path) -> None:
        for name in ("source.js", "built/source.js", "module.pyc"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()

        assert files_below(tmp_path, except_folders=[tmp_path / "built"]) == [tmp_path / "source.js"]


class TestChildren:
    def test_output_of_a_command_is_kept_back(self, capfd: pytest.CaptureFixture[str]) -> None:
        run_quietly([sys.executable, "-c", "print('noise')"])

        assert capfd.readouterr().out == ""

    def test_a_failing_command_shows_its_last_lines(self) -> None:
        program = "import sys; [print(n) for n in range(100)]; print('why', file=sys.stderr, flush=True); sys.exit(3)"

        with pytest.raises(CommandError, match="exit code 3") as caught:
            run_quietly([sys.executable, "-u", "-c", program])

        assert caught.value.output.splitlines()[-2:] == ["99", "why"]
        assert "\n50\n" not in caught.value.output

    def test_a_command_that_does_not_exist_is_a_failing_command(self) -> None:
        with pytest.raises(CommandError) as caught:
            run_quietly(["no-such-program"])

        assert "no-such-program" in caught.value.output

    @pytest.mark.parametrize("program", [WAITS_FOR_EVER, IGNORES_SIGTERM, HAS_A_CHILD])
    def test_a_stopped_command_leaves_nothing_behind(self, program: str) -> None:
        child = start([sys.executable, "-u", "-c", program], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"

        stop_group(child, grace_s=0.2)
        child.stdout.close()

        assert wait_until_gone(child.pid)

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux's kernel tells children that their parent died")
    def test_children_of_a_killed_parent_end(self) -> None:
        program = (
            "import subprocess, sys; sys.path.insert(0, 'scripts')\n"
            "from installation.child_process import start\n"
            f"child = start([sys.executable, '-u', '-c', {WAITS_FOR_EVER!r}], stdout=subprocess.PIPE)\n"
            "child.stdout.readline(); print(child.pid, flush=True); child.wait()\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True
        ) as parent:
            assert parent.stdout is not None
            group = int(parent.stdout.readline())

            parent.send_signal(signal.SIGKILL)
            parent.wait()

        assert wait_until_gone(group)


class TestAddress:
    @pytest.fixture
    def taken_port(self) -> Iterator[int]:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            yield listener.getsockname()[1]

    def test_a_taken_port_is_refused(self, taken_port: int) -> None:
        with pytest.raises(AddressError, match=f"127.0.0.1:{taken_port}"):
            Address("127.0.0.1", taken_port).require_free()

    def test_a_host_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(AddressError, match="not a host"):
            Address("not a host", 8000).require_free()

    @pytest.mark.parametrize(
        ("host", "bind", "url"),
        [
            ("127.0.0.1", "127.0.0.1:80", "http://127.0.0.1:80/"),
            ("0.0.0.0", "0.0.0.0:80", "http://127.0.0.1:80/"),  # noqa: S104 - only turned into text
            ("::1", "[::1]:80", "http://[::1]:80/"),
            ("::", "[::]:80", "http://[::1]:80/"),
        ],
    )
    def test_every_host_has_a_url_to_open(self, host: str, bind: str, url: str) -> None:
        address = Address(host, 80)

        assert (address.bind, address.url) == (bind, url)


def test_a_wrong_setting_is_explained_before_any_work() -> None:
    with pytest.raises(SetupError, match="MAPAPP_BASEMAP must be one of"):
        ready_database({"MAPAPP_BASEMAP": "moon"})


def test_what_could_not_be_installed_is_named_with_the_command_that_would() -> None:
    package = SystemPackage("chromium", lambda: False, "the browser tests did NOT run")

    missing = MissingPackage(package, "we are not root")

    assert str(missing) == "chromium is missing (we are not root); the browser tests did NOT run"
    assert install_command([missing]) == "sudo apt-get update && sudo apt-get install -y chromium"


def test_a_package_that_something_else_stands_in_for_is_not_missed() -> None:
    light = SystemPackage("light", lambda: False, "slower", has_stand_in=lambda: True)
    needed = SystemPackage("needed", lambda: False, "nothing ran")

    assert still_missing([light, needed], "no network") == [MissingPackage(needed, "no network")]


@pytest.mark.parametrize(("has_systemd", "installed"), [(True, ["library"]), (False, ["library", "server"])])
def test_no_service_is_started_for_tests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, has_systemd: bool, installed: list[str]
) -> None:
    asked: list[str] = []

    def apt_install(names: list[str]) -> str:
        asked.extend(names)
        return ""

    monkeypatch.setattr(debian, "_SYSTEMD", tmp_path if has_systemd else tmp_path / "none")
    monkeypatch.setattr(debian, "_apt_install", apt_install)
    library = SystemPackage("library", lambda: "library" in asked, "nothing ran")
    server = SystemPackage("server", lambda: "server" in asked, "it was NOT tried", is_service=True)

    missing = debian.install_test_packages([library, server])

    assert asked == installed
    assert [each.package for each in missing] == [server] * has_systemd


def test_the_browser_of_tests_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHROMIUM_VARIABLE, "/opt/browser")

    assert chromium_path() == light_chromium_path() == Path("/opt/browser")


class TestHeadStart:
    def test_a_command_runs_beside_the_step_and_is_waited_for(self, tmp_path: Path) -> None:
        begun, written = tmp_path / "begun", tmp_path / "written"
        program = f"""
import pathlib, time
while not pathlib.Path({str(begun)!r}).exists(): time.sleep(0.01)
pathlib.Path({str(written)!r}).touch()"""

        prepare([with_beside(a_step(work=begun.touch), [sys.executable, "-c", program])])

        assert written.exists()

    def test_a_step_that_fails_ends_it(self, tmp_path: Path) -> None:
        number = tmp_path / "number"

        def fail() -> None:
            while not (number.exists() and number.read_text().endswith(".")):
                time.sleep(0.01)
            raise CommandError(["/usr/bin/pip"], 1, "no matching distribution")

        program = f"import os, pathlib; pathlib.Path({str(number)!r}).write_text(f'{{os.getpid()}}.'); {WAITS_FOR_EVER}"
        with pytest.raises(SetupError):
            prepare([with_beside(a_step(work=fail), [sys.executable, "-c", program])])

        assert wait_until_gone(int(number.read_text().removesuffix(".")))

    def test_what_it_could_not_do_is_left_to_the_steps(self) -> None:
        done: list[str] = []

        prepare(
            [
                with_beside(a_step(work=lambda: done.append("first")), [sys.executable, "-c", "raise SystemExit(1)"]),
                a_step(work=lambda: done.append("second")),
            ]
        )

        assert done == ["first", "second"]


def test_the_tests_that_come_first_are_there() -> None:
    assert [name for name in LONGEST if not (PROJECT_DIR / name).is_file()] == []
