"""What the accounts' use cases refuse on purpose."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.errors import GeodataError, InvalidValue
from mapapp.store.accounts import Account


class SignInRefused(GeodataError, PermissionError):
    """Nobody was signed in, or a password that was asked for again was not accepted.

    Attributes
    ----------
    reason : str
        ``wrong``: name or password, and nothing tells which. ``wait``: too many tries; ``retry_after_s``
        says how long. ``code_needed``: the password was right and a code of the second factor is wanted
        too. ``code_wrong``: that code was not right, or was used before. ``code_unreadable``: that was
        no recovery code, and nothing else is good any more: the second factor was stored under another
        secret of the service than it has now. ``set_up_totp``: the password
        was right, and administrators here need a second factor that this one has not set up yet: show
        `AccountDesk.begin_totp` of ``account``, and sign in by `AccountDesk.sign_in_with_new_totp`.
    retry_after_s : int
        Whole seconds to wait, from 1; 0 for every other reason.
    account : Account | None
        Whose second factor is to be set up; None for every other reason.
    """

    def __init__(self, reason: str, retry_after_s: int = 0, account: Account | None = None) -> None:
        super().__init__(f"The sign-in was refused: {reason}.")
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.account = account


class WeakPassword(InvalidValue):
    """A password that may not be chosen.

    ``problems`` are codes of `passwords.judge_password`, or ``leaked``: it stands in the operator's list;
    ``unchecked``: that list cannot be read now.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(
            f"The password cannot be taken ({', '.join(problems)}).", field="password", code=next(iter(problems), "")
        )
        self.problems = problems


class LinkUnusable(GeodataError, LookupError):
    """A one-time link that was used, ended or never existed; nothing tells which."""

    def __init__(self) -> None:
        super().__init__("This link cannot be used (any more). Ask an administrator for a new one.")


class InvalidAccount(InvalidValue):
    """An account or token that cannot be as asked; ``problems`` maps each field to a short stable word.

    ``name``: form, too_short, too_long, taken, disabled. ``display_name``: empty, too_long, form.
    ``districts``: unknown, missing (an editor needs one). ``stations``: unknown, missing (a keeper needs
    one). ``scopes``: missing. ``days``: out_of_range. ``totp_code``: wrong, for the secret it came with.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        words = ", ".join(f"{field}: {code}" for field, code in problems.items())
        first = next(iter(problems.items()), ("", "invalid"))
        super().__init__(f"The account cannot be so ({words}).", field=first[0], code=first[1])
        self.problems = dict(problems)


class UnknownAccount(GeodataError, LookupError):
    """No account with that id or name."""

    def __init__(self, wanted: int | str) -> None:
        super().__init__(f"There is no account {wanted}.")
        self.wanted = wanted


class LastAdmin(GeodataError, RuntimeError):
    """The last administrator who can sign in may be neither disabled nor demoted."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator. Make another one first.")


class StaleAccount(GeodataError, RuntimeError):
    """Somebody changed the account since it was read; nothing was changed."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"Account {account.id} was changed meanwhile. Look at it again.")


class UnknownToken(GeodataError, LookupError):
    """No API token with that id."""

    def __init__(self, token_id: int) -> None:
        super().__init__(f"There is no token {token_id}.")
        self.token_id = token_id
