"""What the scripts of a page are given: words, labels, addresses. One JSON element, no facts of stations."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import current_app, url_for
from flask_babel import get_locale

from geodata.stations.vocabulary import Service, StationKind
from mapapp.maps import AssetUrl, MapFragment, city_map
from mapapp.public.choices import browser_labels
from mapapp.public.phrases import browser_phrases
from mapapp.web import services

_CITY_MAPS: Final = "stationmap.city_maps"


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
        "messages": browser_phrases(*subjects),
        "labels": browser_labels(language()),
        "codes": {"kinds": list(StationKind), "services": list(Service)},
        "bounds": {"west": box.west, "south": box.south, "east": box.east, "north": box.north},
        "urls": {"data": url_for("public.compact_stations"), "station": url_for("public.station", code="CODE")},
    }


def city_map_of_page() -> MapFragment:
    """The city's map in the page's language, made once a process: it holds no station."""
    kept: dict[tuple[str, str], MapFragment] = current_app.extensions.setdefault(_CITY_MAPS, {})
    data_url = url_for("public.compact_stations")
    key = (language(), data_url)
    if key not in kept:
        parts = services()
        kept[key] = city_map(parts.place, parts.settings, language(), data_url, asset_url)
    return kept[key]
