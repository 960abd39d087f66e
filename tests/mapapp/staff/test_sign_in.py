"""Signing in, signing out, sessions that ended, and links that work once."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from mapapp.services.accounts.desk import AccountDesk, AccountDraft
from mapapp.services.rights import COMMAND_LINE
from mapapp.store.accounts import Account, Role
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import OWN_STATION, StaffClient, field_value, password_of

ClientOf = Callable[[str], StaffClient]
RIGHT = {"name": "editor_own", "password": password_of("editor_own")}


def test_name_and_password_lead_to_the_overview(visitor: StaffClient) -> None:
    answer = visitor.post_form("/staff/sign-in", RIGHT)

    assert answer.status_code == 303
    assert answer.location == "/staff/"
    assert "编辑甲" in visitor.get("/staff/").text


def test_a_page_asked_for_before_is_where_signing_in_leads(visitor: StaffClient) -> None:
    asked = visitor.get("/staff/account?done=password")
    answer = visitor.post_form("/staff/sign-in", {**RIGHT, "next": "/staff/account"})

    assert asked.location == "/staff/sign-in?next=/staff/account?done%3Dpassword"
    assert answer.location == "/staff/account"


def test_signing_in_leads_to_no_other_site(visitor: StaffClient) -> None:
    elsewhere = [
        "https://evil.example/staff/",
        "//evil.example",
        "/\\evil.example",
        "/staff/../x",
        "/staffx",
        "/",
        "\t//x",
    ]

    landed = set()
    for target in elsewhere:
        answer = visitor.post_form("/staff/sign-in", {**RIGHT, "next": target})
        landed.add(answer.location)
        visitor.post_form("/staff/sign-out")

    assert landed == {"/staff/"}


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(visitor: StaffClient) -> None:
    wrong = visitor.post_form("/staff/sign-in", {**RIGHT, "password": "not this one at all"})
    unknown = visitor.post_form("/staff/sign-in", {"name": "nobody", "password": "not this one at all"})

    assert wrong.status_code == unknown.status_code == 400
    assert 'role="alert"' in wrong.text
    assert without_what_differs(wrong.text, "editor_own") == without_what_differs(unknown.text, "nobody")


def test_a_refused_form_keeps_the_name_and_never_the_password(visitor: StaffClient) -> None:
    answer = visitor.post_form("/staff/sign-in", {**RIGHT, "password": "not this one at all"})

    assert field_value(answer.text, "name") == "editor_own"
    assert "not this one at all" not in answer.text


def test_too_many_tries_are_told_how_long_to_wait(visitor: StaffClient) -> None:
    answers = [visitor.post_form("/staff/sign-in", {**RIGHT, "password": f"guess number {n}"}) for n in range(12)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(visitor: StaffClient) -> None:
    answer = visitor.post_form("/staff/sign-in", RIGHT)
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("session="))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert int(cookie.partition("Max-Age=")[2].partition(";")[0]) <= timedelta(days=7).total_seconds()


def test_over_https_the_cookie_belongs_to_this_host_alone(visitor: StaffClient) -> None:
    page = visitor.browser.get("/staff/sign-in", base_url="https://localhost")
    answer = visitor.browser.post(
        "/staff/sign-in",
        data={**RIGHT, "csrf": field_value(page.text, "csrf")},
        base_url="https://localhost",
        headers={"Origin": "https://localhost"},
    )
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if "session=" in each)

    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_signing_in_makes_a_new_session_whatever_cookie_was_there(visitor: StaffClient) -> None:
    visitor.browser.set_cookie("session", "chosen-by-somebody-else")
    visitor.post_form("/staff/sign-in", RIGHT)

    cookie = visitor.browser.get_cookie("session")

    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"


def test_signing_in_ends_the_session_the_browser_held_before(client_of: ClientOf) -> None:
    """Of somebody else, perhaps, who shares the computer and could not end it any more."""
    client = client_of("planner")
    client.post_form("/staff/sign-in", RIGHT)
    client.browser.set_cookie("session", client.token or "")

    assert client.get("/staff/").status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(client_of: ClientOf) -> None:
    client = client_of("planner")
    answer = client.post_form("/staff/sign-out")
    client.browser.set_cookie("session", client.token or "")

    assert answer.location == "/staff/sign-in?left=1"
    assert client.get("/staff/").status_code == 303


def test_a_session_ends_when_nobody_uses_it(client_of: ClientOf, clock: FrozenClock) -> None:
    client = client_of("planner")
    clock.advance(hours=13)

    assert client.get("/staff/").location.startswith("/staff/sign-in")


def test_whoever_is_signed_in_needs_no_sign_in_page(client_of: ClientOf) -> None:
    assert client_of("planner").get("/staff/sign-in?next=/staff/account").location == "/staff/account"


# --- a form whose session ended -----------------------------------------------------------------


def test_a_form_whose_session_ended_is_sent_after_signing_in_again(client_of: ClientOf, clock: FrozenClock) -> None:
    client = client_of("admin")
    form = {"display_name": "新名 <b>`${1}`", "role": "editor", "districts": ["640104", "640105"]}
    clock.advance(hours=13)
    address = "/staff/people/3"

    asked = client.post_form(address, form)
    offered = client.post_form(
        "/staff/sign-in",
        {
            "name": "admin",
            "password": password_of("admin"),
            "next": field_value(asked.text, "next"),
            "carried": html_text(field_value(asked.text, "carried")),
        },
    )
    repeated = {"display_name": html_text(field_value(offered.text, "display_name")), "role": "editor"}

    assert asked.status_code == 401
    assert field_value(asked.text, "next") == address
    assert offered.status_code == 200
    assert f'action="{address}"' in offered.text
    assert repeated["display_name"] == form["display_name"]
    assert offered.text.count('name="districts"') == 2


def test_what_is_carried_along_holds_no_password(client_of: ClientOf, clock: FrozenClock) -> None:
    client = client_of("planner")
    clock.advance(hours=13)

    asked = client.post_form(
        "/staff/account/password",
        {"old_password": "secret words A", "new_password": "secret words B", "repeated_password": "secret words B"},
    )

    assert asked.status_code == 401
    assert "secret words" not in asked.text


def test_a_form_of_another_site_is_not_carried_along(visitor: StaffClient) -> None:
    answer = visitor.post("/staff/people/new", data={"name": "mallory"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "mallory" not in answer.text


def test_a_page_opened_in_the_session_before_can_be_sent_once_more(client_of: ClientOf) -> None:
    before, after = client_of("planner"), client_of("planner")
    token_before = before.csrf_token()

    answer = after.post_form("/staff/account/sign-out-everywhere", {"csrf": token_before, "typed": "kept"})

    assert answer.status_code == 403
    assert field_value(answer.text, "typed") == "kept"
    assert field_value(answer.text, "csrf") != token_before


def test_what_is_carried_along_may_be_any_text(visitor: StaffClient) -> None:
    halves = '[["\\ud800", "\\udfff"], ["name", "东街"]]'
    answer = visitor.post_form("/staff/sign-in", {"name": "nobody", "password": "x", "carried": halves})

    assert answer.status_code == 400
    assert json.loads(html_text(field_value(answer.text, "carried"))) == [["?", "?"], ["name", "东街"]]


def test_scripts_get_a_problem_where_people_get_a_page(visitor: StaffClient) -> None:
    answer = visitor.get("/staff/account", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "not_signed_in"


# --- tokens of forms ------------------------------------------------------------------------------


def test_a_form_without_a_token_changes_nothing(client_of: ClientOf) -> None:
    client = client_of("planner")
    answer = client.post("/staff/sign-out", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 403
    assert client.get("/staff/").status_code == 200


def test_a_token_of_somebody_else_changes_nothing(client_of: ClientOf) -> None:
    client = client_of("planner")
    answer = client.post_form("/staff/sign-out", {"csrf": client_of("admin").csrf_token()})

    assert answer.status_code == 403
    assert client.get("/staff/").status_code == 200


def test_a_right_token_from_another_site_changes_nothing(client_of: ClientOf) -> None:
    client = client_of("planner")
    answer = client.post_form("/staff/sign-out", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert client.get("/staff/").status_code == 200


def test_a_token_is_another_one_in_every_page(client_of: ClientOf) -> None:
    client = client_of("planner")

    assert client.csrf_token() != client.csrf_token()


def test_a_sign_in_form_left_open_too_long_starts_again(visitor: StaffClient) -> None:
    answer = visitor.post_form("/staff/sign-in", {**RIGHT, "csrf": "0123456789abcdef." + "0" * 64})

    assert answer.location == "/staff/sign-in?again=1"


# --- one-time links -------------------------------------------------------------------------------


def test_a_link_lets_its_owner_choose_a_password_and_in(
    visitor: StaffClient, desk: AccountDesk, clock: FrozenClock
) -> None:
    path = link_for(desk, clock)
    words = {"password": "saxifrage trellis 9", "repeated_password": "saxifrage trellis 9"}

    page = visitor.get(path)
    answer = visitor.post_form(path, words)

    assert page.status_code == 200
    assert answer.location == "/staff/"
    assert "新站长" in visitor.get("/staff/").text


def test_a_link_works_once(visitor: StaffClient, desk: AccountDesk, clock: FrozenClock) -> None:
    path = link_for(desk, clock)
    visitor.post_form(path, {"password": "saxifrage trellis 9", "repeated_password": "saxifrage trellis 9"})

    assert visitor.get(path).status_code == 404


def test_a_link_ends_after_three_days(visitor: StaffClient, desk: AccountDesk, clock: FrozenClock) -> None:
    path = link_for(desk, clock)
    clock.advance(hours=73)

    assert visitor.get(path).status_code == 404


def test_a_weak_password_comes_back_with_what_it_lacks_and_the_link_still_works(
    visitor: StaffClient, desk: AccountDesk, clock: FrozenClock
) -> None:
    path = link_for(desk, clock)
    answer = visitor.post_form(path, {"password": "abc", "repeated_password": "abc"})

    assert answer.status_code == 400
    assert 'id="password-error"' in answer.text
    assert 'href="#password"' in answer.text
    assert visitor.get(path).status_code == 200


def test_a_server_too_busy_to_hash_says_when_to_try_the_link_again(
    visitor: StaffClient, desk: AccountDesk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link_for(desk, clock)
    words = {"password": "saxifrage trellis 9", "repeated_password": "saxifrage trellis 9"}
    monkeypatch.setattr("mapapp.services.accounts.passwords._PATIENCE_S", 0.01)
    slots = desk._parts.passwords._slots
    with slots, slots:
        answer = visitor.post_form(path, words)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    assert 'id="password-error"' in answer.text
    assert visitor.post_form(path, words).location == "/staff/"


def test_two_different_passwords_are_a_mistake(visitor: StaffClient, desk: AccountDesk, clock: FrozenClock) -> None:
    answer = visitor.post_form(link_for(desk, clock), {"password": "saxifrage trellis 9", "repeated_password": "other"})

    assert answer.status_code == 400
    assert 'id="repeated_password-error"' in answer.text


def test_the_page_of_a_link_tells_its_address_to_nobody(
    visitor: StaffClient, desk: AccountDesk, clock: FrozenClock
) -> None:
    answer = visitor.get(link_for(desk, clock))

    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_staff_pages_are_neither_kept_nor_found(client_of: ClientOf, people: dict[str, Account]) -> None:
    answer = client_of("admin").get("/staff/people")

    assert people["admin"].role is Role.ADMIN
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "manifest.webmanifest" not in answer.text
    assert "offline" not in answer.text


def link_for(desk: AccountDesk, clock: FrozenClock) -> str:
    """The path of a link for a new keeper."""
    draft = AccountDraft(name="new_keeper", display_name="新站长", stations=frozenset({OWN_STATION}))
    _, link = desk.invite(COMMAND_LINE, draft, clock())
    return f"/staff/set-up/{link}"


def without_what_differs(page: str, name: str) -> str:
    """The page without the name typed, the nonce and the form's token."""
    return re.sub(r'nonce="[^"]*"|name="csrf" value="[^"]*"', "", page.replace(name, "NAME"))


def html_text(escaped: str) -> str:
    """What an attribute says."""
    return html.unescape(escaped)
