"""Which build of the program speaks: one short word, the same in every process of a release.

Pages, the data file and the service worker carry it. It is how a phone tells our answers from those of
a hotel's log-in page, and how it keeps pages of two releases apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from mapapp.web import services
from mapapp.web.assets import BUILT, STATIC_DIR
from mapapp.web.audience import is_for_machines

RELEASE_HEADER: Final = "X-Stationmap-Release"
TIME_HEADER: Final = "X-Server-Time"
"""Seconds since 1970: a page compares its clock with it, for a phone whose clock is wrong knows nothing of hours."""
_EXTENSION_KEY: Final = "stationmap.release"
_PROJECT_DIR: Final = STATIC_DIR.parent.parent
_CHARS: Final = 16
_WHAT_PAGES_ARE_MADE_OF: Final = (
    ("mapapp", "**/*.py"),
    ("mapapp/translations", "**/*.mo"),
    ("geodata", "**/*.py"),
    ("templates", "**/*.html"),
)


def install_release(app: Flask) -> None:
    """Read the program once, and sign every answer to people with what was found, and with our time."""
    app.extensions[_EXTENSION_KEY] = release_of(_PROJECT_DIR, STATIC_DIR / BUILT / "manifest.json")

    @app.after_request
    def sign(response: Response) -> Response:
        if not is_for_machines(request.path):
            response.headers.setdefault(RELEASE_HEADER, current_release())
            response.headers.setdefault(TIME_HEADER, str(int(services().now().timestamp())))
        return response


def current_release() -> str:
    """The word of the application that answers the current request."""
    return str(current_app.extensions[_EXTENSION_KEY])


def release_of(project_dir: Path, asset_manifest: Path) -> str:
    """The word for the files pages are made of; equal files give equal words, on every machine."""
    digest = hashlib.sha256()
    for path in _sources(project_dir, asset_manifest):
        digest.update(path.relative_to(project_dir).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_CHARS]


def _sources(project_dir: Path, asset_manifest: Path) -> Iterable[Path]:
    for folder, pattern in _WHAT_PAGES_ARE_MADE_OF:
        yield from sorted((project_dir / folder).glob(pattern))
    if asset_manifest.is_file():
        yield asset_manifest
