"""Every address × everybody who may ask: generated from the URL map, so that a new route is in it by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask
from werkzeug.routing import Rule as Address
from werkzeug.test import TestResponse

from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.rights import COMMAND_LINE, Actor, editable_fields
from mapapp.store.accounts import Account, Role, Scope
from mapapp.web.access import ACCESS, PUBLIC, AccessIncomplete, Rule, Who, for_roles, require_complete_table
from mapapp.web.audience import is_staff_path
from mapapp.web.doorkeeper import has_scope
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import FROM_OUR_PAGE, OTHER_STATION, OWN_DISTRICT, OWN_STATION, StaffClient, StaffDatabase

ClientOf = Callable[[str], StaffClient]
PEOPLE: Final = ("admin", "editor_own", "editor_other", "planner", "keeper_own", "keeper_other")
CHANGE: Final = {"name": "taken over", "reason": "because", "version": "1", "step": "save"}
READING: Final = {"GET", "HEAD", "OPTIONS"}


def values_of(address: Address, people: dict[str, Account]) -> dict[str, object]:
    """Something to put into the blanks of an address."""
    known: dict[str, object] = {
        "code": OWN_STATION,
        "account_id": people["admin"].id,
        "token_id": 1,
        "number": 1,
        "year": 2026,
        "job_id": 1,
        "scenario_id": 1,
        "run_id": 1,
        "language": "zh",
        **dict.fromkeys(("zoom", "x", "y"), 1),
    }
    return {name: known.get(name, "x" * 16) for name in address.arguments}


def asked(client: StaffClient, path: str, method: str, bearer: str = "") -> TestResponse:
    """The answer to an empty form of ours, or to a look."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    if method in READING:
        return client.get(path, headers=headers)
    if is_staff_path(path):
        return client.post_form(path, headers=headers)
    return client.browser.open(path, method=method, headers=FROM_OUR_PAGE | headers, json={})


def outcome_of(answer: TestResponse) -> str:
    """``in``, ``sign in`` or ``refused``: only what the door says, not what the route thinks of an empty form."""
    if answer.status_code == 401 or (answer.status_code == 303 and "/staff/sign-in?next=" in answer.location):
        return "sign in"
    return "refused" if answer.status_code == 403 else "in"


def expected_of_person(rule: Rule, role: Role | None) -> str:
    """What the table says of somebody with a session, or of nobody."""
    if rule.who is Who.TOKEN:
        return "sign in"
    if rule.who is not Who.ROLES:
        return "in"
    if role is None:
        return "sign in"
    return "in" if role in rule.roles else "refused"


def expected_of_token(rule: Rule, scopes: tuple[Scope, ...]) -> str:
    """What the table says of a program."""
    if rule.who is Who.ROLES:
        return "sign in"
    if rule.scope is None:
        return "in"
    return "in" if has_scope(scopes, rule.scope) else "refused"


