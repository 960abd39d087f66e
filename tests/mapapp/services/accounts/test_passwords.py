"""Passwords are judged before they are taken, and compared alike whoever is asked for."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from mapapp.services.accounts.passwords import Passwords, judge_password
from mapapp.services.accounts.refusals import SignInRefused
from mapapp.store.accounts import Account, Role
from tests.mapapp.services.accounts.signing import CHEAP_HASHER, OTHER_PASSWORD, PASSWORD, at

ACCOUNT = Account(id=1, name="wangxiaoming", display_name="王小明 Wang", role=Role.EDITOR, created_at=at(0))


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(CHEAP_HASHER)


@pytest.mark.parametrize("password", [PASSWORD, OTHER_PASSWORD, "𠮷野家 的 牛丼 12345", "x9" + "é(日) " * 30])
def test_a_good_password_can_be_taken(password: str) -> None:
    assert judge_password(password, ACCOUNT) == ()


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("", {"too_short", "too_weak"}),
        ("stationmap-yizhan", {"too_weak"}),
        ("驿站地图户外劳动者驿站2026", {"too_weak"}),
        ("k7$Qz!pW2x", {"too_short"}),
        ("password1234", {"too_weak"}),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", {"too_weak"}),
        ("wangxiaoming", {"like_name", "too_weak"}),
        ("WangXiaoMing2026", {"like_name", "too_weak"}),
        ("x" * 201, {"too_long"}),
        ("x" * 1_000_000, {"too_long"}),
    ],
)
def test_what_stands_against_a_password_is_said(password: str, problems: set[str]) -> None:
    assert set(judge_password(password, ACCOUNT)) == problems


def test_a_name_among_much_else_does_no_harm() -> None:
    assert judge_password("wangxiaoming " + OTHER_PASSWORD, ACCOUNT) == ()


def test_a_password_matches_its_own_hash_alone(passwords: Passwords) -> None:
    hashed = passwords.hash(PASSWORD)

    assert passwords.matches(hashed, PASSWORD)
    assert not passwords.matches(hashed, OTHER_PASSWORD)
    assert PASSWORD not in hashed


def test_the_same_password_is_hashed_differently_each_time(passwords: Passwords) -> None:
    assert passwords.hash(PASSWORD) != passwords.hash(PASSWORD)


def test_keyboards_that_send_other_forms_of_a_character_do_not_matter(passwords: Passwords) -> None:
    assert passwords.matches(passwords.hash("café ＡＢＣ 123"), "cafe\u0301 ABC 123")


@pytest.mark.parametrize("hashed", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA"])
@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 100_000, PASSWORD])
def test_without_its_hash_no_password_matches(passwords: Passwords, hashed: str | None, password: str) -> None:
    assert not passwords.matches(hashed, password)


def test_nobody_costs_as_much_as_somebody() -> None:
    """The hash that is compared where there is none has the parameters of a real one."""
    hasher = PasswordHasher()

    nobodys = Passwords(hasher)._nobodys_hash

    assert extract_parameters(nobodys) == RFC_9106_LOW_MEMORY
    assert extract_parameters(nobodys).type is Type.ID
    assert not hasher.check_needs_rehash(nobodys)


def test_a_third_password_waits_for_the_two_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB: however many knock, the server keeps its memory."""
    monkeypatch.setattr("mapapp.services.accounts.passwords._PATIENCE_S", 0.05)
    both_began, may_end = threading.Barrier(3), threading.Event()

    class SlowHasher(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            both_began.wait()
            may_end.wait()
            return CHEAP_HASHER.hash(password, salt=salt)

    passwords = Passwords(SlowHasher.from_parameters(CHEAPEST))
    threads = [threading.Thread(target=passwords.hash, args=(PASSWORD,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    both_began.wait()

    with pytest.raises(SignInRefused) as refusal:
        passwords.matches(None, PASSWORD)
    may_end.set()
    for thread in threads:
        thread.join()

    assert (refusal.value.reason, refusal.value.retry_after_s) == ("wait", 5)
    assert not passwords.matches(None, PASSWORD)


def test_hashes_of_other_parameters_are_due_to_be_made_anew(passwords: Passwords) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)

    assert passwords.needs_rehash(older)
    assert not passwords.needs_rehash(passwords.hash(PASSWORD))
    assert passwords.matches(older, PASSWORD)
