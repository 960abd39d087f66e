"""What the staff's lists share; planners' lists have it from ``mapapp.web.lists`` too."""

from __future__ import annotations

from mapapp.web.lists import (
    MAX_PAGE,
    PAGE_ROWS,
    asking_again,
    offset_of,
    page_count,
    page_number,
    page_of_list,
    sorted_headings,
    whole_number,
)

__all__ = [
    "MAX_PAGE",
    "PAGE_ROWS",
    "asking_again",
    "offset_of",
    "page_count",
    "page_number",
    "page_of_list",
    "sorted_headings",
    "whole_number",
]
