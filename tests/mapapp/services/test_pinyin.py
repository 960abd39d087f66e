"""How the characters of names and addresses are read."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.services.pinyin import readings_of


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("兴庆区", {"兴": "xing", "庆": "qing", "区": "qu"}),
        ("银行", {"银": "yin", "行": "hang"}),
        ("步行街", {"步": "bu", "行": "xing", "街": "jie"}),
        ("重庆", {"重": "chong", "庆": "qing"}),
        ("长城", {"长": "chang", "城": "cheng"}),
        ("绿女", {"绿": "lv", "女": "nv"}),
        ("YC-0001 (Sample) 12", {}),
        ("１２号楼Ａ座", {"号": "hao", "座": "zuo", "楼": "lou"}),
        ("", {}),
    ],
)
def test_a_character_is_read_as_the_word_asks_for(text: str, readings: dict[str, str]) -> None:
    assert readings_of([text]) == readings


def test_a_character_has_all_the_readings_it_has_in_the_texts() -> None:
    assert readings_of(["步行街", "银行"])["行"] == "hang xing"


def test_words_are_not_read_across_other_signs() -> None:
    assert readings_of(["银(行走)"])["行"] == "xing"


def test_a_character_nobody_knows_a_reading_of_is_left_out_and_harms_no_neighbour() -> None:
    unassigned = "\U0002ffff"

    assert readings_of([f"兴{unassigned}{unassigned}庆"]) == {"兴": "xing", "庆": "qing"}


def test_the_order_of_the_texts_does_not_matter() -> None:
    texts = ["步行街", "银行", "兴庆区", "长城", "长大", "兴庆区"]
    shuffled = random.Random(4).sample(texts, len(texts))

    assert list(readings_of(texts).items()) == list(readings_of(shuffled).items())


def test_another_process_reads_the_same() -> None:
    program = "from mapapp.services.pinyin import readings_of; print(list(readings_of(['步行街','银行','长大','长城']).items()))"

    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert there.stdout.strip() == str(list(readings_of(["银行", "长城", "步行街", "长大"]).items()))


@given(st.lists(st.text(max_size=12), max_size=6))
def test_whatever_the_text_readings_are_plain_syllables_of_its_characters(texts: list[str]) -> None:
    for character, syllables in readings_of(texts).items():
        assert any(character in text for text in texts)
        assert re.fullmatch(r"[a-z]+( [a-z]+)*", syllables)
        assert syllables.split() == sorted(set(syllables.split()))
