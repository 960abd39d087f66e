"""Pages as a browser takes them apart: their forms to be filled in, their links to be followed, what came alive in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import tinyhtml5  # type: ignore[import-untyped]

from tests.hostile.words import MARK

_TYPED: Final = frozenset({"", "text", "search", "tel", "url", "email", "password", "number", "date", "month", "time"})
_ADDRESSES: Final = ("href", "src", "action", "formaction", "poster", "data", "xlink:href")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a page with one of its buttons: where it goes, what it carries, and which fields somebody types into."""

    path: str
    is_post: bool
    has_file: bool
    fields: tuple[tuple[str, str], ...]
    typed: frozenset[str]

    def filled(self, word_for: Callable[[str], str]) -> dict[str, list[str]]:
        """What is sent when every field that is typed into holds its word."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(word_for(name) if name in self.typed else value)
        return sent


def parsed(page: str) -> Element:
    """The page's tree as HTML's own rules make it."""
    root: Element = tinyhtml5.parse(page, namespace_html_elements=False)
    return root


def alive(root: Element) -> list[str]:
    """What is no text any more: elements, attributes and addresses that only a hostile text can have made."""
    found = []
    for element in root.iter():
        tag = str(element.tag)  # of a comment it is a function
        if MARK in tag:
            found.append(f"<{tag}>")
        for name, value in element.items():
            plain = name.lower()
            if MARK in plain or (plain.startswith("on") and MARK in value):
                found.append(f"<{tag} {name}={value[:80]!r}>")
            if plain in _ADDRESSES and _leads_astray(value):
                found.append(f"<{tag} {name}={value[:80]!r}>")
    return found


def _leads_astray(address: str) -> bool:
    plain = "".join(address.split()).lower()
    host = urlsplit(address).netloc if "//" in address[:20] else ""
    return plain.startswith(("javascript:", "vbscript:", "data:text")) or "evil.example" in host


def links(root: Element, here: str) -> Iterator[str]:
    """The page's links to this service, without what they jump to."""
    for element in root.iter("a"):
        address = urlsplit(urljoin(here, element.get("href", "")))
        if element.get("href") and address.netloc == urlsplit(here).netloc and address.scheme in {"", "http"}:
            yield address.path + (f"?{address.query}" if address.query else "")


def forms(root: Element, here: str) -> Iterator[Form]:
    """Every form with every button that sends it."""
    outside = [element for element in root.iter() if element.get("form")]
    for form in root.iter("form"):
        inside = [*form.iter(), *(element for element in outside if element.get("form") == form.get("id"))]
        buttons = [each for each in inside if each.tag == "button" and each.get("type", "submit") == "submit"]
        senders: list[Element | None] = [*buttons] or [None]
        for button in senders:
            yield _form(form, inside, button, here)


def _form(form: Element, inside: list[Element], button: Element | None, here: str) -> Form:
    fields: list[tuple[str, str]] = []
    typed: set[str] = set()
    has_file = False
    for element in inside:
        name, kind = element.get("name", ""), element.get("type", "").lower()
        if not name or "disabled" in element.attrib:
            continue
        if element.tag == "textarea" or (element.tag == "input" and kind in _TYPED):
            typed.add(name)
        has_file = has_file or (element.tag == "input" and kind == "file")
        value = _value_of(element, kind, is_first=all(name != held for held, _value in fields))
        if value is not None:
            fields.append((name, value))
    action = form.get("action", "")
    if button is not None:
        action = button.get("formaction", action)
        if button.get("name"):
            fields.append((button.get("name", ""), button.get("value", "")))
    address = urlsplit(urljoin(here, action))
    path = address.path + (f"?{address.query}" if address.query else "")
    return Form(path, form.get("method", "get").lower() == "post", has_file, tuple(fields), frozenset(typed))


def _value_of(element: Element, kind: str, *, is_first: bool) -> str | None:
    """What a field of a form sends as it stands; of boxes to tick the first of a name is taken for ticked."""
    if element.tag == "select":
        return _chosen(element)
    if element.tag == "textarea":
        return "".join(element.itertext())
    if element.tag != "input" or kind in {"file", "submit", "button", "image", "reset"}:
        return None
    if kind in {"checkbox", "radio"}:
        is_ticked = "checked" in element.attrib or (kind == "checkbox" and is_first)
        return element.get("value", "on") if is_ticked else None
    return element.get("value", "")


def _chosen(select: Element) -> str:
    options: list[Any] = list(select.iter("option"))
    chosen = next((each for each in options if "selected" in each.attrib), options[-1] if options else None)
    return "" if chosen is None else chosen.get("value", "".join(chosen.itertext()))
