"""The pages as a browser receives them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

PAGES = ("/", "/stations", "/stations/YC-S0001", "/about", "/stations/NOBODY")
MAX_PAGE_BYTES = 20_000


def text_of(visitor: FlaskClient, path: str, language: str = "zh-CN") -> str:
    return visitor.get(path, headers={"Accept-Language": language}).get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_the_data_are_a_sample(visitor: FlaskClient, path: str) -> None:
    assert "示例数据" in text_of(visitor, path)
    assert "Sample data" in text_of(visitor, path, "en")


@pytest.mark.parametrize("path", PAGES)
def test_every_script_carries_the_answers_nonce(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)

    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    scripts = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_another_host(visitor: FlaskClient, path: str) -> None:
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', text_of(visitor, path))

    assert all(url.startswith("/") for url in loaded)


def test_the_map_page_is_light(visitor: FlaskClient) -> None:
    answer = visitor.get("/", headers={"Accept-Encoding": "gzip"})

    assert len(answer.data) < MAX_PAGE_BYTES


def test_the_map_page_is_the_same_for_everybody_but_for_the_nonce(visitor: FlaskClient) -> None:
    first, second = (re.sub(r'nonce="[^"]+"', "", text_of(visitor, "/")) for _ in range(2))

    assert first == second


def test_an_unknown_station_is_a_page_that_helps(visitor: FlaskClient) -> None:
    answer = visitor.get("/stations/NOBODY")

    assert answer.status_code == 404
    assert "回到地图和列表" in answer.get_data(as_text=True)


def test_a_sample_station_has_no_navigation_links_and_says_why(visitor: FlaskClient) -> None:
    page = text_of(visitor, "/stations/YC-S0001")

    assert "没有导航链接" in page
    assert not re.search(r"amap\.com|map\.baidu|map\.qq|maps\.apple|geo:", page)


def test_all_stations_are_listed_by_district(visitor: FlaskClient) -> None:
    page = text_of(visitor, "/stations")

    listed = re.findall(r'href="/stations/(YC-S\d+)"', page)
    assert len(listed) == len(set(listed)) > 400
    assert page.index('id="district-640104"') < page.index('id="district-640181"')


def test_the_compact_file_is_answered_with_a_strong_etag_and_304(visitor: FlaskClient) -> None:
    first = visitor.get("/data/stations.json", headers={"Accept-Encoding": "gzip"})
    second = visitor.get(
        "/data/stations.json", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )

    assert first.status_code == 200
    assert first.headers["Content-Encoding"] == "gzip"
    assert not first.headers["ETag"].startswith("W/")
    assert second.status_code == 304


def test_about_says_whose_outlines_these_are_and_that_nobody_else_is_asked(visitor: FlaskClient) -> None:
    page = text_of(visitor, "/about")

    assert "天地图" in page
    assert "不向其他任何服务器请求内容" in page


def test_changing_the_language_keeps_the_page_and_its_filters(visitor: FlaskClient) -> None:
    assert 'href="/?kind=driver_home&amp;lang=en"' in text_of(visitor, "/?kind=driver_home")
