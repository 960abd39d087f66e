"""``token create|list|revoke``: ways in for machines."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from mapapp.commands.admin import account_desk
from mapapp.commands.session import Session
from mapapp.services.accounts.desk import UnknownToken
from mapapp.services.accounts.tokens import DEFAULT_DAYS
from mapapp.services.rights import COMMAND_LINE
from mapapp.store.accounts import ApiToken, Scope

_SCOPES = click.Choice([scope.value for scope in Scope])


@click.group()
def token() -> None:
    """API 令牌 / API tokens."""


@token.command()
@click.argument("name")
@click.option("--scope", "scopes", type=_SCOPES, multiple=True, required=True, help="权限 / What it may do.")
@click.option("--district", "districts", multiple=True, help="只限这些区县 / For these districts only.")
@click.option("--days", type=int, default=DEFAULT_DAYS, show_default=True, help="有效天数 / How long it is good.")
@click.pass_obj
def create(session: Session, name: str, scopes: tuple[str, ...], districts: tuple[str, ...], days: int) -> None:
    """新建令牌，最后一行是令牌，只显示一次 / Make a token; it is the last line and shown this once."""
    place = session.place()
    with account_desk(session) as desk:
        wanted = [Scope(scope) for scope in scopes]
        made, secret = desk.create_token(COMMAND_LINE, name, wanted, districts, days, datetime.now(UTC))
    until = made.expires_at.astimezone(place.timezone).date()
    session.say(
        f"已建令牌 {made.id}，有效至 {until}。令牌只显示这一次：",
        f"Made token {made.id}, good until {until}. It is shown this once:",
    )
    click.echo(secret)


@token.command(name="list")
@click.pass_obj
def list_tokens(session: Session) -> None:
    """列出令牌 / List the tokens, usable or not."""
    place = session.place()
    now = datetime.now(UTC)
    with account_desk(session) as desk:
        found = desk.tokens(COMMAND_LINE)
    session.say(
        "编号\t名称\t权限\t区县\t状态\t到期\t上次使用\t建立者",
        "id\tname\tscopes\tdistricts\tstate\texpires\tlast used\tmade by",
    )
    for each in found:
        last = each.last_used_at
        cells = (
            str(each.id),
            each.name,
            ",".join(sorted(each.scopes)),
            ",".join(sorted(each.districts)) or "-",
            _state(session, each, now),
            each.expires_at.astimezone(place.timezone).strftime("%Y-%m-%d"),
            last.astimezone(place.timezone).strftime("%Y-%m-%d %H:%M") if last else "-",
            each.created_by,
        )
        click.echo("\t".join(cells))


@token.command()
@click.argument("token_id", type=int, metavar="ID")
@click.pass_obj
def revoke(session: Session, token_id: int) -> None:
    """作废一个令牌 / Let a token be of no use from now on."""
    with account_desk(session) as desk:
        try:
            revoked = desk.revoke_token(COMMAND_LINE, token_id, datetime.now(UTC))
        except UnknownToken as error:
            raise session.refuse(f"没有编号为 {token_id} 的令牌。", str(error)) from error
    session.say(f"令牌 {revoked.id}（{revoked.name}）已作废。", f"Token {revoked.id} ({revoked.name}) is revoked.")


def _state(session: Session, each: ApiToken, now: datetime) -> str:
    if each.revoked_at is not None:
        return session.word("已作废", "revoked")
    return session.word("可用", "usable") if each.is_usable(now) else session.word("已过期", "expired")
