"""API tokens on the page: made, shown once, ended."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from mapapp.services.accounts.desk import AccountDesk
from mapapp.store.accounts import Scope
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import OWN_DISTRICT, StaffClient, StaffDatabase

ClientOf = Callable[[str], StaffClient]
FORM = {"name": "夜间同步", "scopes": ["stations:write"], "districts": [OWN_DISTRICT], "days": "30"}
SECRET_SHOWN = re.compile(r'<code class="shown-once" id="token">([^<]+)</code>')


def test_a_token_is_shown_once_and_works(client_of: ClientOf, desk: AccountDesk, clock: FrozenClock) -> None:
    client = client_of("admin")
    shown = SECRET_SHOWN.search(client.post_form("/staff/tokens/new", FORM).text)
    assert shown
    actor = desk.actor_of_token(shown.group(1), clock())

    assert actor is not None
    assert actor.scopes == frozenset({Scope.STATIONS_WRITE})
    assert actor.districts == {OWN_DISTRICT}
    assert shown.group(1) not in client.get("/staff/tokens").text


def test_the_list_names_every_token(client_of: ClientOf) -> None:
    client = client_of("admin")
    client.post_form("/staff/tokens/new", FORM)

    assert "夜间同步" in client.get("/staff/tokens").text


@pytest.mark.parametrize("days", ["0", "", "-1", "1.5", "abc", "3651", "٣", "9" * 40])
def test_days_that_are_no_number_of_days_are_refused_at_their_field(days: str, client_of: ClientOf) -> None:
    answer = client_of("admin").post_form("/staff/tokens/new", {**FORM, "days": days})

    assert answer.status_code == 400
    assert 'id="days-error"' in answer.text
    assert "夜间同步" in answer.text


def test_a_token_good_for_nothing_is_refused(client_of: ClientOf) -> None:
    answer = client_of("admin").post_form("/staff/tokens/new", {**FORM, "scopes": ["everything"]})

    assert answer.status_code == 400
    assert 'id="scopes-error"' in answer.text


def test_an_ended_token_works_no_more(
    client_of: ClientOf, desk: AccountDesk, clock: FrozenClock, staff_database: StaffDatabase
) -> None:
    client = client_of("admin")
    token = re.search(r"/staff/tokens/(\d+)/revoke", client.get("/staff/tokens").text)
    assert token
    ended = [
        client.post_form(f"/staff/tokens/{number}/revoke").location
        for number in re.findall(r"/staff/tokens/(\d+)/revoke", client.get("/staff/tokens").text)
    ]

    assert set(ended) == {"/staff/tokens?done=revoked"}
    assert [desk.actor_of_token(secret, clock()) for secret in staff_database.tokens.values()] == [None] * len(Scope)


def test_an_unknown_token_cannot_be_ended(client_of: ClientOf) -> None:
    assert client_of("admin").post_form("/staff/tokens/999/revoke").status_code == 404
