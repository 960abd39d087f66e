"""``admin create|list|link|end-codes|reseal-codes|changes``: the first administrator, and ways back in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from mapapp.commands.session import Session
from mapapp.services.accounts.desk import AccountDesk, AccountDraft, InvalidAccount
from mapapp.services.accounts.links import SET_UP_PATH
from mapapp.services.accounts.resealing import OldKeyUnusable, key_before
from mapapp.services.rights import COMMAND_LINE
from mapapp.services.secret import SecretUnusable, secret_key
from mapapp.store.accounts import Account, AccountEvent, Role

_LOCAL_URL: Final = "http://127.0.0.1:8000"
"""Where scripts/serve.py serves unless it is told otherwise."""

_PROBLEMS: Final = {
    ("name", "too_short"): ("登录名至少 3 个字符。", "A sign-in name has 3 characters at least."),
    ("name", "too_long"): ("名称最多 60 个字符。", "A name has 60 characters at most."),
    ("name", "form"): (
        "登录名由字母和数字组成，中间可以有 . _ - @ +。",
        "A sign-in name is of letters and digits, with . _ - @ + within.",
    ),
    ("name", "taken"): ("已有这个登录名。", "There is an account of that name already."),
    ("name", "disabled"): ("这个账号已停用。", "This account is disabled."),
    ("display_name", "too_long"): ("显示名最多 120 个字符。", "A display name has 120 characters at most."),
    ("display_name", "form"): ("显示名中有控制字符。", "The display name holds control characters."),
    ("scopes", "missing"): ("至少给一个权限 (--scope)。", "Give one scope at least (--scope)."),
    ("districts", "unknown"): ("没有这个区县代码。", "The place has no district of that code."),
    ("days", "out_of_range"): ("有效期为 1 至 3650 天。", "A token is good for 1 to 3650 days."),
}


@contextmanager
def account_desk(session: Session) -> Iterator[AccountDesk]:
    """The desk of the run's database; what it refuses about names and numbers ends the run with its words."""
    district_codes = frozenset(unit.code for unit in session.place().units)
    try:
        secret = secret_key(session.settings)
    except SecretUnusable as error:
        raise session.refuse(f"密钥无法使用：{error}", str(error)) from error
    with session.store() as store:
        try:
            yield AccountDesk(store, session.settings, secret, district_codes=district_codes)
        except InvalidAccount as error:
            words = [_PROBLEMS.get(problem, (str(error), str(error))) for problem in error.problems.items()]
            raise session.refuse("".join(zh for zh, _ in words), " ".join(en for _, en in words)) from error


@click.group()
def admin() -> None:
    """系统管理员账号 / Administrators."""


@admin.command()
@click.argument("name")
@click.option("--display-name", default="", help="显示名 / The name to show.")
@click.pass_obj
def create(session: Session, name: str, display_name: str) -> None:
    """新建系统管理员，最后一行是一次性链接 / Make an administrator; the last line is a one-time link."""
    with account_desk(session) as desk:
        draft = AccountDraft(name=name, display_name=display_name, role=Role.ADMIN)
        account, link = desk.invite(COMMAND_LINE, draft, datetime.now(UTC))
    session.say(f"已建账号 {account.name}。", f"Made the account {account.name}.")
    _say_link(session, link)


@admin.command(name="list")
@click.pass_obj
def list_admins(session: Session) -> None:
    """列出系统管理员 / List the administrators."""
    place = session.place()
    with account_desk(session) as desk:
        found = [account for account in desk.accounts(COMMAND_LINE) if account.role is Role.ADMIN]
    session.say("登录名\t显示名\t状态\t上次登录", "name\tdisplay name\tstate\tlast sign-in")
    for account in found:
        last = account.last_sign_in_at
        shown = last.astimezone(place.timezone).strftime("%Y-%m-%d %H:%M") if last else "-"
        click.echo("\t".join((account.name, account.display_name, _state(session, account), shown)))


