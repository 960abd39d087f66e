"""Built front-end files: from the name a template knows to the hashed file, served for ever.

``scripts/build_assets.mjs`` writes ``static/built/manifest.json``. Its files carry their hash in
their names, so browsers may keep them for good; everything else is asked for again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flask import Flask, current_app, url_for
from whitenoise import WhiteNoise

from mapapp.web.headers import add_static_headers

STATIC_DIR: Final = Path(__file__).resolve().parent.parent / "static"
BUILT: Final = "built"
_EXTENSION_KEY: Final = "stationmap.assets"
_MAX_AGE_S: Final = 300
_logger: Final = logging.getLogger("mapapp.assets")


def install_assets(app: Flask, static_dir: Path = STATIC_DIR) -> None:
    """Serve the static files ahead of Flask and give templates ``asset_url``."""
    manifest = read_manifest(static_dir / BUILT / "manifest.json")
    app.extensions[_EXTENSION_KEY] = manifest
    app.template_global("asset_url")(asset_url)
    if static_dir.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's documented way to wrap
            app.wsgi_app,
            root=static_dir,
            prefix="static/",
            max_age=_MAX_AGE_S,
            allow_all_origins=False,
            immutable_file_test=_is_hashed(manifest),
            add_headers_function=add_static_headers,
        )


def asset_url(name: str) -> str:
    """The address of a built file by its plain name; of any other file below ``static/`` as it lies there."""
    manifest: Mapping[str, str] = current_app.extensions[_EXTENSION_KEY]
    return url_for("static", filename=f"{BUILT}/{manifest[name]}" if name in manifest else name)


def read_manifest(path: Path) -> Mapping[str, str]:
    """The hashed name of each built file; empty, with a warning, before the first build."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        _logger.warning("The front-end files are not built: run scripts/serve.py, or npm ci && npm run build.")
        return {}
    manifest: dict[str, str] = json.loads(text)
    return manifest


def _is_hashed(manifest: Mapping[str, str]) -> object:
    hashed = {f"/static/{BUILT}/{name}" for name in manifest.values()}

    def test(_path: str, url: str) -> bool:
        return url in hashed

    return test
