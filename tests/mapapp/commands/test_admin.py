"""The first administrator, and ways back in, on the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapapp.commands import cli
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Role
from tests.conftest import TESTCITY_DIR
from tests.mapapp.services.accounts.signing import CHEAP_HASHER, PASSWORD, draft, person

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, store: Store) -> Run:
    """Run a command line on this test's database, in Chinese unless ``LANG`` says otherwise."""

    def run(*words: str, lang: str = "zh_CN.UTF-8", **environment: str) -> Result:
        given = {
            "MAPAPP_DATABASE_URL": settings.database_url,
            "MAPAPP_DATA_DIR": settings.data_dir,
            "MAPAPP_PLACE": str(TESTCITY_DIR),
            "LANG": lang,
            **environment,
        }
        return CliRunner().invoke(cli, list(words), obj=given)

    return run


@pytest.fixture
def desk(store: Store, settings: Settings) -> AccountDesk:
    return AccountDesk(store, settings, "the tests' secret", hasher=CHEAP_HASHER)


def link_of(result: Result) -> str:
    """The token of the link on the last line."""
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[-1].rpartition("/")[2]


def test_the_last_line_is_the_link_that_sets_the_first_administrator_up(run: Run, desk: AccountDesk) -> None:
    result = run("admin", "create", "Li.Na", "--display-name", "李娜")

    assert result.output.splitlines()[-1].startswith("http://127.0.0.1:8000/staff/set-up/")
    account = desk.accept(link_of(result), PASSWORD, datetime.now(UTC))
    assert (account.name, account.display_name, account.role) == ("li.na", "李娜", Role.ADMIN)


def test_the_link_leads_to_the_public_address(run: Run) -> None:
    result = run("admin", "create", "li.na", MAPAPP_PUBLIC_URL="https://stations.example/")

    assert result.output.splitlines()[-1].startswith("https://stations.example/staff/set-up/")


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("create", "li"), "至少 3 个字符", "3 characters at least"),
        (("create", "x" * 61), "最多 60 个字符", "60 characters at most"),
        (("create", "li na"), "字母和数字", "letters and digits"),
        (("create", "wang.fang"), "已有这个登录名", "already"),
        (("create", "li.na", "--display-name", "x" * 121), "最多 120 个字符", "120 characters at most"),
        (("link", "nobody"), "没有登录名为 nobody 的账号", "no account named nobody"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, words: tuple[str, ...], zh: str, en: str) -> None:
    run("admin", "create", "wang.fang")

    in_chinese, in_english = run("admin", *words), run("admin", *words, lang="en_US.UTF-8")

    assert (in_chinese.exit_code, in_english.exit_code) == (1, 1)
    assert zh in in_chinese.output
    assert en in in_english.output


def test_a_new_link_is_the_way_back_in(run: Run, desk: AccountDesk) -> None:
    first = link_of(run("admin", "create", "li.na"))

    again = link_of(run("admin", "link", "LI.NA"))

    assert desk.link(first, datetime.now(UTC)) is None
    assert desk.accept(again, PASSWORD, datetime.now(UTC)).has_password


def test_one_time_codes_nobody_can_give_are_switched_off(run: Run, desk: AccountDesk) -> None:
    li = person(desk)
    li.set_up_totp()

    done, unknown = run("admin", "end-codes", "Li.Na"), run("admin", "end-codes", "wang", lang="en")

    assert done.output == "li.na 登录不再需要动态码。\n"
    assert li.gets_in()
    assert "totp_removed" in run("admin", "changes").output
    assert (unknown.exit_code, "There is no account named wang." in unknown.output) == (1, True)


def test_a_disabled_account_gets_no_link(run: Run, desk: AccountDesk) -> None:
    account, _ = desk.invite(COMMAND_LINE, draft("planner", Role.PLANNER), datetime.now(UTC))
    desk.change(COMMAND_LINE, account.id, datetime.now(UTC), is_disabled=True)

    result = run("admin", "link", "planner")

    assert result.exit_code == 1
    assert "已停用" in result.output


def test_administrators_are_listed_with_their_state(run: Run, desk: AccountDesk) -> None:
    now = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    desk.accept(desk.invite(COMMAND_LINE, draft("li.na"), now)[1], PASSWORD, now)
    desk.sign_in("li.na", PASSWORD, None, "10.0.0.1", now)
    desk.invite(COMMAND_LINE, draft("wang.fang"), now)
    desk.invite(COMMAND_LINE, draft("planner", Role.PLANNER), now)

    _, *lines = run("admin", "list").output.splitlines()

    assert [line.split("\t") for line in lines] == [
        ["li.na", "li.na", "可登录", "2026-11-18 10:00"],
        ["wang.fang", "wang.fang", "未设置密码", "-"],
    ]


def test_changes_are_listed_with_who_made_them(run: Run, desk: AccountDesk) -> None:
    now = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    account, _ = desk.invite(COMMAND_LINE, draft("wang.fang"), now)
    desk.invite(COMMAND_LINE, draft("li.na"), now)
    desk.change(COMMAND_LINE, account.id, now, role=Role.EDITOR, districts=["990101", "990102"])

    _, latest, *_ = run("admin", "changes", "--limit", "1").output.splitlines()

    when, actor, action, subject, detail = latest.split("\t")
    assert (when, actor, action, subject) == ("2026-11-18 10:00", "command line", "account_changed", "wang.fang")
    assert detail == "districts: - → 990101,990102; role: admin → editor"


def test_without_a_database_the_command_that_helps_is_named(settings: Settings) -> None:
    given = {"MAPAPP_DATABASE_URL": settings.database_url, "MAPAPP_DATA_DIR": settings.data_dir}

    result = CliRunner().invoke(cli, ["admin", "list"], obj=given)

    assert result.exit_code == 1
    assert "python -m mapapp db upgrade" in result.output


def test_after_a_new_secret_key_one_time_codes_are_sealed_under_it(run: Run, desk: AccountDesk, tmp_path: Path) -> None:
    person(desk).set_up_totp()
    old = tmp_path / "old_key"
    old.write_text("the tests' secret\n", encoding="utf-8")
    words = ("--lang", "en", "admin", "reseal-codes", "--old-key-file", str(old))
    new, third = ({"MAPAPP_SECRET_KEY": f"{which} key of the service"} for which in ("another", "a third"))

    done, again = run(*words, **new), run(*words, **new)
    wrong = run(*words, **third)

    assert (done.exit_code, done.output) == (0, "Sealed the one-time codes of 1 accounts anew; 0 were already.\n")
    assert (again.exit_code, again.output) == (0, "Sealed the one-time codes of 0 accounts anew; 1 were already.\n")
    assert wrong.exit_code == 1
    assert "Neither key opens the codes of: li.na." in wrong.output


def test_an_empty_file_is_no_key_of_before(run: Run, store: Store, tmp_path: Path) -> None:
    old = tmp_path / "old_key"
    old.touch()

    refused = run("--lang", "en", "admin", "reseal-codes", "--old-key-file", str(old))

    assert refused.exit_code == 1
    assert "The key of before cannot be read" in refused.output
