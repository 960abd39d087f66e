"""What lists of staff pages share: the page asked for, addresses that keep the question, headings that sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from flask import request, url_for

PAGE_ROWS: Final = 50
MAX_PAGE: Final = 100_000
_MOST_DIGITS: Final = 9
_Sort = TypeVar("_Sort", bound=StrEnum)


def whole_number(typed: str) -> int | None:
    """The number typed or carried in an address: plain digits, none that a database could not hold; else None."""
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS
    return int(typed) if is_number else None


def page_number(typed: str) -> int:
    """The page asked for, from 1."""
    return min(max(1, whole_number(typed) or 1), MAX_PAGE)


def offset_of(page: int) -> int:
    """How many rows stand on the pages before."""
    return (page - 1) * PAGE_ROWS


def page_count(total: int) -> int:
    """How many pages so many rows take; an empty list has one."""
    return max(1, -(-total // PAGE_ROWS))


def page_of_list(offset: int, shown: int, total: int, url: Callable[..., str]) -> dict[str, Any]:
    """What ``staff/list_parts.html`` and the line above a list need to know of the page."""
    return {
        "total": total,
        "first": offset + 1,
        "last": offset + shown,
        "page": offset // PAGE_ROWS + 1,
        "page_count": page_count(total),
        "page_url": lambda number: url(page=number),
    }


def asking_again(endpoint: str, kept: tuple[str, ...], changes: Mapping[str, Any], **parts: Any) -> str:
    """The endpoint's address with what was asked under the names in ``kept``, but for the changes; '' leaves out."""
    asked = {name: request.values.get(name, "") for name in kept} | dict(changes)
    filled: dict[str, Any] = {name: value for name, value in asked.items() if value != ""}
    return url_for(endpoint, **parts, **filled)


def sorted_headings(
    names: Mapping[_Sort, str], sort: _Sort, descending: bool, url: Callable[..., str]
) -> list[dict[str, str]]:
    """The headings, each with where its link leads and how the list is sorted by it now."""
    headings = []
    for each, name in names.items():
        is_sorted = each is sort
        order = "down" if is_sorted and not descending else ""
        now = ("descending" if descending else "ascending") if is_sorted else ""
        headings.append({"name": name, "url": url(sort=each.value, order=order), "sorted": now})
    return headings
