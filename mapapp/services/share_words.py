"""Shares and their differences as short words, the same on pages and in files: nothing rounded to all or to none."""

from __future__ import annotations

from typing import Final

ROUNDING: Final = 1e-9
"""What sums of floats may be off by: nearer to all, or to none, is all or none."""
_MINUS: Final = "−"


def percent_words(share: float, decimals: int = 1) -> str:
    """A share (0-1) in per cent; "100.0%" only for all, "0.0%" only for none."""
    step = 10.0**-decimals
    least, most = f"{step:.{decimals}f}", f"{100 - step:.{decimals}f}"
    said = f"{share * 100:.{decimals}f}"
    if float(said) == 100 and share < 1 - ROUNDING:
        return f">{most}%"
    if float(said) == 0 and share > ROUNDING:
        return f"<{least}%"
    return f"{abs(share) * 100:.{decimals}f}%" if float(said) == 0 else f"{said}%"


def points_words(one: float, other: float, *, is_change: bool = False) -> str:
    """A difference of shares in percentage points without their unit: two bounds in order, one where they read alike.

    ``is_change``: with a sign however it goes. "+12.0–16.3"; "−3.1 … +0.4" where a sign would stand between.
    """
    low, high = sorted((one, other))
    plus = "+" if is_change else ""
    first, last = _signed(low, plus), _signed(high, plus)
    if first == last:
        return first
    if _MINUS in first or (plus and not first.startswith(plus)):
        return f"{first} … {last}"
    return f"{first}–{last.removeprefix(plus)}"


def _signed(value: float, plus: str) -> str:
    text = f"{abs(value) * 100:.1f}"
    if text == "0.0":
        return text
    return f"{_MINUS if value < 0 else plus}{text}"