@admin.command()
@click.argument("name")
@click.pass_obj
def link(session: Session, name: str) -> None:
    """任何账号的新的一次性链接（忘记密码时） / Another one-time link for any account (a forgotten password)."""
    with account_desk(session) as desk:
        account = desk.account_named(name)
        if account is None:
            raise session.refuse(f"没有登录名为 {name} 的账号。", f"There is no account named {name}.")
        made = desk.new_link(COMMAND_LINE, account.id, datetime.now(UTC))
    _say_link(session, made)


@admin.command("end-codes")
@click.argument("name")
@click.pass_obj
def end_codes(session: Session, name: str) -> None:
    """关闭账号的动态码（丢失手机且无恢复码时） / Switch an account's one-time codes off (a lost phone)."""
    with account_desk(session) as desk:
        account = desk.account_named(name)
        if account is None:
            raise session.refuse(f"没有登录名为 {name} 的账号。", f"There is no account named {name}.")
        desk.remove_totp(COMMAND_LINE, account.id, datetime.now(UTC))
    session.say(f"{account.name} 登录不再需要动态码。", f"{account.name} signs in without one-time codes.")


@admin.command("reseal-codes")
@click.option(
    "--old-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="原密钥的文件 / The file with the secret key of before.",
)
@click.pass_obj
def reseal_codes(session: Session, old_key_file: Path) -> None:
    """更换密钥后，用新密钥重新加密动态码 / Seal one-time codes anew after the secret key was replaced."""
    try:
        key = key_before(old_key_file)
    except OldKeyUnusable as error:
        raise session.refuse(f"无法读取原密钥：{error}", f"The key of before cannot be read: {error}") from error
    with account_desk(session) as desk:
        done = desk.reseal_totp(key)
    session.say(
        f"已重新加密 {done.resealed_count} 个账号的动态码；{done.untouched_count} 个无需更换。",
        f"Sealed the one-time codes of {done.resealed_count} accounts anew; {done.untouched_count} were already.",
    )
    if done.unopened:
        names = ", ".join(done.unopened)
        raise session.refuse(
            f"以下账号的动态码用两个密钥都打不开：{names}。密钥不对，或请他们用恢复码登录后重新设置。",
            f"Neither key opens the codes of: {names}. The key is a wrong one, "
            "or they sign in with a recovery code and set their codes up again.",
        )


@admin.command()
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="最多几条 / At most so many.")
@click.pass_obj
def changes(session: Session, limit: int) -> None:
    """账号与令牌的改动，新的在前 / What was changed of accounts and tokens, newest first."""
    place = session.place()
    with account_desk(session) as desk:
        found = desk.events(COMMAND_LINE, limit)
    session.say("时间\t谁\t做了什么\t对谁\t详情", "at\tactor\taction\tsubject\tdetail")
    for event in found:
        at = event.at.astimezone(place.timezone).strftime("%Y-%m-%d %H:%M")
        click.echo("\t".join((at, event.actor, event.action, event.subject, _detail(event) or "-")))


def _say_link(session: Session, link_token: str) -> None:
    session.say(
        "打开以下链接设置密码（72 小时内有效，只能用一次）：",
        "Open this link to choose a password (good once, within 72 hours):",
    )
    click.echo(f"{(session.settings.public_url or _LOCAL_URL).rstrip('/')}{SET_UP_PATH}{link_token}")


def _state(session: Session, account: Account) -> str:
    if account.is_disabled:
        return session.word("已停用", "disabled")
    if not account.has_password:
        return session.word("未设置密码", "not set up")
    if account.has_totp:
        return session.word("可登录，有动态码", "ready, with one-time codes")
    return session.word("可登录", "ready")


def _detail(event: AccountEvent) -> str:
    """What was changed, field by field; of a changed account with the old value before the new."""
    joint = " → " if event.action == "account_changed" else ","
    return "; ".join(f"{field}: {_words(value, joint)}" for field, value in sorted(event.detail.items()))


def _words(value: object, joint: str = ",") -> str:
    if not isinstance(value, list):
        return str(value)
    return joint.join(_words(each) for each in value) or "-"
