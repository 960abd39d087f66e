"""What an account may look like: its names, and what it is given by its role."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mapapp.services.accounts.parts import AccountParts
from mapapp.services.accounts.refusals import InvalidAccount
from mapapp.store import Reader
from mapapp.store.accounts import Account, Role

MIN_NAME_CHARS: Final = 3
MAX_NAME_CHARS: Final = 60
MAX_DISPLAY_NAME_CHARS: Final = 120
_READ_CHARS: Final = 1000
"""Unicode's forms take a time that grows with the square of the length; no name is nearly as long."""
_NAME_FORM: Final = re.compile(r"\w[\w.@+-]*")
_NOT_TEXT: Final = frozenset({"Cc", "Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """An account as somebody asks for it. Without a display name it is shown by its name."""

    name: str
    display_name: str = ""
    role: Role = Role.KEEPER
    districts: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()


def fold_name(name: str) -> str:
    """The one form of a sign-in name: width, case and space around it do not matter."""
    return unicodedata.normalize("NFKC", name[:_READ_CHARS]).strip().casefold()


def name_problem(folded: str) -> str | None:
    """What stands against a sign-in name: letters and digits of any script, and ``. _ - @ +`` within."""
    if len(folded) < MIN_NAME_CHARS:
        return "too_short"
    if len(folded) > MAX_NAME_CHARS:
        return "too_long"
    return None if _NAME_FORM.fullmatch(folded) else "form"


def display_name_problem(display_name: str) -> str | None:
    """What stands against the name somebody is shown by."""
    if not display_name:
        return "empty"
    if len(display_name) > MAX_DISPLAY_NAME_CHARS:
        return "too_long"
    return "form" if any(unicodedata.category(character) in _NOT_TEXT for character in display_name) else None


def fitting(
    account: Account,
    parts: AccountParts,
    reader: Reader,
    before: Account | None = None,
    *,
    found: Mapping[str, str] | None = None,
) -> Account:
    """The account with only what belongs to its role.

    Codes the account had ``before`` are not asked about again, so that one that has gone since stands in
    nobody's way. ``found`` is what stands against it already, by field.

    Raises
    ------
    InvalidAccount
        Naming each field at fault.
    """
    districts = account.districts if account.role is Role.EDITOR else frozenset()
    stations = account.stations if account.role is Role.KEEPER else frozenset()
    new_districts = districts - (before.districts if before else frozenset())
    new_stations = stations - (before.stations if before else frozenset())
    problems = dict(found or {})
    if problem := display_name_problem(account.display_name):
        problems["display_name"] = problem
    if account.role is Role.EDITOR and not districts:
        problems["districts"] = "missing"
    if parts.has_unknown_district(new_districts):
        problems["districts"] = "unknown"
    if account.role is Role.KEEPER and not stations:
        problems["stations"] = "missing"
    if any(reader.station(code) is None for code in new_stations):
        problems["stations"] = "unknown"
    if problems:
        raise InvalidAccount(problems)
    return replace(account, districts=districts, stations=stations)
