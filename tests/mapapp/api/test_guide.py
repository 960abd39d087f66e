"""Every command of docs/api.md answers what the guide shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from flask import Flask
from werkzeug.serving import make_server

GUIDE: Final = Path(__file__).resolve().parents[3] / "docs" / "api.md"
BLOCK: Final = re.compile(r"```console\n(.*?)```", re.DOTALL)
LEFT_OUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the guide and what it shows of the answer."""

    line: str
    shown: str

    def pattern(self) -> str:
        """The answer as a regular expression: what is left out may be anything."""
        said = self.shown.replace(f"{LEFT_OUT}\n{LEFT_OUT}", LEFT_OUT).strip()
        return ".*".join(re.escape(part) for part in said.split(LEFT_OUT))


def commands_of(guide: str) -> list[Command]:
    """The commands in order: a line after ``$`` and the lines up to the next."""
    return [
        Command(*part.split("\n", 1))
        for block in BLOCK.findall(guide)
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]


COMMANDS: Final = commands_of(GUIDE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def api_address(reading_app: Flask) -> Iterator[str]:
    """The interface over the sample data, on a port of its own."""
    server = make_server("127.0.0.1", 0, reading_app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line[:70])
def test_a_command_of_the_guide_answers_what_it_shows(api_address: str, command: Command) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing: the guide's commands need it")

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.line],
        env={**os.environ, "API": api_address, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.search(command.pattern(), done.stdout.strip(), re.DOTALL), done.stdout[:2000]


def test_the_guide_shows_something_of_every_address() -> None:
    lines = " ".join(command.line for command in COMMANDS)

    assert [
        path for path in ("/stations?", "/stations/nearest?", "/stations/YC", "/coverage?") if path not in lines
    ] == []
