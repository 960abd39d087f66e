"""One's own account: the password, one-time codes, sessions; and the password asked for again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from flask import Flask

from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.rights import COMMAND_LINE
from tests.conftest import FrozenClock
from tests.mapapp.services.accounts.leaking import leaked_file
from tests.mapapp.staff.conftest import OpenStaffApp
from tests.mapapp.staff.world import StaffClient, field_value, password_of, signed_in_as

ClientOf = Callable[[str], StaffClient]
NEW = "saxifrage trellis 9"
ENGLISH = {"Accept-Language": "en"}


def new_password(old: str, new: str = NEW, repeated: str | None = None) -> dict[str, str]:
    return {"old_password": old, "new_password": new, "repeated_password": new if repeated is None else repeated}


def test_a_new_password_signs_in_and_the_old_one_no_more(client_of: ClientOf, visitor: StaffClient) -> None:
    answer = client_of("planner").post_form("/staff/account/password", new_password(password_of("planner")))

    old = visitor.post_form("/staff/sign-in", {"name": "planner", "password": password_of("planner")})
    new = visitor.post_form("/staff/sign-in", {"name": "planner", "password": NEW})

    assert answer.location == "/staff/account?done=password"
    assert old.status_code == 400
    assert new.status_code == 303


def test_a_new_password_signs_other_browsers_out_and_not_this_one(client_of: ClientOf) -> None:
    here, elsewhere = client_of("planner"), client_of("planner")
    here.post_form("/staff/account/password", new_password(password_of("planner")))

    assert here.get("/staff/").status_code == 200
    assert elsewhere.get("/staff/").status_code == 303


def test_whoever_does_not_know_the_password_changes_none(client_of: ClientOf) -> None:
    answer = client_of("planner").post_form("/staff/account/password", new_password("not the one"))

    assert answer.status_code == 400
    assert 'id="old_password-error"' in answer.text


def test_a_weak_new_password_is_refused_at_its_field(client_of: ClientOf) -> None:
    answer = client_of("planner").post_form("/staff/account/password", new_password(password_of("planner"), "short"))

    assert answer.status_code == 400
    assert 'id="new_password-error"' in answer.text


def test_a_leaked_password_is_refused_in_the_form_and_by_a_link(
    open_staff_app: OpenStaffApp, tmp_path: Path, clock: FrozenClock
) -> None:
    file = leaked_file(tmp_path, [NEW])
    app = open_staff_app(leaked_passwords_file=str(file))
    desk = app.extensions["stationmap"].accounts
    client = StaffClient(app, signed_in_as(desk, "planner", clock()))
    link = desk.new_link(COMMAND_LINE, desk.account_named("planner").id, clock())
    words = {"password": NEW, "repeated_password": NEW}

    form = client.post_form("/staff/account/password", new_password(password_of("planner")), headers=ENGLISH)
    by_link = StaffClient(app).post_form(f"/staff/set-up/{link}", words, headers=ENGLISH)
    other = StaffClient(app).post_form(f"/staff/set-up/{link}", dict.fromkeys(words, f"{NEW}0"))

    assert (form.status_code, by_link.status_code, other.status_code) == (400, 400, 303)
    assert "This password stands in a list of leaked ones" in form.text
    assert "This password stands in a list of leaked ones" in by_link.text


def test_no_password_is_taken_unchecked_where_the_list_has_gone(
    open_staff_app: OpenStaffApp, tmp_path: Path, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    file = leaked_file(tmp_path, [NEW])
    app = open_staff_app(leaked_passwords_file=str(file))
    client = StaffClient(app, signed_in_as(app.extensions["stationmap"].accounts, "planner", clock()))
    file.unlink()

    answer = client.post_form("/staff/account/password", new_password(password_of("planner")), headers=ENGLISH)

    assert answer.status_code == 400
    assert "cannot be compared with the list of leaked ones now" in answer.text
    assert str(file) in caplog.text
    assert NEW not in caplog.text


def test_two_different_new_passwords_are_refused_at_their_field(client_of: ClientOf) -> None:
    form = new_password(password_of("planner"), repeated="another one")
    answer = client_of("planner").post_form("/staff/account/password", form)

    assert answer.status_code == 400
    assert 'id="repeated_password-error"' in answer.text


def test_signing_out_everywhere_else_leaves_this_browser_in(client_of: ClientOf) -> None:
    here, elsewhere = client_of("planner"), client_of("planner")
    here.post_form("/staff/account/sign-out-everywhere")

    assert here.get("/staff/").status_code == 200
    assert elsewhere.get("/staff/").status_code == 303


def test_the_page_lists_the_browsers_and_marks_this_one(client_of: ClientOf) -> None:
    client_of("planner")
    page = client_of("planner").get("/staff/account", headers={"Accept-Language": "en"}).text

    assert page.count("Firefox, Linux") == 2
    assert page.count("This one") == 1


def test_one_time_codes_are_set_up_with_a_code_and_wanted_from_then_on(
    client_of: ClientOf, visitor: StaffClient, clock: FrozenClock
) -> None:
    client = client_of("planner")
    secret = field_value(client.get("/staff/account/one-time-codes").text, "totp_secret")
    code = pyotp.TOTP(secret).at(clock())
    shown = client.post_form("/staff/account/one-time-codes", {"totp_secret": secret, "one_time_code": code})

    without = visitor.post_form("/staff/sign-in", {"name": "planner", "password": password_of("planner")})
    clock.advance(minutes=1)
    with_code = visitor.post_form(
        "/staff/sign-in",
        {"name": "planner", "password": password_of("planner"), "one_time_code": pyotp.TOTP(secret).at(clock())},
    )

    assert shown.text.count("<li>") == 10
    assert without.status_code == 400
    assert "<details open>" in without.text
    assert with_code.status_code == 303


def test_a_wrong_first_code_switches_nothing_on(client_of: ClientOf, desk: AccountDesk) -> None:
    client = client_of("planner")
    secret = field_value(client.get("/staff/account/one-time-codes").text, "totp_secret")
    answer = client.post_form("/staff/account/one-time-codes", {"totp_secret": secret, "one_time_code": "000000"})
    account = desk.account_named("planner")

    assert answer.status_code == 400
    assert 'id="one_time_code-error"' in answer.text
    assert account is not None
    assert not account.has_totp


def test_where_the_key_is_another_the_pages_say_what_to_do(
    client_of: ClientOf, staff_app: Flask, open_staff_app: OpenStaffApp, clock: FrozenClock
) -> None:
    first = client_of("planner")
    secret = field_value(first.get("/staff/account/one-time-codes").text, "totp_secret")
    form = {"totp_secret": secret, "one_time_code": pyotp.TOTP(secret).at(clock())}
    shown = first.post_form("/staff/account/one-time-codes", form).text.partition("<li>")[2]
    recovery_code = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){5}", shown)[0]
    clock.advance(minutes=1)
    same_database = staff_app.extensions["stationmap"].settings.database_url
    rekeyed = open_staff_app(secret_key="another key of the service", database_url=same_database)  # noqa: S106
    visitor = StaffClient(rekeyed)
    words = {"name": "planner", "password": password_of("planner")}

    refused = visitor.post_form("/staff/sign-in", {**words, "one_time_code": pyotp.TOTP(secret).at(clock())})
    entered = visitor.post_form("/staff/sign-in", {**words, "one_time_code": recovery_code})
    page = visitor.get("/staff/account", headers=ENGLISH)
    switched_off = visitor.post_form("/staff/account/one-time-codes/remove")

    assert (refused.status_code, entered.status_code, switched_off.status_code) == (400, 303, 303)
    assert "本服务更换了密钥。请用恢复码登录" in refused.text
    assert "<details open>" in refused.text
    assert "Switch one-time codes off and set them up again" in page.text
    assert "Switch one-time codes off" not in first.get("/staff/account", headers=ENGLISH).text


@pytest.mark.parametrize("name", ["keeper_own", "editor_own", "planner", "admin"])
def test_who_is_of_a_role_that_needs_codes_sets_them_up_on_the_way_in(
    open_staff_app: OpenStaffApp, clock: FrozenClock, name: str
) -> None:
    visitor = StaffClient(open_staff_app(totp_roles="keeper,editor,planner,admin"))
    words = {"name": name, "password": password_of(name)}

    asked = visitor.post_form("/staff/sign-in", words)
    secret = field_value(asked.text, "totp_secret")
    wrong = visitor.post_form(
        "/staff/sign-in/one-time-codes", {**words, "totp_secret": secret, "one_time_code": "000000"}
    )
    code = pyotp.TOTP(secret).at(clock())
    entered = visitor.post_form(
        "/staff/sign-in/one-time-codes", {**words, "totp_secret": secret, "one_time_code": code}
    )

    assert (asked.status_code, wrong.status_code, entered.status_code) == (400, 400, 200)
    assert field_value(wrong.text, "totp_secret") == secret
    assert entered.text.count("<li>") == 10
    assert visitor.get("/staff/account").status_code == 200


# --- the password asked for again -----------------------------------------------------------------


def test_ten_minutes_after_signing_in_the_password_is_asked_for_again(client_of: ClientOf, clock: FrozenClock) -> None:
    client = client_of("planner")
    clock.advance(minutes=11)

    answer = client.get("/staff/account/one-time-codes")

    assert answer.location == "/staff/confirm?next=/staff/account/one-time-codes"


def test_the_password_given_again_opens_the_page_asked_for(client_of: ClientOf, clock: FrozenClock) -> None:
    client = client_of("planner")
    clock.advance(minutes=11)
    form = {"next": "/staff/account/one-time-codes", "confirm_password": password_of("planner")}

    answer = client.post_form("/staff/confirm", form)

    assert answer.location == "/staff/account/one-time-codes"
    assert client.get("/staff/account/one-time-codes").status_code == 200


def test_a_form_that_needs_the_password_takes_it_along_and_loses_nothing(
    client_of: ClientOf, clock: FrozenClock, desk: AccountDesk
) -> None:
    client = client_of("admin")
    form = {"name": "wang_li", "display_name": "王丽", "role": "planner"}
    clock.advance(minutes=11)

    asked = client.post_form("/staff/people/new", form)
    kept = {name: field_value(asked.text, name) for name in form}
    wrong = client.post_form("/staff/people/new", {**kept, "confirm_password": "not the one"})
    right = client.post_form("/staff/people/new", {**kept, "confirm_password": password_of("admin")})

    assert kept == form
    assert 'action="/staff/people/new"' in asked.text
    assert (asked.status_code, wrong.status_code, right.status_code) == (403, 403, 200)
    assert desk.account_named("wang_li") is not None


def test_scripts_are_told_that_the_password_is_wanted(client_of: ClientOf, clock: FrozenClock) -> None:
    client = client_of("admin")
    clock.advance(minutes=11)

    answer = client.post_json("/staff/people/new", {})

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "not_confirmed"


def test_the_overview_offers_only_what_one_may_do(client_of: ClientOf, staff_app: Flask) -> None:
    admin, keeper = client_of("admin").get("/staff/").text, client_of("keeper_own").get("/staff/").text

    assert 'href="/staff/people"' in admin
    assert 'href="/staff/people"' not in keeper
    assert 'href="/staff/stations/YC-0001"' in keeper
