"""People: invitations, roles, and sessions that end when an account is switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.rights import COMMAND_LINE
from mapapp.staff.lists import PAGE_ROWS
from mapapp.store.accounts import Account, Role, Scope
from mapapp.web.access_log import printable_path
from tests.conftest import FROZEN_AT, FrozenClock
from tests.mapapp.staff.conftest import OpenStaffApp
from tests.mapapp.staff.world import (
    OTHER_DISTRICT,
    OTHER_STATION,
    OWN_DISTRICT,
    OWN_STATION,
    StaffClient,
    field_value,
    password_of,
)

ClientOf = Callable[[str], StaffClient]
ENGLISH = {"Accept-Language": "en"}
INVITATION = {"name": "wang.li", "display_name": "王丽", "role": "editor", "districts": [OWN_DISTRICT, OTHER_DISTRICT]}
LINK = re.compile(r'<code class="shown-once" id="link">([^<]+)</code>')


def link_in(page: str) -> str:
    found = LINK.search(page)
    assert found
    return found.group(1)


def test_an_invitation_makes_an_account_and_shows_its_link(client_of: ClientOf, desk: AccountDesk) -> None:
    answer = client_of("admin").post_form("/staff/people/new", INVITATION)
    account = desk.account_named("wang.li")

    assert answer.status_code == 200
    assert link_in(answer.text).startswith("http://localhost/staff/set-up/")
    assert account is not None
    assert account.role is Role.EDITOR
    assert account.districts == {OWN_DISTRICT, OTHER_DISTRICT}
    assert not account.has_password


def test_the_link_names_the_address_people_reach_the_service_under(open_staff_app: OpenStaffApp) -> None:
    client = StaffClient(open_staff_app(public_url="https://stations.example.org/"))
    client.post_form("/staff/sign-in", {"name": "admin", "password": password_of("admin")})

    answer = client.post_form("/staff/people/new", INVITATION)

    assert link_in(answer.text).startswith("https://stations.example.org/staff/set-up/")


def test_the_access_log_does_not_show_a_link() -> None:
    assert printable_path("/staff/set-up/Qx7v-secret") == "/staff/set-up/-"


def test_a_faulty_invitation_comes_back_with_all_that_was_typed(client_of: ClientOf) -> None:
    form = {"name": "wang.li", "display_name": "<b>王</b>`${1}`", "role": "editor"}
    answer = client_of("admin").post_form("/staff/people/new", form)

    assert answer.status_code == 400
    assert 'id="districts-error"' in answer.text
    assert 'href="#districts"' in answer.text
    assert "&lt;b&gt;王&lt;/b&gt;`${1}`" in answer.text
    assert re.search(r'value="editor" checked', answer.text)


def test_a_name_is_given_once(client_of: ClientOf) -> None:
    answer = client_of("admin").post_form("/staff/people/new", {**INVITATION, "name": "Planner"})

    assert answer.status_code == 400
    assert 'id="name-error"' in answer.text


def test_a_keeper_gets_the_stations_whose_codes_are_typed(client_of: ClientOf, desk: AccountDesk) -> None:
    form = {
        "name": "li_gang",
        "display_name": "李刚",
        "role": "keeper",
        "stations": f"{OWN_STATION.lower()}，{OTHER_STATION}",
    }
    client_of("admin").post_form("/staff/people/new", form)
    account = desk.account_named("li_gang")

    assert account is not None
    assert account.stations == {OWN_STATION, OTHER_STATION}


def test_another_role_holds_from_the_next_request_on(client_of: ClientOf, people: dict[str, Account]) -> None:
    editor, path = client_of("editor_own"), f"/staff/people/{people['editor_own'].id}"
    before = editor.get("/staff/people").status_code
    answer = client_of("admin").post_form(path, {"display_name": "编辑甲", "role": "admin"})

    assert before == 403
    assert answer.location == f"{path}?done=changed"
    assert editor.get("/staff/people").status_code in {200, 303}


def test_an_account_switched_off_is_out_at_once_and_stays_out(
    client_of: ClientOf, people: dict[str, Account], visitor: StaffClient
) -> None:
    planner, path = client_of("planner"), f"/staff/people/{people['planner'].id}"
    client_of("admin").post_form(path, {"display_name": "规划员", "role": "planner", "is_disabled": "on"})

    assert planner.get("/staff/").status_code == 303
    assert (
        visitor.post_form("/staff/sign-in", {"name": "planner", "password": password_of("planner")}).status_code == 400
    )


def test_the_last_administrator_stays_one(client_of: ClientOf, people: dict[str, Account], desk: AccountDesk) -> None:
    path = f"/staff/people/{people['admin'].id}"
    answer = client_of("admin").post_form(path, {"display_name": "系统管理员", "role": "planner"})
    account = desk.account_named("admin")

    assert answer.status_code == 400
    assert 'id="role-error"' in answer.text
    assert account is not None
    assert account.role is Role.ADMIN


def test_somebody_who_forgot_their_password_gets_a_new_link(
    client_of: ClientOf, people: dict[str, Account], visitor: StaffClient
) -> None:
    page = client_of("admin").post_form(f"/staff/people/{people['planner'].id}/link").text
    path = link_in(page).removeprefix("http://localhost")
    words = {"password": "saxifrage trellis 9", "repeated_password": "saxifrage trellis 9"}

    assert visitor.post_form(path, words).location == "/staff/"


def test_an_administrator_signs_somebody_out_everywhere(client_of: ClientOf, people: dict[str, Account]) -> None:
    planner = client_of("planner")
    client_of("admin").post_form(f"/staff/people/{people['planner'].id}/sign-out")

    assert planner.get("/staff/").status_code == 303


def test_nobody_has_a_page_where_there_is_no_account(client_of: ClientOf) -> None:
    assert client_of("admin").get("/staff/people/999").status_code == 404


def test_a_number_too_large_for_any_database_is_nobodys(client_of: ClientOf) -> None:
    admin = client_of("admin")

    for number in (str(2**31), "9" * 30, "9" * 5000):
        assert admin.get(f"/staff/people/{number}").status_code == 404
        assert admin.post_form(f"/staff/people/{number}/link").status_code == 404
        assert admin.post_form(f"/staff/tokens/{number}/revoke").status_code == 404
    assert admin.get(f"/staff/people/{2**31 - 1}").status_code == 404


def test_a_form_without_a_role_makes_nobody_something_else(
    client_of: ClientOf, people: dict[str, Account], desk: AccountDesk
) -> None:
    editor = people["editor_own"]
    form = {"display_name": "编辑甲", "stations": OWN_STATION}
    answer = client_of("admin").post_form(f"/staff/people/{editor.id}", form)

    assert answer.status_code == 400
    account = desk.account(editor.id)
    assert account is not None
    assert account.role is Role.EDITOR


def test_a_form_opened_before_somebody_else_changed_the_account_changes_nothing(
    client_of: ClientOf, people: dict[str, Account], desk: AccountDesk, clock: FrozenClock
) -> None:
    """Or it would switch on again who was switched off meanwhile."""
    admin, planner = client_of("admin"), people["planner"]
    path = f"/staff/people/{planner.id}"
    form = {"display_name": "新名字", "role": "planner", "seen": field_value(admin.get(path).text, "seen")}
    desk.change(COMMAND_LINE, planner.id, clock(), is_disabled=True)

    answer = admin.post_form(path, form)

    assert answer.status_code == 409
    assert re.search(r'name="is_disabled" checked', answer.text)
    assert desk.account(planner.id) == replace(planner, is_disabled=True, last_sign_in_at=clock())
    again = {**form, "is_disabled": "on", "seen": field_value(answer.text, "seen")}
    assert admin.post_form(path, again).location == f"{path}?done=changed"


def test_an_account_switched_off_gets_no_link_and_the_page_says_why(
    client_of: ClientOf, people: dict[str, Account]
) -> None:
    admin, path = client_of("admin"), f"/staff/people/{people['planner'].id}"
    admin.post_form(path, {"display_name": "规划员", "role": "planner", "is_disabled": "on"})

    answer = admin.post_form(f"{path}/link")

    assert answer.status_code == 400
    assert 'id="is_disabled-error"' in answer.text
    assert 'href="#is_disabled"' in answer.text


def test_a_form_takes_no_field_that_is_not_in_it(client_of: ClientOf, desk: AccountDesk) -> None:
    client_of("admin").post_form(
        "/staff/people/new", {**INVITATION, "has_password": "1", "id": "1", "is_disabled": "on"}
    )
    account = desk.account_named("wang.li")

    assert account is not None
    assert not account.has_password
    assert not account.is_disabled


def test_administrators_see_who_changed_what_of_accounts_and_tokens(client_of: ClientOf, desk: AccountDesk) -> None:
    client = client_of("admin")
    editor = desk.account_named("editor_own")
    assert editor is not None
    client.post_form(
        f"/staff/people/{editor.id}", {"display_name": "<b>编辑</b>", "role": "planner", "is_disabled": "on"}
    )
    client.post_form("/staff/tokens/new", {"name": "loader", "scopes": ["stations:write"], "days": "7"})

    page = client.get("/staff/people/changes", headers=ENGLISH).text

    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:3]]
    assert "admin made a token Good for: change stations Days: 7 Token:" in " ".join(rows[0])
    assert rows[0][-1] == "loader"
    assert "Role: district editor → planner" in " ".join(rows[1])
    assert "Switched off: no → yes" in " ".join(rows[1])
    assert "&lt;b&gt;编辑&lt;/b&gt;" in page


def test_no_page_of_changes_holds_a_secret(client_of: ClientOf) -> None:
    client = client_of("admin")
    link = link_in(client.post_form("/staff/people/new", INVITATION).text)
    made = client.post_form("/staff/tokens/new", {"name": "loader", "scopes": ["stations:write"], "days": "7"}).text
    secret = re.search(r"smt_[\w-]+", made)
    assert secret

    page = client.get("/staff/people/changes").text

    assert "loader" in page
    assert secret.group() not in page
    assert link.rpartition("/")[2] not in page


def test_changes_have_pages(client_of: ClientOf, desk: AccountDesk) -> None:
    for _ in range(PAGE_ROWS):
        desk.create_token(COMMAND_LINE, "loader", [Scope.STATIONS_READ], [], None, FROZEN_AT)
    client = client_of("admin")

    first, second = (client.get(f"/staff/people/changes?page={page}", headers=ENGLISH).text for page in (1, 2))

    assert first.count("made a token") == PAGE_ROWS
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert client.get("/staff/people/changes?page=99").status_code == 200


def test_an_account_says_how_many_tokens_end_with_it(client_of: ClientOf, desk: AccountDesk) -> None:
    client = client_of("admin")
    client.post_form("/staff/tokens/new", {"name": "loader", "scopes": ["stations:write"], "days": "7"})
    admin = desk.account_named("admin")
    assert admin is not None

    assert "the 1 token this account made ends" in client.get(f"/staff/people/{admin.id}", headers=ENGLISH).text
