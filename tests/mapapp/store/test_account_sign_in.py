"""Who is let in, on both databases: by the right password alone, whoever tries how often at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pyotp
import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import select

from mapapp.services.accounts.desk import AccountDesk, SignedIn, SignInRefused
from mapapp.services.rights import COMMAND_LINE, Actor
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Role
from mapapp.store.schema import (
    account_events,
    account_links,
    accounts,
    recovery_codes,
    sign_in_tries,
    staff_sessions,
)
from tests.mapapp.services.accounts.signing import (
    CHEAP_HASHER,
    ELSEWHERE,
    HOME,
    OTHER_PASSWORD,
    PASSWORD,
    WRONG,
    Person,
    at,
    draft,
    person,
)


@pytest.fixture
def desk(store: Store, settings: Settings) -> AccountDesk:
    return AccountDesk(store, settings, "the tests' secret", hasher=CHEAP_HASHER)


@pytest.fixture
def li(desk: AccountDesk) -> Person:
    return person(desk)


def reason_of(act: Callable[[], object]) -> tuple[str, int]:
    """Why it was refused, and for how long."""
    with pytest.raises(SignInRefused) as refusal:
        act()
    return refusal.value.reason, refusal.value.retry_after_s


def fail(li: Person, count: int, *, address: str = HOME, minute: float = 0) -> None:
    """Let somebody fail so often, waiting as long as they are told."""
    left = count
    while left:
        with pytest.raises(SignInRefused) as refusal:
            li.sign_in(WRONG, address=address, minute=minute)
        minute += refusal.value.retry_after_s / 60
        left -= refusal.value.reason == "wrong"


def every_cell(store: Store) -> str:
    """What the tables of accounts hold, as one text."""
    tables = (accounts, staff_sessions, account_links, recovery_codes, sign_in_tries, account_events)
    with store.reading() as reader:
        return "\n".join(str(tuple(row)) for table in tables for row in reader._connection.execute(select(table)))


def test_the_right_password_begins_a_session(desk: AccountDesk, li: Person) -> None:
    signed_in = li.sign_in(minute=5)

    assert signed_in.actor == Actor("li.na", Role.ADMIN, account_id=li.account.id)
    assert signed_in.session.agent_label == "Firefox, Linux"
    assert signed_in.session.is_confirmed(at(5))
    assert desk.account(li.account.id) == replace(li.account, last_sign_in_at=at(5))
    assert desk.session_of(signed_in.token, at(6)) == replace(
        signed_in, session=replace(signed_in.session, last_seen_at=at(6))
    )


def test_each_sign_in_is_a_session_of_its_own(li: Person) -> None:
    first, second = li.sign_in(), li.sign_in()

    assert first.token != second.token
    assert first.session.id != second.session.id


def test_the_name_can_be_written_in_any_case(desk: AccountDesk, li: Person) -> None:
    assert desk.sign_in("  LI.NA ", PASSWORD, None, HOME, at(0)).account.id == li.account.id


@pytest.mark.usefixtures("li")
def test_nothing_but_the_right_password_is_let_in_and_any_text_may_be_tried(desk: AccountDesk) -> None:
    names = ["li.na", "nobody", "", "\0", "\ud800", "x" * 10_000]
    passwords = [WRONG, "", "\0", "\ud800", "x" * 10_000]

    for number, (name, password) in enumerate(product(names, passwords)):
        address = f"203.0.113.{number}"
        assert reason_of(lambda: desk.sign_in(name, password, None, address, at(0))) == ("wrong", 0)  # noqa: B023


def test_a_disabled_account_and_one_not_set_up_are_answered_like_a_wrong_password(
    desk: AccountDesk, li: Person
) -> None:
    person(desk, "other.admin")
    desk.invite(COMMAND_LINE, draft("invited"), at(0))
    desk.change(COMMAND_LINE, li.account.id, at(0), is_disabled=True)

    assert reason_of(li.sign_in) == ("wrong", 0)
    assert reason_of(lambda: desk.sign_in("invited", PASSWORD, None, HOME, at(0))) == ("wrong", 0)


def test_nothing_secret_is_in_the_database(desk: AccountDesk, store: Store, li: Person) -> None:
    signed_in = li.sign_in()
    link = desk.new_link(COMMAND_LINE, li.account.id, at(0))
    _, recovery_codes = li.set_up_totp()

    kept = every_cell(store)

    assert not any(each in kept for each in (PASSWORD, signed_in.token, link, HOME, *recovery_codes))
    assert "$argon2id$" in kept


def test_a_session_shows_its_token_to_no_log(li: Person) -> None:
    signed_in = li.sign_in()

    assert signed_in.token not in repr(signed_in)


def test_a_hash_of_older_parameters_is_made_anew(store: Store, settings: Settings, li: Person) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    later = replace(li, desk=AccountDesk(store, settings, "the tests' secret", hasher=stronger))

    later.sign_in()

    with store.reading() as reader:
        password_hash = reader.accounts.credentials(li.account.id).password_hash
    assert password_hash is not None
    assert not stronger.check_needs_rehash(password_hash)
    assert later.gets_in(minute=1)
    assert li.gets_in(minute=2), "whoever still has the older parameters reads the new hash"


def test_after_five_failures_one_waits_longer_and_longer(li: Person) -> None:
    fail(li, 5)

    assert reason_of(li.sign_in) == ("wait", 1)
    fail(li, 1, minute=1)
    assert reason_of(lambda: li.sign_in(minute=1)) == ("wait", 2)
    assert li.gets_in(minute=1.1)


def test_who_waits_is_not_made_to_wait_longer_by_asking(li: Person) -> None:
    fail(li, 8)

    asked = {reason_of(lambda: li.sign_in(WRONG, minute=0.2)) for _ in range(10)}

    assert asked == {("wait", 3)}


def test_a_success_ends_the_count(li: Person) -> None:
    fail(li, 4)
    li.sign_in(minute=1)

    fail(li, 4, minute=2)
    assert li.gets_in(minute=2)


def test_nobody_keeps_somebody_out_by_failing_in_their_name(li: Person) -> None:
    li.sign_in()

    for number in range(30):
        fail(li, 1, address=f"203.0.113.{number}", minute=10 * number)

    assert li.gets_in(minute=291), "from where they signed in before"
    assert reason_of(lambda: li.sign_in(address="198.51.100.1", minute=291)) == ("wait", 240)
    assert li.gets_in(address="198.51.100.1", minute=295.1), "and from anywhere after five minutes"


def test_nobody_keeps_a_whole_office_out_by_failing_from_its_address(desk: AccountDesk, li: Person) -> None:
    """Or everybody behind a proxy whose forwarded addresses are not believed."""
    li.sign_in()

    for number in range(30):
        with pytest.raises(SignInRefused, match="wrong"):
            desk.sign_in(f"name{number}", WRONG, None, HOME, at(0))

    assert li.gets_in()


def test_guessing_one_password_for_many_names_is_slowed_too(desk: AccountDesk) -> None:
    for number in range(30):
        with pytest.raises(SignInRefused, match="wrong"):
            desk.sign_in(f"name{number}", WRONG, None, HOME, at(0))

    assert reason_of(lambda: desk.sign_in("name31", WRONG, None, HOME, at(0))) == ("wait", 1)
    assert reason_of(lambda: desk.sign_in("name31", WRONG, None, ELSEWHERE, at(0))) == ("wrong", 0)


def test_a_subscriber_of_ipv6_is_one_address(li: Person) -> None:
    for number in range(5):
        fail(li, 1, address=f"2001:db8:1:2::{number:x}")

    assert reason_of(lambda: li.sign_in(address="2001:db8:1:2:ffff::1")) == ("wait", 1)
    assert li.gets_in(address="2001:db8:1:3::1")


def test_names_that_nobody_has_are_slowed_alike(desk: AccountDesk, li: Person) -> None:
    """Or the wait would tell which names there are."""
    nobody = replace(li, account=replace(li.account, name="nobody"))
    fail(li, 6)
    fail(nobody, 6)

    assert reason_of(lambda: li.sign_in(WRONG, minute=0.05)) == reason_of(lambda: nobody.sign_in(WRONG, minute=0.05))


def test_guesses_at_one_moment_cannot_slip_past(li: Person) -> None:
    outcomes: list[str] = []
    gate = threading.Barrier(12)

    def guess() -> None:
        gate.wait()
        try:
            li.sign_in(WRONG)
        except SignInRefused as refused:
            outcomes.append(refused.reason)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (outcomes.count("wrong"), outcomes.count("wait")) == (5, 7)


def test_somebody_who_is_disabled_while_the_password_is_compared_is_not_let_in(
    store: Store, settings: Settings, desk: AccountDesk, li: Person
) -> None:
    person(desk, "other.admin")

    class DisablingHasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
            desk.change(COMMAND_LINE, li.account.id, at(0), is_disabled=True)
            return CHEAP_HASHER.verify(hash, password)

    hasher = DisablingHasher.from_parameters(CHEAPEST)
    slow = replace(li, desk=AccountDesk(store, settings, "the tests' secret", hasher=hasher))

    assert reason_of(slow.sign_in) == ("wrong", 0)
    assert desk.sessions_of(li.account.id, at(0)) == ()


def test_what_counts_no_more_is_forgotten(desk: AccountDesk, li: Person) -> None:
    fail(li, 3)
    li.sign_in()
    day = 24 * 60

    counts = [desk.tidy(at(minute)).try_count for minute in (day - 1, day, 30 * day - 1, 30 * day)]

    assert counts == [0, 3, 0, 1]


def test_a_code_is_wanted_where_there_is_a_second_factor(li: Person) -> None:
    app, _ = li.set_up_totp()

    assert reason_of(li.sign_in) == ("code_needed", 0)
    assert reason_of(lambda: li.sign_in(code="  ")) == ("code_needed", 0)
    assert reason_of(lambda: li.sign_in(code="000000")) == ("code_wrong", 0)
    assert reason_of(lambda: li.sign_in(WRONG, app.at(at(1)), minute=1)) == ("wrong", 0)
    assert li.sign_in(code=app.at(at(1)), minute=1).account.has_totp


def test_a_code_is_accepted_once(li: Person) -> None:
    app, _ = li.set_up_totp()
    code = app.at(at(2))
    li.sign_in(code=code, minute=2)

    assert reason_of(lambda: li.sign_in(code=code, minute=2)) == ("code_wrong", 0)
    assert reason_of(lambda: li.sign_in(code=app.at(at(1.5)), minute=2)) == ("code_wrong", 0)
    assert li.gets_in(code=app.at(at(3)), minute=3)


def test_the_code_that_set_the_factor_up_is_used(li: Person) -> None:
    app, _ = li.set_up_totp()

    assert reason_of(lambda: li.sign_in(code=app.at(at(0)))) == ("code_wrong", 0)


def test_one_code_at_one_moment_opens_one_session(li: Person) -> None:
    app, _ = li.set_up_totp()
    code, gate, let_in = app.at(at(1)), threading.Barrier(4), list[SignedIn]()

    def enter() -> None:
        gate.wait()
        try:
            let_in.append(li.sign_in(code=code, minute=1))
        except SignInRefused:
            return

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(let_in) == 1


def test_each_recovery_code_is_good_once(store: Store, li: Person) -> None:
    _, codes = li.set_up_totp()

    assert li.gets_in(code=codes[3].upper())
    assert reason_of(lambda: li.sign_in(code=codes[3])) == ("code_wrong", 0)
    assert li.gets_in(code=codes[4].replace("-", ""))
    with store.reading() as reader:
        assert reader.accounts.recovery_code_count(li.account.id) == 8


def test_wrong_codes_are_slowed_like_wrong_passwords(li: Person) -> None:
    li.set_up_totp()
    for _ in range(5):
        assert reason_of(lambda: li.sign_in(code="000000")) == ("code_wrong", 0)

    assert reason_of(lambda: li.sign_in(code="000000")) == ("wait", 1)


def test_asking_for_the_code_counts_as_no_failure(li: Person) -> None:
    li.set_up_totp()

    assert {reason_of(li.sign_in) for _ in range(8)} == {("code_needed", 0)}


class TestWhereRolesNeedASecondFactor:
    @pytest.fixture
    def strict(self, store: Store, settings: Settings) -> AccountDesk:
        strict = replace(settings, totp_roles="admin,editor")
        return AccountDesk(store, strict, "the tests' secret", hasher=CHEAP_HASHER)

    @pytest.fixture
    def admin(self, strict: AccountDesk, li: Person) -> Person:
        return replace(li, desk=strict)

    def test_one_who_has_none_sets_it_up_while_signing_in(self, strict: AccountDesk, admin: Person) -> None:
        with pytest.raises(SignInRefused) as refusal:
            admin.sign_in()
        assert (refusal.value.reason, refusal.value.account) == ("set_up_totp", admin.account)

        totp_secret, _ = strict.begin_totp(admin.account.id)
        app = pyotp.TOTP(totp_secret)
        signed_in, codes = strict.sign_in_with_new_totp("li.na", PASSWORD, totp_secret, app.at(at(0)), HOME, at(0))

        assert signed_in.account.has_totp
        assert len(codes) == 10
        assert admin.gets_in(code=app.at(at(1)), minute=1)

    def test_the_password_alone_does_not_replace_a_second_factor(self, strict: AccountDesk, admin: Person) -> None:
        admin.set_up_totp()
        totp_secret, _ = strict.begin_totp(admin.account.id)
        code = pyotp.TOTP(totp_secret).at(at(0))

        refused = reason_of(lambda: strict.sign_in_with_new_totp("li.na", PASSWORD, totp_secret, code, HOME, at(0)))

        assert refused == ("code_needed", 0)

    def test_no_session_of_an_administrator_without_one_goes_on(
        self, desk: AccountDesk, strict: AccountDesk, li: Person
    ) -> None:
        before = li.sign_in().token
        planner = person(strict, "pei", Role.PLANNER)
        as_planner = planner.sign_in().token
        assert desk.session_of(before, at(0)) is not None

        desk.change(COMMAND_LINE, planner.account.id, at(0), role=Role.ADMIN)

        assert strict.session_of(before, at(0)) is None
        assert strict.session_of(as_planner, at(0)) is None

    def test_a_wrong_password_is_not_told_what_is_missing(self, strict: AccountDesk, admin: Person) -> None:
        assert reason_of(lambda: admin.sign_in(OTHER_PASSWORD)) == ("wrong", 0)

    def test_others_need_none(self, strict: AccountDesk) -> None:
        planner = person(strict, "pei", Role.PLANNER)

        assert planner.sign_in().actor.role is Role.PLANNER

    def test_every_role_named_does(self, strict: AccountDesk) -> None:
        editor = person(strict, "pei", Role.EDITOR, districts=["640104"])

        assert reason_of(editor.sign_in) == ("set_up_totp", 0)
