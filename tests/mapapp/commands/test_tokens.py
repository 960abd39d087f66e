"""API tokens on the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from geodata.places import Place
from mapapp.commands import cli
from mapapp.services.accounts.desk import AccountDesk
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Scope
from tests.conftest import TESTCITY_DIR
from tests.mapapp.services.accounts.signing import CHEAP_HASHER

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, store: Store) -> Run:
    """Run a command line on this test's database, in Chinese unless ``LANG`` says otherwise."""

    def run(*words: str, lang: str = "zh_CN.UTF-8") -> Result:
        given = {
            "MAPAPP_DATABASE_URL": settings.database_url,
            "MAPAPP_DATA_DIR": settings.data_dir,
            "MAPAPP_PLACE": str(TESTCITY_DIR),
            "LANG": lang,
        }
        return CliRunner().invoke(cli, ["token", *words], obj=given)

    return run


@pytest.fixture
def desk(store: Store, settings: Settings) -> AccountDesk:
    return AccountDesk(store, settings, "the tests' secret", hasher=CHEAP_HASHER)


def test_the_last_line_is_the_token(run: Run, desk: AccountDesk, testcity: Place) -> None:
    district = testcity.units[0].code

    result = run(
        "create",
        "loader",
        "--scope",
        "stations:write",
        "--scope",
        "reports:read",
        "--district",
        district,
        "--days",
        "7",
    )

    actor = desk.actor_of_token(result.output.splitlines()[-1], datetime.now(UTC))
    assert actor is not None
    assert actor.name == "loader (token 1)"
    assert actor.scopes == frozenset({Scope.STATIONS_WRITE, Scope.REPORTS_READ})
    assert actor.districts == {district}


def test_a_token_lasts_for_its_days_and_a_year_by_default(run: Run, desk: AccountDesk) -> None:
    brief = run("create", "brief", "--scope", "stations:read", "--days", "7").output.splitlines()[-1]
    usual = run("create", "usual", "--scope", "stations:read").output.splitlines()[-1]
    now = datetime.now(UTC)

    usable = [
        [desk.actor_of_token(secret, now + timedelta(days=days)) is not None for days in (6, 8, 364, 366)]
        for secret in (brief, usual)
    ]

    assert usable == [[True, False, False, False], [True, True, True, False]]


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("--scope", "stations:read", "--days", "0"), "1 至 3650 天", "1 to 3650 days"),
        (("--scope", "stations:read", "--district", "000000"), "没有这个区县代码", "no district of that code"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, words: tuple[str, ...], zh: str, en: str) -> None:
    in_chinese, in_english = run("create", "x", *words), run("create", "x", *words, lang="en_US.UTF-8")

    assert (in_chinese.exit_code, in_english.exit_code) == (1, 1)
    assert zh in in_chinese.output
    assert en in in_english.output


@pytest.mark.parametrize("words", [(), ("--scope", "stations:all")])
def test_a_token_needs_a_scope_that_there_is(run: Run, words: tuple[str, ...]) -> None:
    assert run("create", "x", *words).exit_code == 2


def test_tokens_are_listed_without_their_secrets_and_revoked_by_number(run: Run, desk: AccountDesk) -> None:
    secret = run("create", "loader", "--scope", "stations:read").output.splitlines()[-1]
    listed = run("list").output
    assert run("revoke", "1").output == "令牌 1（loader）已作废。\n"

    assert secret not in listed
    assert listed.splitlines()[1].split("\t")[:5] == ["1", "loader", "stations:read", "-", "可用"]
    assert run("list").output.splitlines()[1].split("\t")[4] == "已作废"
    assert desk.actor_of_token(secret, datetime.now(UTC)) is None


def test_a_token_that_is_not_there_cannot_be_revoked(run: Run) -> None:
    result = run("revoke", "7", lang="en_US.UTF-8")

    assert result.exit_code == 1
    assert "There is no token 7." in result.output
