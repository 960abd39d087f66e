"""A list of leaked passwords is searched where it lies, and refused when it is none."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.services.accounts.leaked import LeakedListUnusable, LeakedPasswords
from tests.mapapp.services.accounts.leaking import leaked_file


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_each_password_of_the_list_is_found_and_no_other(tmp_path: Path, count: int, ending: str) -> None:
    inside = [f"password {number}" for number in range(count)]
    leaked = LeakedPasswords(leaked_file(tmp_path, inside, ending=ending))

    assert [each for each in inside if not leaked.holds(each)] == []
    assert [each for each in (f"other {number}" for number in range(count)) if leaked.holds(each)] == []


@given(passwords=st.sets(st.text(min_size=1, max_size=8), min_size=2, max_size=40), is_last_whole=st.booleans())
def test_searching_agrees_with_reading_all(
    tmp_path_factory: pytest.TempPathFactory, passwords: set[str], is_last_whole: bool
) -> None:
    kept, left_out = sorted(passwords)[::2], sorted(passwords)[1::2]
    file = leaked_file(tmp_path_factory.mktemp("leaked"), kept)
    if not is_last_whole:
        file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    leaked = LeakedPasswords(file)

    assert all(leaked.holds(each) for each in kept)
    for each in left_out:
        assert leaked.holds(each) == (unicodedata.normalize("NFKC", each) in kept)


def test_a_password_typed_in_another_form_of_its_letters_is_found(tmp_path: Path) -> None:
    leaked = LeakedPasswords(leaked_file(tmp_path, ["correct horse 5"]))

    assert leaked.holds("ｃｏｒｒｅｃｔ horse ５")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LeakedListUnusable, match=r"absent\.txt cannot be read"):
        LeakedPasswords(tmp_path / "absent.txt")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("password\n123456\n", "is no list of leaked passwords"),
        (f"{'a' * 40}:3\n", "upper case"),
        (f"{'A' * 40}\n", "a colon and a count"),
        (f"{'A' * 32}:3\n", "40 hexadecimal digits"),
        (f"{'B' * 40}:3\n{'A' * 40}:1\n", "is not sorted"),
    ],
)
def test_another_file_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text(text, encoding="ascii")

    with pytest.raises(LeakedListUnusable, match=words):
        LeakedPasswords(file)


def test_a_list_ordered_by_count_is_refused_however_long(tmp_path: Path) -> None:
    file = leaked_file(tmp_path, [f"password {number}" for number in range(5000)])
    lines = file.read_text(encoding="ascii").splitlines()
    file.write_text("\n".join(lines[2500:] + lines[:2500]), encoding="ascii")

    with pytest.raises(LeakedListUnusable, match="is not sorted"):
        LeakedPasswords(file)


def test_a_list_that_goes_away_is_no_answer(tmp_path: Path) -> None:
    file = leaked_file(tmp_path, ["password"])
    leaked = LeakedPasswords(file)
    file.unlink()

    with pytest.raises(LeakedListUnusable):
        leaked.holds("password")
