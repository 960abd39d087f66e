"""Sign-in names have one form, and names to show are what people write."""

from __future__ import annotations

import pytest

from mapapp.services.accounts.drafts import display_name_problem, fold_name, name_problem


@pytest.mark.parametrize("typed", ["Li.Na", "  li.na ", "ＬＩ．ＮＡ", "LI.NA\n"])
def test_width_and_case_of_a_sign_in_name_do_not_matter(typed: str) -> None:
    assert fold_name(typed) == "li.na"


@pytest.mark.parametrize("name", ["abc", "李娜娜", "li.na@example.com", "a-b_c+1", "x" * 60, "007"])
def test_letters_and_digits_of_any_script_make_a_name(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "too_short"),
        ("ab", "too_short"),
        ("x" * 61, "too_long"),
        ("li na", "form"),
        (".li", "form"),
        ("command line", "form"),
        ("loader (token 3)", "form"),
        ("li\0na", "form"),
        ("li\ud800na", "form"),
        ("li<na>", "form"),
    ],
)
def test_other_names_are_refused(name: str, problem: str) -> None:
    """Among them those that machines and the command line go by."""
    assert name_problem(name) == problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [("李娜 🙂", None), ("", "empty"), ("x" * 121, "too_long"), ("李\0娜", "form"), ("李\ud800", "form")],
)
def test_a_name_to_show_is_any_text_of_one_line(name: str, problem: str | None) -> None:
    assert display_name_problem(name) == problem


def test_a_hostile_text_is_read_no_further_than_a_name_goes() -> None:
    """Unicode's one form of so many marks would take minutes, and nobody has to sign in to send them."""
    assert len(fold_name("a" + "\u0300\u0316" * 250_000)) <= 1000
