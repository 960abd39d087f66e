"""Second factors are sealed where they are kept, and who loses the key is not locked out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyotp
import pytest

from mapapp.services.accounts import resealing, signing_in
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.accounts.totp import sealed_totp
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Origin, Store
from tests.mapapp.services.accounts.signing import CHEAP_HASHER, Person, at, person
from tests.mapapp.store.test_account_sign_in import every_cell, reason_of


@pytest.fixture
def desk(store: Store, settings: Settings) -> AccountDesk:
    return AccountDesk(store, settings, "the tests' secret", hasher=CHEAP_HASHER)


@pytest.fixture
def li(desk: AccountDesk) -> Person:
    return person(desk)


def stored_totp(store: Store, li: Person) -> str:
    with store.reading() as reader:
        return reader.accounts.credentials(li.account.id).totp_secret or ""


def with_another_key(store: Store, settings: Settings, li: Person) -> Person:
    """The same person at a service whose secret was replaced."""
    return replace(li, desk=AccountDesk(store, settings, "another secret of the tests", hasher=CHEAP_HASHER))


def store_totp_in_the_clear(store: Store, li: Person, app: pyotp.TOTP) -> None:
    """As it was stored before second factors were sealed."""
    with store.writing(Origin.FORM) as writer:
        writer.accounts.rewrite_totp(li.account.id, app.secret)


def test_the_second_factor_is_stored_sealed_and_for_one_account_alone(
    desk: AccountDesk, store: Store, li: Person
) -> None:
    app, _ = li.set_up_totp()
    wang = person(desk, "wang")
    other_app, _ = wang.set_up_totp()
    stored = stored_totp(store, li)

    assert len(stored) == 64
    assert not any(each.secret in every_cell(store) for each in (app, other_app))
    with store.writing(Origin.FORM) as writer:
        writer.accounts.rewrite_totp(wang.account.id, stored)
    assert reason_of(lambda: wang.sign_in(code=app.at(at(1)), minute=1)) == ("code_unreadable", 0)
    assert not desk.is_totp_readable(wang.account.id)


@pytest.mark.parametrize("by_recovery_code", [False, True])
def test_one_stored_in_the_clear_goes_on_and_is_sealed_when_it_lets_somebody_in(
    store: Store, li: Person, *, by_recovery_code: bool
) -> None:
    app, codes = li.set_up_totp()
    store_totp_in_the_clear(store, li, app)

    assert reason_of(lambda: li.sign_in(code="000000")) == ("code_wrong", 0)
    assert stored_totp(store, li) == app.secret
    assert li.gets_in(code=codes[0] if by_recovery_code else app.at(at(1)), minute=1)

    assert app.secret not in every_cell(store)
    assert by_recovery_code or reason_of(lambda: li.sign_in(code=app.at(at(1)), minute=1)) == ("code_wrong", 0)
    assert li.gets_in(code=app.at(at(2)), minute=2)


def test_sealing_it_meanwhile_turns_nobody_away(
    store: Store, settings: Settings, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who sign in at one moment, the second finds the factor in another form than it read."""
    app, codes = li.set_up_totp()
    store_totp_in_the_clear(store, li, app)
    rehash = signing_in._rehashed

    def rehash_late(*words: Any) -> str | None:
        monkeypatch.setattr(signing_in, "_rehashed", rehash)
        assert li.gets_in(code=codes[0], minute=1)
        return rehash(*words)

    monkeypatch.setattr(signing_in, "_rehashed", rehash_late)

    assert li.gets_in(code=app.at(at(1)), minute=1)


def test_where_the_service_has_another_key_recovery_codes_let_in_and_new_codes_can_be_set_up(
    store: Store, settings: Settings, li: Person
) -> None:
    app, codes = li.set_up_totp()
    later = with_another_key(store, settings, li)

    assert reason_of(lambda: later.sign_in(code=app.at(at(1)), minute=1)) == ("code_unreadable", 0)
    assert reason_of(lambda: later.sign_in(code="abcd-efgh-ijkl-mnop", minute=1)) == ("code_unreadable", 0)
    assert not later.desk.is_totp_readable(li.account.id)
    assert later.gets_in(code=codes[0], minute=1)
    assert reason_of(lambda: later.sign_in(code=codes[0], minute=1)) == ("code_unreadable", 0)

    new_app, _ = later.set_up_totp(minute=2)
    assert later.desk.is_totp_readable(li.account.id)
    assert later.gets_in(code=new_app.at(at(3)), minute=3)


def test_an_administrator_switches_codes_off_that_nobody_can_check(
    store: Store, settings: Settings, li: Person
) -> None:
    li.set_up_totp()
    later = with_another_key(store, settings, li)

    later.desk.remove_totp(COMMAND_LINE, li.account.id, at(1))

    assert later.gets_in(minute=1)
    assert later.desk.is_totp_readable(li.account.id)


def test_with_the_key_of_before_codes_are_sealed_anew_and_go_on(store: Store, settings: Settings, li: Person) -> None:
    app, _ = li.set_up_totp()
    before, later = stored_totp(store, li), with_another_key(store, settings, li)

    done = later.desk.reseal_totp("the tests' secret")

    assert (done.resealed_count, done.untouched_count, done.unopened) == (1, 0, ())
    assert stored_totp(store, li) != before
    assert reason_of(lambda: later.sign_in(code=app.at(at(0)))) == ("code_wrong", 0), "used before, used now"
    assert later.gets_in(code=app.at(at(1)), minute=1)


def test_sealing_anew_twice_is_doing_it_once(store: Store, settings: Settings, li: Person) -> None:
    li.set_up_totp()
    later = with_another_key(store, settings, li)
    later.desk.reseal_totp("the tests' secret")
    once = stored_totp(store, li)

    again = later.desk.reseal_totp("the tests' secret")

    assert (again.resealed_count, again.untouched_count) == (0, 1)
    assert stored_totp(store, li) == once


def test_a_wrong_key_of_before_changes_nothing_and_names_whom_it_does_not_open(
    store: Store, settings: Settings, li: Person
) -> None:
    li.set_up_totp()
    before, later = stored_totp(store, li), with_another_key(store, settings, li)

    done = later.desk.reseal_totp("no key of theirs")

    assert (done.resealed_count, done.unopened) == (0, (li.account.name,))
    assert stored_totp(store, li) == before


def test_one_stored_in_the_clear_is_sealed_too(store: Store, li: Person) -> None:
    app, _ = li.set_up_totp()
    store_totp_in_the_clear(store, li, app)

    assert li.desk.reseal_totp("no key of theirs").resealed_count == 1

    assert app.secret not in every_cell(store)
    assert li.gets_in(code=app.at(at(1)), minute=1)


def test_all_are_sealed_anew_or_none(
    desk: AccountDesk, store: Store, settings: Settings, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [li, person(desk, "wang")]
    for each in people:
        each.set_up_totp()
    before = [stored_totp(store, each) for each in people]
    done: list[int] = []

    def seal_one(secret: str, account_id: int, totp_secret: str) -> str:
        if done:
            raise KeyboardInterrupt
        done.append(account_id)
        return sealed_totp(secret, account_id, totp_secret)

    monkeypatch.setattr(resealing, "sealed_totp", seal_one)
    with pytest.raises(KeyboardInterrupt):
        with_another_key(store, settings, li).desk.reseal_totp("the tests' secret")

    assert [stored_totp(store, each) for each in people] == before
