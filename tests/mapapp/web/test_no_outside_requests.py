"""No address that somebody sends is ever asked: a listening canary, named in everything one can send, hears nothing."""

from __future__ import annotations

import ast
import contextlib
import json
import socket
import sqlite3
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import geopandas
import openpyxl
import pytest
from flask.testing import FlaskClient
from shapely.geometry import Point

from geodata.demand.sheet import DemandReading, read_demand_sheet
from geodata.errors import GeodataError
from tests.architecture.sources import name_of, python_files, tree_of
from tests.geodata.files.sheets import read
from tests.mapapp.public.report_sending import send

CLIENTS: Final = {"http", "urllib3", "requests", "httpx", "aiohttp", "smtplib", "ftplib", "telnetlib", "websockets"}
"""Modules that can ask another host. ``urllib.request`` and ``socket`` are looked for by themselves."""
MAY_ASK: Final = {
    "mapapp/services/geocoding/asking.py": "the geocoder's address comes from settings alone",
}


class Canary:
    """A server that should never be asked."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/canary"

    def was_asked(self) -> bool:
        """Whether anybody has connected so far; the system answers a connection before we accept it."""
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


def test_only_the_geocoder_can_ask_anybody() -> None:
    asking = {
        name_of(path)
        for path in python_files("geodata", "mapapp")
        for node in ast.walk(tree_of(path))
        for module in imported(node)
        if module.partition(".")[0] in CLIENTS - {"http"} or module in {"http.client", "urllib.request"}
    }

    assert asking == set(MAY_ASK)


def imported(node: ast.AST) -> list[str]:
    """The modules a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_the_canary_sings_when_it_is_asked(canary: Canary) -> None:
    host, port = canary.url.removeprefix("http://").removesuffix("/canary").split(":")
    socket.create_connection((host, int(port))).close()

    assert canary.was_asked()


def test_no_address_in_a_request_is_asked(client: FlaskClient, canary: Canary) -> None:
    send(client, text=canary.url, contact=canary.url)
    names = ("q", "url", "next", "bbox", "lon", "lat", "callback", "image", "lang")
    for path in ("/about", "/stations", "/api/v1/stations", "/api/v1/stations/nearest", "/staff/sign-in"):
        query = dict.fromkeys(names, canary.url)
        client.get(path, query_string=query, headers={"Referer": canary.url, "Origin": canary.url})
    client.post("/nearest", data={"lon": canary.url, "lat": canary.url, "place": canary.url})
    forwarded = {"X-Forwarded-Host": canary.url, "X-Original-URL": canary.url, "Forwarded": f"host={canary.url}"}
    client.get("/about", headers=forwarded)

    assert not canary.was_asked()


def test_no_address_in_a_file_is_asked(tmp_path: Path, canary: Canary) -> None:
    for file in files_naming(canary.url, tmp_path):
        with contextlib.suppress(GeodataError):
            read(file)
        with contextlib.suppress(GeodataError):
            read_demand_sheet(file, DemandReading())

    assert not canary.was_asked()


def files_naming(url: str, folder: Path) -> list[Path]:
    """Files that name the address wherever their formats let them."""
    crs = {"type": "link", "properties": {"href": url, "type": "proj4"}}
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [106.2, 38.4]},
        "properties": {"名称": url},
    }
    document = {
        "type": "FeatureCollection",
        "crs": crs,
        "$schema": url,
        "links": [{"href": url}],
        "features": [feature],
    }
    (folder / "a.geojson").write_text(json.dumps(document), encoding="utf-8")
    (folder / "b.csv").write_text(f'名称,地址\n"=WEBSERVICE(""{url}"")",/vsicurl/{url}\n', encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.create_sheet("名单", 0)
    sheet.append(["名称", "地址"])
    sheet.append([f'=WEBSERVICE("{url}")', url])
    sheet["A2"].hyperlink = url
    content = BytesIO()
    book.save(content)
    (folder / "c.xlsx").write_bytes(content.getvalue())
    geopandas.GeoDataFrame({"名称": [url]}, geometry=[Point(106.2, 38.4)], crs=4326).to_file(folder / "d.gpkg")
    with contextlib.closing(sqlite3.connect(folder / "d.gpkg")) as database:
        database.execute("UPDATE gpkg_spatial_ref_sys SET definition = ?", (url,))
        database.commit()
    virtual = f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{url}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    for name in ("e.gpkg", "e.geojson", "e.csv", "e.xlsx"):
        (folder / name).write_text(virtual, encoding="utf-8")
    entity = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{url}">]><a>&x;</a>'
    (folder / "f.xlsx").write_text(entity, encoding="utf-8")
    return sorted(folder.iterdir())
