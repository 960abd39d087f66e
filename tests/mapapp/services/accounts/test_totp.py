"""Six digits that change, and codes for when the phone is lost."""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from mapapp.services.accounts.refusals import InvalidAccount
from mapapp.services.accounts.totp import (
    accepted_step,
    first_step,
    is_totp_secret,
    new_recovery_codes,
    new_totp_secret,
    otpauth_uri,
    recovery_hash,
)
from tests.mapapp.services.accounts.signing import at

SECRET = new_totp_secret(secrets.token_bytes)
APP = pyotp.TOTP(SECRET)
STEP = int(at(0).timestamp()) // 30


def test_the_code_that_an_app_shows_is_accepted() -> None:
    assert accepted_step(SECRET, APP.at(at(0)), at(0)) == STEP


@pytest.mark.parametrize("offset", [-1, 1])
def test_clocks_may_differ_by_half_a_minute(offset: int) -> None:
    assert accepted_step(SECRET, APP.at(at(0) + timedelta(seconds=30 * offset)), at(0)) == STEP + offset


def test_older_and_newer_codes_are_not_accepted() -> None:
    far = [APP.at(at(minutes)) for minutes in (-1, 1, 60)]

    assert [accepted_step(SECRET, code, at(0)) for code in far] == [None, None, None]


def test_codes_may_be_typed_as_apps_show_them() -> None:
    code = APP.at(at(0))
    wide = code.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})

    assert accepted_step(SECRET, f" {code[:3]} {code[3:]}\n", at(0)) == STEP
    assert accepted_step(SECRET, wide, at(0)) == STEP


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\0", "\ud800", "9" * 100_000])
def test_what_is_no_code_is_not_accepted(code: str) -> None:
    assert accepted_step(SECRET, code, at(0)) is None


@pytest.mark.parametrize("text", ["", "A", "MFRA", "a" * 32, "1" * 32, "A" * 31, "A" * 64, "\ud800", "é" * 32])
def test_what_is_no_secret_of_ours_is_not_taken(text: str) -> None:
    assert not is_totp_secret(text)
    with pytest.raises(InvalidAccount) as refusal:
        first_step(text, "000000", at(0))
    assert refusal.value.problems == {"totp_code": "wrong"}


def test_the_uri_tells_an_app_what_it_needs() -> None:
    uri = urlsplit(otpauth_uri(SECRET, "li.na@example"))

    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query) == {"secret": [SECRET], "issuer": ["Station map"]}


def test_recovery_codes_are_known_again_however_they_are_typed() -> None:
    code = new_recovery_codes(secrets.token_bytes)[0]

    assert len(code) == 29
    assert recovery_hash(code) == recovery_hash(code.upper().replace("-", " ")) == recovery_hash(f"  {code}\n")
    assert code not in str(recovery_hash(code))


def test_a_recovery_code_has_more_bits_than_anybody_tries() -> None:
    asked: list[int] = []

    def chance(count: int) -> bytes:
        asked.append(count * 8)
        return secrets.token_bytes(count)

    codes = new_recovery_codes(chance)

    assert min(asked) >= 112  # below that, ASVS wants a slow hash
    assert {len(code.replace("-", "")) * 5 for code in codes} == {120}


def test_a_recovery_code_printed_when_they_were_shorter_is_still_one() -> None:
    assert recovery_hash("abcd-efgh-ijkl-mnop") is not None


def test_ten_recovery_codes_are_all_different() -> None:
    assert len(set(new_recovery_codes(secrets.token_bytes))) == 10


@pytest.mark.parametrize("text", ["", "123456", "abcd-efgh-ijkl-mno", "x" * 1000, "\ud800"])
def test_what_is_no_recovery_code_is_none(text: str) -> None:
    assert recovery_hash(text) is None


def test_a_hostile_code_is_read_no_further_than_a_code_goes() -> None:
    assert recovery_hash("a" + "\u0300\u0316" * 250_000) is None
