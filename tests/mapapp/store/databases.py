"""Which of the two databases a test is about, where it is not about both."""

from __future__ import annotations

from typing import Final

import pytest

KINDS: Final = ("sqlite", "postgresql")

on_sqlite: Final = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
on_postgresql: Final = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
