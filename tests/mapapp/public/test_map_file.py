"""The map as files of its own: the first page names them, browsers keep them for good."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.web.assets import STATIC_DIR
from tests.mapapp.public.conftest import TEN

LANGUAGES = {"zh": "zh-CN", "en": "en"}


def page_of(visitor: FlaskClient, language: str = "zh") -> str:
    return visitor.get("/", headers={"Accept-Language": LANGUAGES[language]}).get_data(as_text=True)


def assets_of(visitor: FlaskClient, language: str = "zh") -> dict[str, Any]:
    """What the page tells its script to fetch for the map."""
    written = re.search(r'id="page-data"[^>]*>(.*?)</script>', page_of(visitor, language), re.DOTALL)
    assert written is not None
    assets: dict[str, Any] = json.loads(written[1])["urls"]["mapAssets"]
    return assets


def test_the_first_page_holds_no_part_of_the_map(visitor: FlaskClient) -> None:
    page = page_of(visitor)

    assert not re.search(r"<(?:script|link)[^>]+(?:leaflet|markercluster|map\.)", page)
    assert "L.map(" not in page
    assert "MultiPolygon" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fragment_is_kept_for_good_under_a_strong_etag(visitor: FlaskClient, language: str) -> None:
    url = assets_of(visitor, language)["fragment"]

    first = visitor.get(url, headers={"Accept-Encoding": "br"})
    again = visitor.get(url, headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})

    assert re.fullmatch(rf"/map/{language}\.[0-9a-f]{{10}}\.js", url)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert first.headers["Content-Encoding"] == "br"
    assert first.mimetype == "text/javascript"
    assert not first.headers["ETag"].startswith("W/")
    assert again.status_code == 304


def test_each_language_has_a_map_of_its_own(visitor: FlaskClient) -> None:
    chinese, english = (visitor.get(assets_of(visitor, language)["fragment"]).data for language in LANGUAGES)

    assert "兴庆区".encode("unicode-escape") in chinese
    assert b"Xingqing" in english
    assert chinese != english


def test_the_map_follows_its_address_not_the_readers_language(visitor: FlaskClient) -> None:
    url = assets_of(visitor, "zh")["fragment"]

    assert visitor.get(url, headers={"Accept-Language": "en"}).data == visitor.get(url).data


@pytest.mark.parametrize("path", ["/map/zh.0000000000.js", "/map/zh.js", "/map/fr.0000000000.js", "/map/zh..js"])
def test_any_other_hash_is_not_found(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_every_part_of_the_map_is_a_file_we_serve(visitor: FlaskClient, pages_app: Flask) -> None:
    assets = assets_of(visitor)

    assert [len(assets[part]) for part in ("styles", "scripts")] == [2, 2]
    assert assets["code"].startswith("/static/")
    built = [url for url in (*assets["styles"], *assets["scripts"], assets["code"]) if "/built/" in url]
    assert all((STATIC_DIR / url.removeprefix("/static/")).is_file() for url in built)


@pytest.mark.parametrize(("basemap", "provider"), [("none", ""), ("osm", "OpenStreetMap"), ("gaode", "高德")])
def test_a_page_that_opens_a_map_with_tiles_names_whom_it_asks(
    settings: Settings, store: Store, basemap: str, provider: str
) -> None:
    app = create_app(replace(settings, basemap=basemap), clock=lambda: TEN, start_refresher=False)

    page = page_of(app.test_client())

    app.extensions["stationmap"].store.close()
    note = re.search(r'id="tile-note".*?<p>(.*?)</p>', page, re.DOTALL)
    assert (note is not None) is bool(provider)
    assert note is None or provider in note[1]
