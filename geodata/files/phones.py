"""Telephone cells: what the public may see and what stays with staff.

A landline, a 400 number or a short service number is public. A mobile number belongs to a person: it goes
to the internal contact, unless the column says it is public (服务热线, public_phone). A piece with any
other words in it (a name) is internal. Identity numbers are never kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from geodata.files.messages import Message, UnreadCell

_PIECES: Final = re.compile(r"[、,，;；/|]|\s{2,}|或")
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)\d{17}[\dxX](?!\d)")
_PLAIN_NUMBER: Final = re.compile(r"\+?[\d\s()\-—]{3,24}(?:转\s*\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Phones:
    """Public numbers and internal contacts, each joined as they are stored."""

    public: str = ""
    internal: str = ""


def phones_of(text: str, *, said_public: bool) -> Phones:
    """The cell's pieces by who may see them; what is said to be public stays as it is written.

    Raises
    ------
    UnreadCell
        It holds an identity number, or is no number at all where one is wanted.
    """
    refuse_identity_number(text)
    if said_public:
        if not any(character.isdigit() for character in text):
            raise UnreadCell("not_a_phone", Message("不是电话号码。", "Not a telephone number."))
        return Phones(text)
    public: list[str] = []
    internal: list[str] = []
    for piece in (part.strip() for part in _PIECES.split(text)):
        if not piece:
            continue
        plain = unicodedata.normalize("NFKC", piece)
        is_number = _PLAIN_NUMBER.fullmatch(plain) is not None
        personal = _MOBILE.search(plain) is not None or not is_number
        (internal if personal else public).append(piece)
    return Phones("、".join(public), "、".join(internal))


def refuse_identity_number(text: str) -> None:
    """Raise when the text holds what looks like a resident identity number."""
    if _IDENTITY.search(unicodedata.normalize("NFKC", text)):
        raise UnreadCell(
            "identity_number", Message("像是身份证号，不保存。", "It looks like an identity number, which is not kept.")
        )
