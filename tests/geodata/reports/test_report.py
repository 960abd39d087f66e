"""What a report must say, and what it may not."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from geodata.coordinates import LonLat
from geodata.errors import InvalidReport
from geodata.reports.report import MAX_CONTACT_CHARS, MAX_TEXT_CHARS, ReportDraft
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.vocabulary import Service

KEY = "0b6f9f0e-6a3c-4b7e-9a59-0a4f2d3c1b2a"
HERE = LonLat(113.0, 34.6)


def draft(kind: ReportKind = ReportKind.LOCKED, **fields: Any) -> ReportDraft:
    station_code = "TC-0001" if kind.is_about_station else None
    return ReportDraft(**{"kind": kind, "station_code": station_code, "key": KEY, **fields})


@pytest.mark.parametrize("kind", [ReportKind.GOT_IN, ReportKind.LOCKED, ReportKind.WRONG_HOURS, ReportKind.WRONG_PLACE])
def test_one_tap_is_enough_for_most_kinds(kind: ReportKind) -> None:
    assert draft(kind).text == ""


@pytest.mark.parametrize(
    ("kind", "fields", "problems"),
    [
        (ReportKind.LOCKED, {"station_code": None}, {"station": "missing"}),
        (ReportKind.SUGGEST_SITE, {}, {"place": "missing"}),
        (ReportKind.SUGGEST_SITE, {"place": HERE, "station_code": "TC-0001"}, {"station": "not_for_this_kind"}),
        (ReportKind.LOCKED, {"place": HERE}, {"place": "not_for_this_kind"}),
        (ReportKind.LOCKED, {"services": (Service.WATER,)}, {"services": "not_for_this_kind"}),
        (ReportKind.BROKEN, {}, {"services": "missing"}),
        (ReportKind.BROKEN, {"services": (Service.WATER, Service.WATER)}, {"services": "repeated"}),
        (ReportKind.SUPPLIES_OUT, {"services": tuple(Service)}, {"services": "too_many"}),
        (ReportKind.OTHER, {"text": "  \n "}, {"text": "missing"}),
        (ReportKind.LOCKED, {"text": "门" * (MAX_TEXT_CHARS + 1)}, {"text": "too_long"}),
        (ReportKind.LOCKED, {"contact": "1" * (MAX_CONTACT_CHARS + 1)}, {"contact": "too_long"}),
        (ReportKind.LOCKED, {"text": "a\0b"}, {"text": "control_characters"}),
        (ReportKind.LOCKED, {"contact": "\ud800"}, {"contact": "control_characters"}),
        (ReportKind.LOCKED, {"key": ""}, {"key": "missing"}),
        (ReportKind.LOCKED, {"key": "1"}, {"key": "not_a_uuid"}),
        (ReportKind.LOCKED, {"made_at": datetime(2026, 11, 18)}, {"made_at": "naive_time"}),  # noqa: DTZ001 - the point
        (ReportKind.LOCKED, {"made_at": datetime.min.replace(tzinfo=UTC)}, {"made_at": "out_of_range"}),
    ],
)
def test_a_report_that_cannot_be_taken_names_the_field(
    kind: ReportKind, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with pytest.raises(InvalidReport) as refusal:
        draft(kind, **fields)

    assert refusal.value.problems == problems


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(InvalidReport) as refusal:
        draft(ReportKind.OTHER, key="x", contact="1" * 500)

    assert refusal.value.problems == {"contact": "too_long", "text": "missing", "key": "not_a_uuid"}


def test_words_may_stand_for_what_is_broken_and_a_photo_for_words() -> None:
    assert draft(ReportKind.BROKEN, text="插座没电").services == ()
    assert draft(ReportKind.OTHER, photo=b"...").text == ""


def test_words_are_trimmed_with_one_kind_of_line_end() -> None:
    assert draft(text="  一\r\n二\r三 ").text == "一\n二\n三"


def test_a_key_has_one_form() -> None:
    assert draft(key=f"{{{uuid.UUID(KEY).hex.upper()}}}").key == KEY


def test_a_place_is_kept_as_finely_as_places_are_published() -> None:
    place = draft(ReportKind.SUGGEST_SITE, place=LonLat(113.12345678, 34.6)).place

    assert place == LonLat(113.123457, 34.6)


def test_what_the_sender_wrote_is_not_in_the_words_of_the_value() -> None:
    """A value that is named in an error reaches the log."""
    shown = repr(draft(text="很长的话", contact="13800000000", photo=b"JFIF"))

    assert not any(word in shown for word in ("很长的话", "13800000000", "JFIF"))


def test_every_state_leads_on_and_none_to_itself() -> None:
    for state in ReportState:
        assert state.next_states
        assert state not in state.next_states
        assert state.is_closed == (state.next_states == (ReportState.IN_PROGRESS,))