def addresses(app: Flask, endpoint: str) -> list[tuple[Address, str]]:
    """Each address of an endpoint with each method it takes."""
    found = [
        (address, method)
        for address in app.url_map.iter_rules(endpoint)
        for method in sorted((address.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    assert found
    return found


def path_of(app: Flask, address: Address, people: dict[str, Account]) -> str:
    return app.url_map.bind("localhost").build(address.endpoint, values_of(address, people))


@pytest.mark.parametrize("endpoint", sorted(ACCESS))
def test_every_address_lets_in_whom_its_rule_names_and_nobody_else(
    endpoint: str,
    staff_app: Flask,
    client_of: ClientOf,
    visitor: StaffClient,
    staff_database: StaffDatabase,
) -> None:
    rule, people = ACCESS[endpoint], staff_database.people
    expected: dict[str, str] = {}
    found: dict[str, str] = {}

    for address, method in addresses(staff_app, endpoint):
        path = path_of(staff_app, address, people)
        expected[f"nobody {method}"] = expected_of_person(rule, None)
        found[f"nobody {method}"] = outcome_of(asked(visitor, path, method))
        for name in PEOPLE:
            if is_judged_by_services(staff_app, address, people[name]):
                continue
            expected[f"{name} {method}"] = expected_of_person(rule, people[name].role)
            found[f"{name} {method}"] = outcome_of(asked(client_of(name), path, method))
        for scope, bearer in staff_database.tokens.items():
            expected[f"{scope} {method}"] = expected_of_token(rule, (scope,))
            found[f"{scope} {method}"] = outcome_of(asked(visitor, path, method, bearer))

    assert found == expected


def is_judged_by_services(app: Flask, address: Address, account: Account) -> bool:
    """Whether the table lets somebody in, but the station named in the address is not theirs to change."""
    if "code" not in address.arguments or "GET" in (address.methods or set()):
        return False
    return account.role in ACCESS[address.endpoint].roles and not may_change(
        app, Actor.of_account(account), OWN_STATION
    )


def may_change(app: Flask, actor: Actor, code: str) -> bool:
    with app.extensions["stationmap"].store.reading() as reader:
        station = reader.station(code)
    assert station is not None
    return bool(editable_fields(actor, station))


@pytest.mark.parametrize("code", [OWN_STATION, OTHER_STATION])
@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_changes_a_station_that_is_not_theirs(
    name: str, code: str, staff_app: Flask, client_of: ClientOf, people: dict[str, Account]
) -> None:
    client, store = client_of(name), staff_app.extensions["stationmap"].store
    if may_change(staff_app, Actor.of_account(people[name]), code):
        return
    before = store.data_revision()

    statuses = {}
    for address in staff_app.url_map.iter_rules():
        if "code" in address.arguments and is_a_form_of_staff(address):
            blanks: dict[str, object] = dict.fromkeys(address.arguments, 1) | {"code": code}
            path = staff_app.url_map.bind("").build(address.endpoint, blanks)
            statuses[address.endpoint] = client.post_form(path, CHANGE).status_code

    assert statuses["staff.save_station"] == 403
    assert set(statuses.values()) <= {400, 403, 409}
    assert store.data_revision() == before


def is_a_form_of_staff(address: Address) -> bool:
    return address.endpoint.startswith("staff.") and "POST" in (address.methods or set())


def test_an_application_with_an_address_without_a_rule_does_not_start(staff_app: Flask) -> None:
    without_home = {endpoint: rule for endpoint, rule in ACCESS.items() if endpoint != "staff.home"}

    with pytest.raises(AccessIncomplete, match=r"no rule for staff\.home"):
        require_complete_table(staff_app, without_home)


def test_an_application_with_a_rule_without_an_address_does_not_start(staff_app: Flask) -> None:
    with pytest.raises(AccessIncomplete, match=r"no address for the rules staff\.gone"):
        require_complete_table(staff_app, {**ACCESS, "staff.gone": PUBLIC})


def test_every_rule_that_names_roles_names_some() -> None:
    assert [endpoint for endpoint, rule in ACCESS.items() if rule.who is Who.ROLES and not rule.roles] == []


def test_only_administrators_manage_people_and_tokens() -> None:
    about_them = [endpoint for endpoint in ACCESS if any(word in endpoint for word in ("person", "people", "token"))]

    assert {ACCESS[endpoint].roles for endpoint in about_them} == {for_roles(Role.ADMIN).roles}


def test_a_bearer_token_opens_no_page_of_staff(visitor: StaffClient, desk: AccountDesk, clock: FrozenClock) -> None:
    _, secret = desk.create_token(COMMAND_LINE, "all", tuple(Scope), (OWN_DISTRICT,), 9, clock())

    answer = visitor.get("/staff/stations", headers={"Authorization": f"Bearer {secret}"})

    assert answer.location.startswith("/staff/sign-in")


def test_a_session_opens_nothing_below_the_api(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("admin")
    changing = [
        (address, method)
        for address in staff_app.url_map.iter_rules()
        if address.rule.startswith("/api/")
        for method in (address.methods or set()) - READING
    ]

    answers = [
        client.browser.open(
            staff_app.url_map.bind("").build(address.endpoint, {"code": OWN_STATION}), method=method, json={}
        )
        for address, method in changing
    ]

    assert [answer.status_code for answer in answers] == [401] * len(changing)
    assert all(answer.headers["WWW-Authenticate"].startswith("Bearer") for answer in answers)


def test_a_wrong_token_is_refused_even_where_none_is_needed(visitor: StaffClient) -> None:
    answer = visitor.get(f"/api/v1/stations/{OWN_STATION}", headers={"Authorization": "Bearer no-such-token"})

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_who_is_refused_reads_what_to_do_about_it(client_of: ClientOf) -> None:
    refused = client_of("keeper_own").get("/staff/people").text

    assert "您的账号无权执行此操作" in refused
    assert "如工作需要，请联系系统管理员。" in refused


@pytest.mark.parametrize(("path", "status"), [("/staff/people", 403), ("/staff/nowhere", 404)])
def test_who_is_signed_in_is_refused_in_their_own_frame(client_of: ClientOf, path: str, status: int) -> None:
    refused, of_the_public = client_of("keeper_own").get(path), client_of("keeper_own").get("/nowhere")

    assert refused.status_code == status
    assert 'href="/staff/"' in refused.text
    assert "staff-nav" in refused.text
    assert "staff-nav" not in of_the_public.text
