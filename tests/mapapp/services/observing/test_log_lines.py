"""Lines of the log: as JSON they are whole, name their request, and have no more than they should."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from mapapp.services.observing.log_lines import (
    current_request,
    lines_of,
    log_formatter,
    set_request,
    taken_id,
)


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    set_request("")
    yield
    set_request("")


def record(message: str, *args: object, exc_info: object = None, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("mapapp.test", logging.WARNING, __file__, 1, message, args, exc_info)  # type: ignore[arg-type]
    made.__dict__.update(extra)
    return made


def test_a_line_of_json_says_when_how_grave_who_and_what() -> None:
    line = json.loads(log_formatter("json").format(record("job %d is done", 7)))

    assert line["message"] == "job 7 is done"
    assert (line["level"], line["logger"]) == ("WARNING", "mapapp.test")
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("text", ["two\nlines", "a\r\n{}", "\u2028", "\x1b[31m", '","level":"CRITICAL"', "\ud800"])
def test_no_text_forges_a_second_line(text: str) -> None:
    written = log_formatter("json").format(record("said: %s", text))

    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["message"] == f"said: {text}"


def test_only_known_fields_reach_a_line() -> None:
    line = json.loads(log_formatter("json").format(record("x", status=200, phone="13800000000")))

    assert line["status"] == 200
    assert "13800000000" not in str(line)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_line_names_its_request(log_format: str) -> None:
    set_request("0123456789abcdef")

    assert "0123456789abcdef" in log_formatter(log_format).format(record("x"))


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_has_no_coordinates(log_format: str) -> None:
    try:
        float("nothing at 106.230912, 38.487234")
    except ValueError:
        written = log_formatter(log_format).format(record("failed", exc_info=sys.exc_info()))

    assert "ValueError" in written
    assert "106.23" not in written
    assert "38.48" not in written


def test_a_jobs_lines_are_its_own_until_it_ends() -> None:
    with lines_of("job-12"):
        within = current_request()

    assert (within, current_request()) == ("job-12", "")


@pytest.mark.parametrize("given", ["abcdef01", "0" * 64, "a-b.c_d8"])
def test_a_plain_name_of_a_request_is_taken(given: str) -> None:
    assert taken_id(given) == given


@pytest.mark.parametrize(
    "given", ["", "short", "0" * 65, "with space1", "line\nbreak", "umläut-umläut", "-leading-", "a;b=cdefg"]
)
def test_another_is_not(given: str) -> None:
    assert taken_id(given) is None
