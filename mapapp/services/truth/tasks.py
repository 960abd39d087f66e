"""Use case: who goes to look at which station."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from geodata.errors import GeodataError
from mapapp.services.rights import Actor, Right, require
from mapapp.services.truth.confirming import may_confirm
from mapapp.store import Origin, Reader, Store
from mapapp.store.accounts import Account, Role

_LOOKING_ROLES = (Role.KEEPER, Role.EDITOR, Role.ADMIN)


class CannotLook(GeodataError, LookupError):
    """Nobody with that number can be asked to look at stations."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"Account {account_id} cannot be asked to look at stations.")


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which stations somebody is to look at now, and which were refused: not the actor's, or not theirs."""

    account: Account | None
    codes: tuple[str, ...]
    refused: tuple[str, ...]


def lookers(reader: Reader) -> tuple[Account, ...]:
    """Who can be asked to look at a station at all, by the names people know them by."""
    usable = [
        account
        for account in reader.accounts.all()
        if account.role in _LOOKING_ROLES and account.has_password and not account.is_disabled
    ]
    return tuple(sorted(usable, key=lambda account: (account.display_name or account.name, account.name)))


def assign(store: Store, actor: Actor, codes: Collection[str], account_id: int | None, now: datetime) -> Assigned:
    """Let somebody look at the stations, or nobody any more; station by station, whoever was to do so before.

    Raises
    ------
    Forbidden
        The actor changes no stations at all.
    CannotLook
        There is no such account, or not one that looks at stations.
    """
    require(actor, Right.EDIT_STATIONS)
    with store.writing(Origin.FORM, at=now) as writer:
        account = _looker(writer, account_id) if account_id is not None else None
        whose = Actor.of_account(account) if account is not None else actor
        stations = writer.stations_of(codes)
        fit = [
            code
            for code, station in sorted(stations.items())
            if may_confirm(actor, station) and may_confirm(whose, station)
        ]
        if account is not None:
            writer.confirmations.assign(fit, account_id=account.id, by=actor.name, at=now)
        else:
            writer.confirmations.end_tasks(fit)
    return Assigned(account, tuple(fit), tuple(sorted(set(codes) - set(fit))))


def _looker(reader: Reader, account_id: int) -> Account:
    found = next((account for account in lookers(reader) if account.id == account_id), None)
    if found is None:
        raise CannotLook(account_id)
    return found
