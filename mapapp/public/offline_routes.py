"""What lets the pages work without a network: the service worker, the manifest and the page that says so.

``/sw.js`` is our built worker with one line before it: the release, that is everything it shall keep. The
list is derived from the asset manifest and the routes, so that nothing has to be remembered here; how a
release lives and dies on a phone is told in docs/offline.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mapapp.public.blueprint import public
from mapapp.public.browser_page import asset_url, cell_addresses, language, map_assets
from mapapp.services.compact_file import FORMAT
from mapapp.web import services
from mapapp.web.assets import built_names, built_text
from mapapp.web.bodies import body_response
from mapapp.web.language import LANGUAGE_TAGS
from mapapp.web.release import current_release

WORKER: Final = "sw.js"
THEME_COLOR: Final = "#0b5d57"
PAPER_COLOR: Final = "#f5f6f3"
_VERSION_CHARS: Final = 16
_AT_A_DESK: Final = re.compile(r"^(planner|reference|redoc|staff\w*|station_form|hours_editor|poster)\.")
"""Bundles of pages that nobody opens in the street."""
_BLANK: Final = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """A page kept on the phone, and the pages it stands in for, all by endpoint."""

    endpoint: str
    answers: tuple[str, ...]


OFFLINE_PAGES: Final = (
    OfflinePage("public.home", answers=("public.home",)),
    OfflinePage("public.station_shell", answers=("public.station", "public.scanned_station")),
    OfflinePage("public.report_shell", answers=("public.report_form", "public.suggest")),
    OfflinePage("public.web_manifest", answers=("public.web_manifest",)),
    OfflinePage("public.offline_notice", answers=()),
)


@public.get("/sw.js")
def service_worker() -> Response:
    """The worker of this release. Browsers ask for it past their caches and compare it byte by byte."""
    script = built_text(WORKER)
    if script is None:
        abort(404)
    release = json.dumps(offline_release(script), separators=(",", ":"))
    return body_response(f"self.release={release};\n{script}".encode(), "text/javascript; charset=utf-8")


@public.get("/manifest.webmanifest")
def web_manifest() -> Response:
    """What a phone shows when the page is put on its home screen, in the page's language."""
    document = json.dumps(manifest_document(), ensure_ascii=False, indent=1)
    response = body_response(document.encode(), "application/manifest+json; charset=utf-8")
    response.headers["Content-Language"] = LANGUAGE_TAGS[language()]
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@public.get("/offline/notice")
def offline_notice() -> str:
    """What stands in for a page that needs the network."""
    return render_template("public/offline_notice.html")


def offline_release(script: str) -> dict[str, Any]:
    """Everything the worker keeps, under a version that changes with any of it."""
    release: dict[str, Any] = {
        "program": current_release(),
        "languages": LANGUAGE_TAGS,
        "pages": offline_pages(),
        "notice": url_for("public.offline_notice"),
        "home": url_for("public.home"),
        "data": {"url": url_for("public.compact_stations"), "format": FORMAT},
        "cells": _offline_cells(),
        "files": offline_files(),
    }
    parts = services()
    # What the kept pages say beside the program's own words: whose stations, and whether they are real.
    said = [parts.place.name("zh"), parts.place.name("en"), parts.snapshot.is_sample]
    told_apart_by = json.dumps([release, script, said])
    return {"version": hashlib.sha256(told_apart_by.encode()).hexdigest()[:_VERSION_CHARS]} | release


def offline_pages() -> list[dict[str, Any]]:
    """The kept pages, each with patterns of the paths it answers."""
    return [
        {"url": url_for(page.endpoint), "answers": [_path_pattern(endpoint) for endpoint in page.answers]}
        for page in OFFLINE_PAGES
    ]


def offline_files() -> list[str]:
    """The built files of all pages for the street, and the map in every language. Each is named by its content."""
    built = (name for name in built_names() if not _AT_A_DESK.match(name) and name != WORKER)
    ours = [asset_url(name) for name in built if name.endswith((".js", ".css")) or name.startswith("img/")]
    maps = [map_assets(each) for each in LANGUAGE_TAGS]
    of_maps = [url for each in maps for url in (*each["styles"], *each["scripts"], each["code"], each["fragment"])]
    return sorted({*ours, *of_maps})


def _offline_cells() -> dict[str, str] | None:
    """The list of cells and what a cell's path looks like; None where all stations come in one file."""
    addresses = cell_addresses()
    return addresses and {"index": addresses["index"], "pattern": _path_pattern("public.cell_stations")}


def manifest_document() -> dict[str, Any]:
    """The web app manifest in the page's language."""
    home = url_for("public.home")
    return {
        "id": home,
        "name": str(gettext("%(city)s workers' stations", city=services().place.name(language()))),
        "short_name": str(gettext("Workers' stations")),
        "description": str(gettext("Which station near you will be open when you get there?")),
        "lang": LANGUAGE_TAGS[language()],
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": PAPER_COLOR,
        "theme_color": THEME_COLOR,
        "icons": [
            {"src": asset_url("img/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *(
                {
                    "src": asset_url(f"img/icon{suffix}-{side}.png"),
                    "sizes": f"{side}x{side}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for suffix, purpose in (("", "any"), ("-maskable", "maskable"))
                for side in (192, 512)
            ),
        ],
    }


def _path_pattern(endpoint: str) -> str:
    """A regular expression for the paths of an endpoint, as JavaScript reads it."""
    (rule,) = current_app.url_map.iter_rules(endpoint)
    literal_parts = (re.escape(part) for part in _BLANK.split(rule.rule.rstrip("/")))
    return "^" + re.escape(request.script_root) + "[^/]+".join(literal_parts) + "/?$"
