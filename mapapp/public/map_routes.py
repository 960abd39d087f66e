"""The map as files of its own, fetched when a visitor first opens it."""

from __future__ import annotations
