"""Filling in a station's form as a browser without scripts does: what stands in the page, with some of it changed."""

from __future__ import annotations

import html
import re
from typing import Any, Final

from werkzeug.test import TestResponse

from tests.mapapp.staff.world import OWN_STATION, StaffClient

_INPUT: Final = re.compile(r"<input\b[^>]*>")
_SELECT: Final = re.compile(r'<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', re.DOTALL)
_TEXTAREA: Final = re.compile(r'<textarea\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</textarea>', re.DOTALL)


def inputs_of_page(page: str) -> dict[str, str]:
    """Everything the page's inputs would post: ticked boxes only, no files, no choice that was not made."""
    posted: dict[str, str] = {}
    for tag in _INPUT.findall(page):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type") or "text"
        is_chosen = kind not in {"checkbox", "radio"} or re.search(r"\bchecked\b", tag)
        if name and kind != "file" and is_chosen:
            posted[name] = _attribute(tag, "value") or ("on" if kind == "checkbox" else "")
    for name, options in _SELECT.findall(page):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        posted[name] = html.unescape(chosen[1]) if chosen else ""
    posted |= {name: html.unescape(text) for name, text in _TEXTAREA.findall(page)}
    return posted


def send(client: StaffClient, page: TestResponse, step: str, path: str = "", **changes: Any) -> TestResponse:
    """Press a button of the page's form, after changing some of what stands in it."""
    fields = (
        inputs_of_page(page.text) | {"step": step} | {name.replace("__", "."): text for name, text in changes.items()}
    )
    return client.post_form(path or page.request.path, fields, content_type="multipart/form-data")


def change(
    client: StaffClient, code: str = OWN_STATION, *, reason: str = "checked on site", **changes: Any
) -> TestResponse:
    """Open a station, change it, look once more, and save."""
    preview = send(client, client.get(f"/staff/stations/{code}"), "check", **changes)
    return send(client, preview, "save", reason=reason)


def errors_of(page: TestResponse) -> list[str]:
    """Where the page's list of errors leads, in its order."""
    summary = re.search(r'class="error-summary".*?</div>', page.text, re.DOTALL)
    return re.findall(r'href="#([^"]*)"', summary[0]) if summary else []


def diff_of(page: TestResponse) -> list[tuple[str, str, str]]:
    """The changes a page shows: what, before, after."""
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>\s*<dd>(.*?)</dd>", page.text, re.DOTALL)
    return [(_text(name), _marked(old, "del"), _marked(new, "ins")) for name, old, new in rows]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def _marked(cell: str, tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", cell, re.DOTALL)
    return _text(found[1]) if found else ""


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())
