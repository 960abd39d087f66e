"""How a question names what lies in no district."""

from __future__ import annotations

from typing import Final

NO_DISTRICT: Final = "none"
"""Beside the districts' codes: stations and reports that have none."""
