"""Flask-Babel's functions with the types it does not ship; the translators' tools know them by these names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import flask_babel

gettext: Final[Callable[..., str]] = flask_babel.gettext
ngettext: Final[Callable[..., str]] = flask_babel.ngettext
