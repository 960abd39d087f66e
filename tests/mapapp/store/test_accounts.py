"""Accounts, sessions, links and tokens are kept alike by both databases, and end when they should."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from mapapp.services.accounts.desk import (
    AccountDesk,
    InvalidAccount,
    LastAdmin,
    LinkUnusable,
    SignInRefused,
    UnknownAccount,
    UnknownToken,
    WeakPassword,
)
from mapapp.services.rights import COMMAND_LINE, Actor, Forbidden
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Account, Role, Scope
from tests.mapapp.services.accounts.signing import (
    CHEAP_HASHER,
    ELSEWHERE,
    OTHER_PASSWORD,
    PASSWORD,
    WRONG,
    Person,
    at,
    draft,
    person,
)
from tests.mapapp.store.station_writing import add, real

HOUR, DAY = 60, 24 * 60
OWN, OTHER = "990101", "990102"
NOT_ADMINS = [
    *(Actor("x", role) for role in (Role.KEEPER, Role.EDITOR, Role.PLANNER)),
    Actor("token", Role.ADMIN, scopes=frozenset(Scope)),
]


@pytest.fixture
def desk(store: Store, settings: Settings) -> AccountDesk:
    codes = frozenset({OWN, OTHER})
    return AccountDesk(store, settings, "the tests' secret", district_codes=codes, hasher=CHEAP_HASHER)


@pytest.fixture
def li(desk: AccountDesk) -> Person:
    return person(desk)


def refusal_of(desk: AccountDesk, account_id: int, **wanted: object) -> dict[str, str]:
    """What stands against the change."""
    with pytest.raises(InvalidAccount) as refusal:
        desk.change(COMMAND_LINE, account_id, at(0), **wanted)  # type: ignore[arg-type]
    return dict(refusal.value.problems)


# Sessions


def test_a_session_ends_when_it_is_not_used_for_twelve_hours(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in().token

    assert desk.session_of(token, at(12 * HOUR - 1)) is not None
    assert desk.session_of(token, at(24 * HOUR - 2)) is not None
    assert desk.session_of(token, at(36 * HOUR)) is None


def test_a_session_ends_after_seven_days_however_much_it_is_used(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in().token

    seen = [desk.session_of(token, at(6 * HOUR * times)) is not None for times in range(1, 29)]

    assert seen == [True] * 27 + [False]


def test_the_settings_say_how_long_a_session_lasts(store: Store, settings: Settings, li: Person) -> None:
    brief = replace(settings, session_idle_h=0.5, session_days=0.1)
    desk = AccountDesk(store, brief, "the tests' secret", hasher=CHEAP_HASHER)
    token = replace(li, desk=desk).sign_in().token

    seen = [desk.session_of(token, at(minute)) is not None for minute in (29, 58, 87, 116, 143, 144)]

    assert seen == [True] * 5 + [False]


def test_when_a_session_was_used_is_written_once_a_minute(desk: AccountDesk, store: Store, li: Person) -> None:
    token = li.sign_in().token

    with store.writing("form"):  # whoever wrote now would have to wait
        assert desk.session_of(token, at(0.99)) is not None
    assert desk.sessions_of(li.account.id, at(1))[0].last_seen_at == at(0)
    desk.session_of(token, at(1))
    assert desk.sessions_of(li.account.id, at(1))[0].last_seen_at == at(1)


def test_a_request_goes_on_where_others_write_for_long(desk: AccountDesk, store: Store, li: Person) -> None:
    token = li.sign_in().token

    with store.writing("import"):
        assert desk.session_of(token, at(5)) is not None


def test_signing_out_ends_the_session_and_no_other(desk: AccountDesk, li: Person) -> None:
    first, second = li.sign_in().token, li.sign_in().token

    desk.sign_out(first)
    desk.sign_out("no token")

    assert desk.session_of(first, at(0)) is None
    assert desk.session_of(second, at(0)) is not None


def test_signing_out_everywhere_may_leave_the_browser_one_sits_at(desk: AccountDesk, li: Person) -> None:
    here, *_ = tokens = [li.sign_in().token for _ in range(3)]

    oneself = Actor.of_account(li.account)

    assert desk.sign_out_everywhere(oneself, li.account.id, at(0), except_token=here) == 2
    assert [desk.session_of(token, at(0)) is not None for token in tokens] == [True, False, False]
    assert desk.sign_out_everywhere(oneself, li.account.id, at(0)) == 1
    assert desk.sessions_of(li.account.id, at(0)) == ()


def test_only_oneself_and_administrators_sign_somebody_out_everywhere(desk: AccountDesk, li: Person) -> None:
    planner = person(desk, "planner", Role.PLANNER)
    token = li.sign_in().token

    with pytest.raises(Forbidden):
        desk.sign_out_everywhere(Actor.of_account(planner.account), li.account.id, at(0))

    assert desk.session_of(token, at(0)) is not None
    planner.sign_in()
    assert desk.sign_out_everywhere(Actor.of_account(li.account), planner.account.id, at(0)) == 1


def test_signing_out_everywhere_is_written_down_where_it_ended_something(desk: AccountDesk, li: Person) -> None:
    planner = person(desk, "planner", Role.PLANNER)
    for _ in range(2):
        planner.sign_in()
    for minute in (3, 4):
        desk.sign_out_everywhere(Actor.of_account(li.account), planner.account.id, at(minute))

    latest, before = desk.events(COMMAND_LINE)[:2]

    assert (latest.at, latest.actor, latest.action, latest.subject) == (at(3), "li.na", "signed_out", "planner")
    assert latest.detail == {"sessions": 2}
    assert before.action == "link_used"


def test_sessions_are_listed_the_last_used_first_while_they_run(desk: AccountDesk, li: Person) -> None:
    first = li.sign_in(minute=0)
    second = li.sign_in(minute=10)
    desk.session_of(first.token, at(20))

    assert [each.id for each in desk.sessions_of(li.account.id, at(20))] == [first.session.id, second.session.id]
    assert [each.id for each in desk.sessions_of(li.account.id, at(12 * HOUR + 15))] == [first.session.id]


@pytest.mark.usefixtures("li")
def test_any_text_may_come_as_a_token(desk: AccountDesk) -> None:
    for token in ("", "\0", "\ud800", "x" * 10_000):
        assert desk.session_of(token, at(0)) is None
        assert desk.actor_of_token(token, at(0)) is None
        assert desk.link(token, at(0)) is None
        assert not desk.confirm(token, PASSWORD, at(0))


def test_a_new_role_holds_from_the_next_request_on(desk: AccountDesk, li: Person) -> None:
    editor = person(desk, "ed.itor", Role.EDITOR, districts=[OWN])
    token = editor.sign_in().token

    desk.change(COMMAND_LINE, editor.account.id, at(0), districts=[OTHER])

    signed_in = desk.session_of(token, at(0))
    assert signed_in is not None
    assert signed_in.actor.districts == {OTHER}


def test_the_password_typed_again_counts_for_ten_minutes(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in().token

    assert not desk.confirm(token, WRONG, at(20))
    assert desk.confirm(token, PASSWORD, at(30))

    confirmed = [
        signed_in.session.is_confirmed(at(minute))
        for minute in (29, 39.9, 40)
        if (signed_in := desk.session_of(token, at(minute)))
    ]
    assert confirmed == [True, True, False]


def test_whoever_finds_a_session_open_cannot_guess_the_password_at_leisure(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in().token

    assert [desk.confirm(token, WRONG, at(1)) for _ in range(5)] == [False] * 5
    with pytest.raises(SignInRefused, match="wait"):
        desk.confirm(token, PASSWORD, at(1))
    assert desk.confirm(token, PASSWORD, at(2))


def test_failing_elsewhere_does_not_keep_somebody_from_confirming(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in().token
    for number in range(30):
        li.gets_in(WRONG, address=f"203.0.113.{number}", minute=1)

    assert desk.confirm(token, PASSWORD, at(1))


def test_what_ran_out_is_forgotten(desk: AccountDesk, li: Person) -> None:
    desk.new_link(COMMAND_LINE, li.account.id, at(0))
    li.sign_in()

    tidied = [desk.tidy(at(minute)) for minute in (12 * HOUR - 1, 12 * HOUR, 72 * HOUR - 1, 72 * HOUR)]

    assert [each.session_count for each in tidied] == [0, 1, 0, 0]
    assert [each.link_count for each in tidied] == [0, 0, 0, 1]


# Links and passwords


def test_an_invitation_becomes_an_account_with_a_password(desk: AccountDesk) -> None:
    account, link = desk.invite(COMMAND_LINE, draft("Ed.Itor", Role.EDITOR, districts=[OWN]), at(0))
    assert (account.name, account.display_name, account.has_password) == ("ed.itor", "Ed.Itor", False)
    assert desk.link(link, at(72 * HOUR - 1)) == account

    accepted = desk.accept(link, PASSWORD, at(72 * HOUR - 1))

    assert accepted == replace(account, has_password=True) == desk.account(account.id)
    assert Person(desk, accepted).sign_in().actor == Actor(
        "ed.itor", Role.EDITOR, frozenset({OWN}), account_id=account.id
    )


def test_a_link_is_good_once(desk: AccountDesk) -> None:
    _, link = desk.invite(COMMAND_LINE, draft("planner", Role.PLANNER), at(0))
    desk.accept(link, PASSWORD, at(0))

    assert desk.link(link, at(0)) is None
    with pytest.raises(LinkUnusable):
        desk.accept(link, OTHER_PASSWORD, at(0))


def test_a_link_used_twice_at_once_sets_one_password(desk: AccountDesk) -> None:
    account, link = desk.invite(COMMAND_LINE, draft("planner", Role.PLANNER), at(0))
    gate, outcomes = threading.Barrier(2), dict[str, bool]()

    def use(password: str) -> None:
        gate.wait()
        try:
            desk.accept(link, password, at(0))
        except LinkUnusable:
            outcomes[password] = False
        else:
            outcomes[password] = True

    threads = [threading.Thread(target=use, args=(password,)) for password in (PASSWORD, OTHER_PASSWORD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    who = Person(desk, account)
    assert sorted(outcomes.values()) == [False, True]
    assert {password: who.gets_in(password) for password in outcomes} == outcomes


def test_a_link_ends_after_72_hours(desk: AccountDesk) -> None:
    _, link = desk.invite(COMMAND_LINE, draft("planner", Role.PLANNER), at(0))

    assert desk.link(link, at(72 * HOUR)) is None
    with pytest.raises(LinkUnusable):
        desk.accept(link, PASSWORD, at(72 * HOUR))


def test_a_password_that_is_too_weak_leaves_the_link_good(desk: AccountDesk) -> None:
    _, link = desk.invite(COMMAND_LINE, draft("planner", Role.PLANNER), at(0))

    with pytest.raises(WeakPassword) as refusal:
        desk.accept(link, "planner", at(0))

    assert set(refusal.value.problems) == {"too_short", "like_name", "too_weak"}
    assert desk.accept(link, PASSWORD, at(1)).has_password


def test_a_forgotten_password_holds_until_the_new_link_is_used(desk: AccountDesk, li: Person) -> None:
    older = desk.new_link(COMMAND_LINE, li.account.id, at(0))
    link = desk.new_link(COMMAND_LINE, li.account.id, at(1))
    session = li.sign_in(minute=2)
    assert desk.link(older, at(2)) is None

    desk.accept(link, OTHER_PASSWORD, at(3))

    assert desk.session_of(session.token, at(3)) is None
    assert (li.gets_in(minute=4), li.gets_in(OTHER_PASSWORD, minute=5)) == (False, True)


def test_a_new_password_ends_the_wait_for_those_who_forgot_theirs(desk: AccountDesk, li: Person) -> None:
    for _ in range(6):
        li.gets_in(WRONG, address=ELSEWHERE)
    assert not li.gets_in(address=ELSEWHERE)

    desk.accept(desk.new_link(COMMAND_LINE, li.account.id, at(0)), OTHER_PASSWORD, at(0))

    assert li.gets_in(OTHER_PASSWORD, address=ELSEWHERE)


def test_changing_the_password_ends_every_other_session_and_every_link(desk: AccountDesk, li: Person) -> None:
    here, there = li.sign_in().token, li.sign_in().token
    link = desk.new_link(COMMAND_LINE, li.account.id, at(0))

    desk.change_password(li.account.id, PASSWORD, OTHER_PASSWORD, at(0), keep_token=here)

    assert (desk.session_of(here, at(0)) is not None, desk.session_of(there, at(0))) == (True, None)
    assert desk.link(link, at(0)) is None
    assert (li.gets_in(), li.gets_in(OTHER_PASSWORD)) == (False, True)


def test_the_old_password_is_wanted_for_a_new_one_and_cannot_be_guessed(desk: AccountDesk, li: Person) -> None:
    for reason in ["wrong"] * 5 + ["wait"]:
        with pytest.raises(SignInRefused, match=reason):
            desk.change_password(li.account.id, WRONG, OTHER_PASSWORD, at(0))
    with pytest.raises(WeakPassword):
        desk.change_password(li.account.id, PASSWORD, "password1234", at(1))

    assert li.gets_in(minute=2)


def test_of_two_who_change_a_password_at_once_the_second_is_refused(
    store: Store, settings: Settings, desk: AccountDesk, li: Person
) -> None:
    """Or somebody who stole the old one could put theirs over the new one."""

    class InterferingHasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
            desk.change_password(li.account.id, PASSWORD, OTHER_PASSWORD, at(0))
            return CHEAP_HASHER.verify(hash, password)

    slow = AccountDesk(store, settings, "the tests' secret", hasher=InterferingHasher.from_parameters(CHEAPEST))

    with pytest.raises(SignInRefused, match="wrong"):
        slow.change_password(li.account.id, PASSWORD, "saxifrage trellis 9", at(0))
    assert li.gets_in(OTHER_PASSWORD)


# Accounts


def test_a_name_belongs_to_one_account_however_it_is_written(desk: AccountDesk, li: Person) -> None:
    for name in ("LI.NA", " li.na", "ｌｉ.na"):
        with pytest.raises(InvalidAccount) as refusal:
            desk.invite(COMMAND_LINE, draft(name), at(0))

        assert refusal.value.problems == {"name": "taken"}
        assert desk.account_named(name) == li.account


def test_an_invitation_is_told_all_that_stands_against_it_at_once(desk: AccountDesk, li: Person) -> None:
    faulty = replace(draft(li.account.name, Role.KEEPER, stations=["TC-0009"]), display_name="x" * 121)

    with pytest.raises(InvalidAccount) as refusal:
        desk.invite(COMMAND_LINE, faulty, at(0))

    assert refusal.value.problems == {"name": "taken", "display_name": "too_long", "stations": "unknown"}


def test_every_field_at_fault_is_named(desk: AccountDesk, li: Person) -> None:
    long = "x" * 121

    assert refusal_of(desk, li.account.id, display_name=long, role=Role.EDITOR) == {
        "display_name": "too_long",
        "districts": "missing",
    }
    assert refusal_of(desk, li.account.id, role=Role.EDITOR, districts=["123456"]) == {"districts": "unknown"}
    assert refusal_of(desk, li.account.id, role=Role.KEEPER) == {"stations": "missing"}
    assert refusal_of(desk, li.account.id, role=Role.KEEPER, stations=["TC-0009", "\0"]) == {"stations": "unknown"}


def test_an_account_keeps_what_belongs_to_its_role(desk: AccountDesk, store: Store) -> None:
    add(store, real())
    who = person(desk, "wei.qiang", Role.KEEPER, stations=["TC-0001"], districts=[OWN]).account
    assert (who.stations, who.districts) == (frozenset({"TC-0001"}), frozenset())

    who = desk.change(COMMAND_LINE, who.id, at(0), role=Role.EDITOR, districts=[OWN, OTHER])

    assert (who.stations, who.districts) == (frozenset(), frozenset({OWN, OTHER}))
    assert desk.account(who.id) == who


def test_a_station_that_is_gone_does_not_stand_in_the_way(desk: AccountDesk, store: Store) -> None:
    add(store, real(is_sample=True))
    who = person(desk, "wei.qiang", Role.KEEPER, stations=["TC-0001"]).account
    with store.writing("import") as writer:
        writer.remove_sample()

    assert desk.change(COMMAND_LINE, who.id, at(0), display_name="强").display_name == "强"


def test_disabling_ends_sessions_and_links_at_once(desk: AccountDesk, li: Person) -> None:
    planner = person(desk, "planner", Role.PLANNER)
    token, link = planner.sign_in().token, desk.new_link(COMMAND_LINE, planner.account.id, at(0))

    desk.change(li.sign_in().actor, planner.account.id, at(0), is_disabled=True)

    assert (desk.session_of(token, at(0)), desk.link(link, at(0))) == (None, None)
    with pytest.raises(InvalidAccount, match="disabled"):
        desk.new_link(COMMAND_LINE, planner.account.id, at(0))
    desk.change(COMMAND_LINE, planner.account.id, at(0), is_disabled=False)
    assert desk.session_of(token, at(0)) is None
    assert planner.gets_in()


def test_the_last_administrator_is_neither_disabled_nor_demoted(desk: AccountDesk, li: Person) -> None:
    invited, _ = desk.invite(COMMAND_LINE, draft("not.yet.here"), at(0))

    with pytest.raises(LastAdmin):
        desk.change(COMMAND_LINE, li.account.id, at(0), is_disabled=True)
    with pytest.raises(LastAdmin):
        desk.change(COMMAND_LINE, li.account.id, at(0), role=Role.PLANNER)

    assert desk.account(li.account.id) == li.account
    assert desk.change(COMMAND_LINE, invited.id, at(0), is_disabled=True).is_disabled


def test_two_administrators_who_demote_each_other_at_once_leave_one(desk: AccountDesk, li: Person) -> None:
    other = person(desk, "other.admin")
    gate = threading.Barrier(2)

    def demote(account: Account) -> None:
        gate.wait()
        try:
            desk.change(COMMAND_LINE, account.id, at(0), role=Role.PLANNER)
        except LastAdmin:
            return

    threads = [threading.Thread(target=demote, args=(each.account,)) for each in (li, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(account.role for account in desk.accounts(COMMAND_LINE)) == [Role.ADMIN, Role.PLANNER]


def test_only_administrators_manage_accounts_and_tokens(desk: AccountDesk, li: Person) -> None:
    account_id = li.account.id
    token, _ = desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0))
    acts: list[Callable[[Actor], object]] = [
        desk.accounts,
        desk.tokens,
        desk.events,
        lambda actor: desk.invite(actor, draft("another"), at(0)),
        lambda actor: desk.new_link(actor, account_id, at(0)),
        lambda actor: desk.change(actor, account_id, at(0), display_name="x"),
        lambda actor: desk.remove_totp(actor, account_id, at(0)),
        lambda actor: desk.create_token(actor, "x", [Scope.STATIONS_READ], [], None, at(0)),
        lambda actor: desk.revoke_token(actor, token.id, at(0)),
    ]

    for act, actor in product(acts, NOT_ADMINS):
        with pytest.raises(Forbidden):
            act(actor)


def test_accounts_that_are_not_there_are_said_so(desk: AccountDesk) -> None:
    assert (desk.account(7), desk.account_named("nobody"), desk.account_named("\0")) == (None, None, None)
    acts: list[Callable[[], object]] = [
        lambda: desk.change(COMMAND_LINE, 7, at(0), display_name="x"),
        lambda: desk.new_link(COMMAND_LINE, 7, at(0)),
        lambda: desk.begin_totp(7),
        lambda: desk.remove_totp(COMMAND_LINE, 7, at(0)),
        lambda: desk.sign_out_everywhere(COMMAND_LINE, 7, at(0)),
        lambda: desk.change_password(7, PASSWORD, OTHER_PASSWORD, at(0)),
    ]

    for act in acts:
        with pytest.raises(UnknownAccount):
            act()


def test_every_change_is_written_down_with_who_made_it(desk: AccountDesk, li: Person) -> None:
    editor = person(desk, "ed.itor", Role.EDITOR, districts=[OWN])
    desk.change(li.sign_in().actor, editor.account.id, at(5), districts=[OWN, OTHER], display_name="编辑")
    desk.change(li.sign_in().actor, editor.account.id, at(6), display_name="编辑")

    latest, *older = desk.events(COMMAND_LINE)

    assert (latest.at, latest.actor, latest.action, latest.subject) == (at(5), "li.na", "account_changed", "ed.itor")
    assert latest.detail == {"districts": [[OWN], [OWN, OTHER]], "display_name": ["ed.itor", "编辑"]}
    assert [event.action for event in older] == ["link_used", "account_added"] * 2


def test_changes_are_told_page_by_page(desk: AccountDesk, li: Person) -> None:
    del li  # was added and used a link
    for number in range(3):
        desk.create_token(COMMAND_LINE, f"token {number}", [Scope.STATIONS_READ], [], None, at(number))

    pages = [desk.events_page(COMMAND_LINE, offset, 2) for offset in (0, 2, 4)]

    assert [[event.subject for event in events] for events, _ in pages] == [
        ["token 2", "token 1"],
        ["token 0", "li.na"],
        ["li.na"],
    ]
    assert {total for _, total in pages} == {5}


def test_an_administrator_switched_off_a_moment_ago_leaves_nothing_behind(desk: AccountDesk, li: Person) -> None:
    gone = person(desk, "gone", Role.ADMIN)
    as_it_was = gone.sign_in().actor
    token, _ = desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0))
    desk.change(Actor.of_account(li.account), gone.account.id, at(1), is_disabled=True)
    known, told = desk.accounts(COMMAND_LINE), desk.events(COMMAND_LINE)

    acts: list[Callable[[], object]] = [
        lambda: desk.invite(as_it_was, draft("friend", Role.ADMIN), at(2)),
        lambda: desk.new_link(as_it_was, li.account.id, at(2)),
        lambda: desk.change(as_it_was, gone.account.id, at(2), is_disabled=False),
        lambda: desk.remove_totp(as_it_was, li.account.id, at(2)),
        lambda: desk.sign_out_everywhere(as_it_was, li.account.id, at(2)),
        lambda: desk.create_token(as_it_was, "back door", [Scope.STATIONS_WRITE], [], None, at(2)),
        lambda: desk.revoke_token(as_it_was, token.id, at(2)),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()

    assert (desk.accounts(COMMAND_LINE), desk.events(COMMAND_LINE)) == (known, told)
    assert desk.tokens(COMMAND_LINE) == (token,)


def test_accounts_are_no_part_of_the_data_revision(desk: AccountDesk, store: Store, li: Person) -> None:
    before = store.data_revision()

    li.sign_in()
    desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0))

    assert store.data_revision() == before


# Second factors


def test_one_takes_ones_own_second_factor_away_and_an_administrator_anybodys(desk: AccountDesk, li: Person) -> None:
    planner = person(desk, "planner", Role.PLANNER)
    for actor in (Actor.of_account(planner.account), Actor.of_account(li.account)):
        planner.set_up_totp()
        assert not planner.gets_in()

        desk.remove_totp(actor, planner.account.id, at(0))

        assert planner.gets_in()


def test_a_second_factor_needs_a_code_of_its_app(desk: AccountDesk, li: Person) -> None:
    totp_secret, uri = desk.begin_totp(li.account.id)

    assert totp_secret in uri
    with pytest.raises(InvalidAccount) as refusal:
        desk.confirm_totp(li.account.id, totp_secret, "000000", at(0))
    assert refusal.value.problems == {"totp_code": "wrong"}
    assert li.gets_in()


def test_a_new_second_factor_ends_the_old_one_and_its_recovery_codes(li: Person) -> None:
    old_app, old_codes = li.set_up_totp()
    app, codes = li.set_up_totp(minute=1)

    assert not li.gets_in(code=old_app.at(at(2)), minute=2)
    assert not li.gets_in(code=old_codes[0], minute=2)
    assert li.gets_in(code=app.at(at(2)), minute=2)
    assert li.gets_in(code=codes[0], minute=2)


# API tokens


def test_a_token_acts_within_its_scopes_and_districts(desk: AccountDesk) -> None:
    scopes = [Scope.STATIONS_WRITE, Scope.REPORTS_READ]
    token, secret = desk.create_token(COMMAND_LINE, " loader ", scopes, [OWN], 7, at(0))

    assert secret.startswith("smt_")
    assert (token.name, token.created_by, token.expires_at) == ("loader", "command line", at(7 * DAY))
    assert desk.actor_of_token(secret, at(1)) == Actor(
        f"loader (token {token.id})", Role.EDITOR, frozenset({OWN}), scopes=frozenset(scopes)
    )
    assert desk.tokens(COMMAND_LINE) == (replace(token, last_used_at=at(1)),)


def test_a_token_ends_with_its_days(desk: AccountDesk) -> None:
    _, brief = desk.create_token(COMMAND_LINE, "brief", [Scope.STATIONS_READ], [], 1, at(0))
    _, usual = desk.create_token(COMMAND_LINE, "usual", [Scope.STATIONS_READ], [], None, at(0))

    usable = [
        [desk.actor_of_token(secret, at(minute)) is not None for minute in (DAY - 1, DAY, 365 * DAY - 1, 365 * DAY)]
        for secret in (brief, usual)
    ]

    assert usable == [[True, False, False, False], [True, True, True, False]]


def test_a_revoked_token_is_of_no_use_from_then_on(desk: AccountDesk) -> None:
    token, secret = desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0))

    revoked = desk.revoke_token(COMMAND_LINE, token.id, at(1))

    assert desk.actor_of_token(secret, at(1)) is None
    assert revoked == replace(token, revoked_at=at(1)) == desk.revoke_token(COMMAND_LINE, token.id, at(2))
    with pytest.raises(UnknownToken):
        desk.revoke_token(COMMAND_LINE, token.id + 1, at(1))


def test_a_tokens_use_is_written_once_a_minute_and_never_waited_for(desk: AccountDesk, store: Store) -> None:
    _, secret = desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0))
    with store.writing("import"):
        assert desk.actor_of_token(secret, at(1)) is not None
    assert desk.tokens(COMMAND_LINE)[0].last_used_at is None

    for minute in (2, 2.5, 3):
        desk.actor_of_token(secret, at(minute))
        with store.writing("import"):
            desk.actor_of_token(secret, at(minute + 0.1))

    assert desk.tokens(COMMAND_LINE)[0].last_used_at == at(3)


@pytest.mark.parametrize("change", [{"is_disabled": True}, {"role": Role.PLANNER}], ids=["disabled", "another role"])
def test_tokens_end_for_good_with_their_makers_right(desk: AccountDesk, li: Person, change: dict[str, Any]) -> None:
    maker = person(desk, "maker", Role.ADMIN)
    scopes = [Scope.STATIONS_WRITE]
    theirs, secret = desk.create_token(Actor.of_account(maker.account), "loader", scopes, [], None, at(0))
    _, another = desk.create_token(Actor.of_account(li.account), "another", scopes, [], None, at(0))
    _, of_shell = desk.create_token(COMMAND_LINE, "of the shell", scopes, [], None, at(0))

    desk.change(Actor.of_account(li.account), maker.account.id, at(1), **change)

    assert [desk.actor_of_token(each, at(1)) is not None for each in (secret, another, of_shell)] == [False, True, True]
    changed, ended, *_ = desk.events(COMMAND_LINE)
    assert changed.action == "account_changed"
    assert (ended.actor, ended.action, ended.subject) == ("li.na", "token_revoked", "loader")
    assert ended.detail == {"id": theirs.id, "made_by": "maker"}
    desk.change(Actor.of_account(li.account), maker.account.id, at(2), is_disabled=False, role=Role.ADMIN)
    assert desk.actor_of_token(secret, at(2)) is None


def test_an_administrator_with_another_name_keeps_the_tokens(desk: AccountDesk, li: Person) -> None:
    maker = person(desk, "maker", Role.ADMIN)
    _, secret = desk.create_token(Actor.of_account(maker.account), "loader", [Scope.STATIONS_READ], [], None, at(0))

    desk.change(Actor.of_account(li.account), maker.account.id, at(1), display_name="王芳")

    assert desk.actor_of_token(secret, at(1)) is not None


def test_two_tokens_of_one_name_are_told_apart(desk: AccountDesk) -> None:
    made = [desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0)) for _ in range(2)]

    actors = [desk.actor_of_token(secret, at(0)) for _, secret in made]

    assert len({actor.name for actor in actors if actor}) == 2


def test_a_token_that_cannot_be_is_refused_with_every_reason(desk: AccountDesk) -> None:
    with pytest.raises(InvalidAccount) as refusal:
        desk.create_token(COMMAND_LINE, "\n", [], ["123456"], 0, at(0))

    assert refusal.value.problems == {
        "name": "too_short",
        "scopes": "missing",
        "districts": "unknown",
        "days": "out_of_range",
    }


def test_a_tokens_secret_is_nowhere_in_the_database(desk: AccountDesk, store: Store) -> None:
    _, secret = desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, at(0))

    with store.reading() as reader:
        row = reader._connection.exec_driver_sql("SELECT * FROM api_tokens").one()
    assert secret not in str(row)
    assert secret.removeprefix("smt_") not in str(row)
