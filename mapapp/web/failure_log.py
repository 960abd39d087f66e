"""Where log lines go, and what of an unexpected failure is written down.

A traceback helps; a visitor's position in an exception's message does not. So the message and the
traceback are written with every number that could be a coordinate struck out, and the path without
its query string.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Final

from flask import Flask, request

from mapapp.services.observing.log_lines import log_handler, without_coordinates
from mapapp.web.access_log import printable_path

_ROOT_LOGGER: Final = "mapapp"


class DiscreetFlask(Flask):
    """Flask, except that it writes failures down our way: its own way repeats the exception's message."""

    def log_exception(self, exc_info: object) -> None:
        """Write the failure that is being handled."""
        error = sys.exception()
        if error is not None:
            log_failure(error)


def install_logging(app: Flask, level: str, log_format: str = "text") -> None:
    """Set the level; write to standard error unless the embedding program already collects logs."""
    logger = logging.getLogger(_ROOT_LOGGER)
    logger.setLevel(level)
    if not logger.hasHandlers():
        logger.addHandler(log_handler(log_format))
    app.logger = logger


def log_failure(error: BaseException) -> None:
    """Write an unexpected failure of the current request."""
    trace = "".join(traceback.format_exception(error))
    logging.getLogger(_ROOT_LOGGER + ".failure").error(
        "%s %s failed\n%s", request.method, printable_path(request.path), without_coordinates(trace)
    )
