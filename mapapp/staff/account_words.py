"""What is said about accounts: roles, areas, what a password lacks, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from flask_babel import LazyString, format_datetime, lazy_gettext

from mapapp.staff.speech import gettext
from mapapp.store.accounts import Account, Role
from mapapp.web import services
from mapapp.web.language import current_language

PASSWORD_PROBLEMS: Final[Mapping[str, LazyString]] = {
    "too_short": lazy_gettext("At least 12 characters, please. Several words in a row are easy to remember."),
    "too_long": lazy_gettext("At most 200 characters, please."),
    "too_weak": lazy_gettext("This password is easy to guess. Add another word or two that do not belong together."),
    "leaked": lazy_gettext(
        "This password stands in a list of leaked ones: somebody used it elsewhere, and it became known. Take another."
    ),
    "unchecked": lazy_gettext(
        "New passwords cannot be compared with the list of leaked ones now. Tell whoever runs this service."
    ),
    "like_name": lazy_gettext("The password must not contain your name."),
}
FIELD_PROBLEMS: Final[Mapping[tuple[str, str], LazyString]] = {
    ("name", "form"): lazy_gettext("Only letters, digits and . _ - @ + can stand here, and a letter or digit first."),
    ("name", "too_short"): lazy_gettext("At least 3 characters, please."),
    ("name", "too_long"): lazy_gettext("At most 60 characters, please."),
    ("name", "taken"): lazy_gettext("There is somebody with this name already."),
    ("name", "disabled"): lazy_gettext("This account is switched off. Switch it on again before you make a link."),
    ("display_name", "empty"): lazy_gettext("Please write the name people know."),
    ("display_name", "too_long"): lazy_gettext("This is too long."),
    ("display_name", "form"): lazy_gettext("This holds control characters."),
    ("districts", "unknown"): lazy_gettext("There is no such district."),
    ("districts", "missing"): lazy_gettext("Choose at least one district."),
    ("stations", "unknown"): lazy_gettext("There is no station with one of these codes."),
    ("stations", "missing"): lazy_gettext("Write at least one station's code."),
    ("scopes", "missing"): lazy_gettext("Choose at least one thing the token is good for."),
    ("days", "out_of_range"): lazy_gettext("Write a number of days from 1 to 3650."),
    ("totp_code", "wrong"): lazy_gettext("This code is not right. Wait for the next one and type it again."),
}
_ROLE_HINTS: Final[Mapping[Role, LazyString]] = {
    Role.KEEPER: lazy_gettext("Own stations: hours, services, status, alert"),
    Role.EDITOR: lazy_gettext("Own districts: all fields, new stations, imports, reports"),
    Role.PLANNER: lazy_gettext("Reads everything and runs analyses; changes nothing"),
    Role.ADMIN: lazy_gettext("Everything, people and tokens too"),
}


def language() -> str:
    """``zh`` or ``en``."""
    return current_language()[:2]


def role_choices() -> list[tuple[str, str, str]]:
    """Code, name and what it may do, of every role."""
    return [(role.value, role.label(language()), str(_ROLE_HINTS[role])) for role in Role]


def role_words(role: Role) -> str:
    """The role's name."""
    return role.label(language())


def district_choices() -> list[tuple[str, str]]:
    """Code and name of every district."""
    return [(unit.code, unit.name(language())) for unit in services().place.units]


def district_names(codes: Iterable[str]) -> str:
    """The names of some districts in the order of their codes."""
    wanted = set(codes)
    between = "、" if language() == "zh" else ", "
    return between.join(name for code, name in district_choices() if code in wanted)


def area_words(account: Account) -> str:
    """Where an account's rights hold."""
    if account.role is Role.EDITOR:
        return district_names(account.districts)
    if account.role is Role.KEEPER:
        return ", ".join(sorted(account.stations))
    return gettext("The whole city")


def password_problem(codes: Iterable[str]) -> str:
    """What a password lacks first of all: with that mended, the rest often is."""
    first = next(iter(codes), "too_weak")
    return str(PASSWORD_PROBLEMS.get(first, PASSWORD_PROBLEMS["too_weak"]))


def field_problems(problems: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each field of a form."""
    fallback = gettext("This cannot be so.")
    return {field: str(FIELD_PROBLEMS.get((field, code), fallback)) for field, code in problems.items()}


def moment(instant: datetime | None) -> str:
    """Date and time in the place's clock, or a dash."""
    return str(format_datetime(instant, "yyyy-MM-dd HH:mm")) if instant else "–"
