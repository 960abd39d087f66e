"""Built front-end files: from the name a template knows to the hashed file, served for ever.

``scripts/build_assets.mjs`` writes ``static/built/manifest.json``. Its files carry their hash in
their names, so browsers may keep them for good; everything else is asked for again.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from flask import Flask, current_app, url_for
from whitenoise import WhiteNoise
from whitenoise.string_utils import decode_path_info

from mapapp.web.headers import add_static_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STATIC_DIR: Final = Path(__file__).resolve().parent.parent / "static"
BUILT: Final = "built"
_EXTENSION_KEY: Final = "stationmap.assets"
_FOLDER_KEY: Final = "stationmap.built_folder"
_MAX_AGE_S: Final = 300
_NAMED_BY_CONTENT: Final = re.compile(rf"^/static/{BUILT}/.+\.[0-9a-f]{{8,}}\.\w+$")
_logger: Final = logging.getLogger("mapapp.assets")


def install_assets(app: Flask, static_dir: Path = STATIC_DIR) -> None:
    """Serve the static files ahead of Flask and give templates ``asset_url``."""
    manifest = read_manifest(static_dir / BUILT / "manifest.json")
    app.extensions[_EXTENSION_KEY] = manifest
    app.extensions[_FOLDER_KEY] = static_dir / BUILT
    app.template_global("asset_url")(asset_url)
    if static_dir.is_dir():
        app.wsgi_app = ListedFiles(  # type: ignore[method-assign]  # Flask's documented way to wrap
            app.wsgi_app,
            root=static_dir,
            prefix="static/",
            max_age=_MAX_AGE_S,
            allow_all_origins=False,
            immutable_file_test=lambda _path, url: _NAMED_BY_CONTENT.match(url) is not None,
            add_headers_function=add_static_headers,
        )


class ListedFiles(WhiteNoise):  # type: ignore[misc]  # it ships no types
    """WhiteNoise lists the files once; one that a later build has taken away since is not found, not a failure."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a file that is there, and leave everything else to the application."""
        listed = self.files.get(decode_path_info(environ.get("PATH_INFO", "")))
        if listed is not None:
            with suppress(FileNotFoundError):
                return cast("Iterable[bytes]", self.serve(listed, environ, start_response))
        return cast("Iterable[bytes]", self.application(environ, start_response))


def asset_url(name: str) -> str:
    """The address of a built file by its plain name; of any other file below ``static/`` as it lies there."""
    manifest: Mapping[str, str] = current_app.extensions[_EXTENSION_KEY]
    return url_for("static", filename=f"{BUILT}/{manifest[name]}" if name in manifest else name)


def built_names() -> Iterable[str]:
    """The plain names of all built files."""
    manifest: Mapping[str, str] = current_app.extensions[_EXTENSION_KEY]
    return manifest.keys()


def built_text(name: str) -> str | None:
    """The text of a built file by its plain name; None if it is not built."""
    manifest: Mapping[str, str] = current_app.extensions[_EXTENSION_KEY]
    folder: Path = current_app.extensions[_FOLDER_KEY]
    try:
        return (folder / manifest[name]).read_text(encoding="utf-8")
    except (KeyError, FileNotFoundError):
        return None


def read_manifest(path: Path) -> Mapping[str, str]:
    """The hashed name of each built file; empty, with a warning, before the first build."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        _logger.warning("The front-end files are not built: run scripts/serve.py, or npm ci && npm run build.")
        return {}
    manifest: dict[str, str] = json.loads(text)
    return manifest
