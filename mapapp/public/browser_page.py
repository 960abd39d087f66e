"""What the scripts of a page are given: words, labels, addresses. One JSON element, no facts of stations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from flask import current_app, url_for
from flask_babel import get_locale

from geodata.stations.vocabulary import Service, StationKind
from mapapp.maps import AssetUrl, MapFragment, city_map
from mapapp.public.choices import browser_labels
from mapapp.public.phrases import browser_phrases
from mapapp.services.payload import Payload
from mapapp.web import services

_MAP_FILES: Final = "stationmap.map_files"
_WORDS: Final = "stationmap.words"
_DIGEST_CHARS: Final = 10
_ZOOM, _COLUMN, _ROW = 1001, 1002, 1003
"""Stand for what the browser fills into an address that takes numbers."""
_SCRIPT: Final = "text/javascript; charset=utf-8"


@dataclass(frozen=True, slots=True)
class MapFile:
    """The city's map in one language: the parts of the page, and its script as a file by its hash."""

    fragment: MapFragment
    payload: Payload
    digest: str


def language() -> str:
    """``zh`` or ``en``: the language of the current page."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def asset_url(name: str) -> str:
    """The URL of a built file."""
    return cast("AssetUrl", current_app.jinja_env.globals["asset_url"])(name)


def page_data(*subjects: str) -> dict[str, Any]:
    """The page's JSON for the browser, with the phrases of these subjects."""
    box = services().place.bbox
    return {
        "language": language(),
        **_words(language(), subjects),
        "codes": {"kinds": list(StationKind), "services": list(Service)},
        "bounds": {"west": box.west, "south": box.south, "east": box.east, "north": box.north},
        "urls": {
            "home": url_for("public.home"),
            "data": url_for("public.compact_stations"),
            "cells": cell_addresses(),
            "station": url_for("public.station", code="CODE"),
            "suggest": url_for("public.suggest"),
            "mapAssets": map_assets(language()),
        },
    }


def cell_addresses() -> dict[str, str] | None:
    """Where a page of a large register asks for its parts; None where it fetches the whole of it."""
    parts = services()
    if not parts.nation.serves(parts.snapshot):
        return None
    tile = url_for("public.map_clusters", zoom=_ZOOM, x=_COLUMN, y=_ROW)
    return {
        "index": url_for("public.cell_index"),
        "cell": url_for("public.cell_stations", cell="CELL"),
        "tile": tile.replace(f"/{_ZOOM}/{_COLUMN}/{_ROW}.json", "/ZOOM/COLUMN/ROW.json"),
        "all": url_for("public.all_stations"),
    }


def _words(language: str, subjects: tuple[str, ...]) -> dict[str, Any]:
    """Phrases and labels, put together once a process: translating them anew was a fifth of a page's time."""
    kept: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = current_app.extensions.setdefault(_WORDS, {})
    key = (language, subjects)
    if key not in kept:
        kept[key] = {"messages": browser_phrases(*subjects), "labels": browser_labels(language)}
    return kept[key]


def map_assets(language: str) -> dict[str, Any]:
    """What a browser fetches when the map is first opened, in the order it needs them; all may be kept for good."""
    file = map_file(language)
    return {
        "styles": list(file.fragment.stylesheets),
        "scripts": list(file.fragment.scripts),
        "code": asset_url("map.js"),
        "fragment": url_for("public.map_fragment", language=language, digest=file.digest),
    }


def map_file(language: str) -> MapFile:
    """The city's map in a language, made once a process: it holds no station."""
    kept: dict[tuple[str, str], MapFile] = current_app.extensions.setdefault(_MAP_FILES, {})
    data_url = url_for("public.compact_stations")
    key = (language, data_url)
    if key not in kept:
        parts = services()
        fragment = city_map(parts.place, parts.settings, language, data_url, asset_url)
        payload = Payload.of(_SCRIPT, str(fragment.script).encode())
        kept[key] = MapFile(fragment, payload, payload.etag.strip('"')[:_DIGEST_CHARS])
    return kept[key]
