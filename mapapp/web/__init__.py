"""The shell around every answer: headers, languages, errors, logs, limits, compression, assets.

``services()`` is the one way from a blueprint to the application's parts.
"""

from __future__ import annotations

from typing import Final, cast

from flask import current_app

from mapapp.services.container import Services

EXTENSION_KEY: Final = "stationmap"


def services() -> Services:
    """The parts of the application that answers the current request."""
    return cast("Services", current_app.extensions[EXTENSION_KEY])
