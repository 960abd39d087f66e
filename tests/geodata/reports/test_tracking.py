"""Tracking codes survive being read out, typed on a small keyboard and mistyped in the usual ways."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.reports.tracking import ALPHABET, new_tracking, read_tracking


def test_a_code_is_ten_characters_in_two_groups() -> None:
    assert new_tracking(random.Random(1).randrange) == read_tracking(new_tracking(random.Random(1).randrange))
    assert len(new_tracking(random.Random(1).randrange)) == 11


def test_no_character_looks_like_another() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32


@pytest.mark.parametrize(
    "typed",
    ["7KQ2M-9XHTB", "7kq2m9xhtb", " 7KQ2M 9XHTB ", "7KQ2M—9XHTB", "７ＫＱ２Ｍ－９ＸＨＴＢ", "7.k.q.2.m.9.x.h.t.b"],
)
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert read_tracking(typed) == "7KQ2M-9XHTB"


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    assert read_tracking("OIL00-11111") == "01100-11111"


@pytest.mark.parametrize(
    "typed", ["", "7KQ2M-9XHT", "7KQ2M-9XHTBB", "7KQ2M-9XHTU", "7KQ2M-9XHT!", "查询码在哪里呢朋友们好"]
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert read_tracking(typed) is None


@given(st.text(max_size=40))
def test_any_text_can_be_asked(typed: str) -> None:
    code = read_tracking(typed)

    assert code is None or read_tracking(code) == code


def test_a_hostile_text_is_no_code_and_is_read_no_further_than_a_code_goes() -> None:
    assert read_tracking("7" + "\u0300\u0316" * 250_000) is None
