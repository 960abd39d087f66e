"""A small city in which every text that somebody can leave behind is hostile."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, replace
from typing import Final

from flask import Flask

from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import ServiceOffer, Station
from geodata.stations.vocabulary import Service
from mapapp.services.accounts.desk import AccountDraft
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Scope
from tests.hostile.words import ATTRIBUTE, BIDI, FORMULA, HTML, KEPT, MARK
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION, StaffClient, StaffDatabase

FILE_NAME: Final = f'<x-{MARK} {MARK}=1>"\u202e=1+1.csv'
_NUMBER: Final = re.compile(r"/(\d+)(?:$|[?#])")


@dataclass(frozen=True, slots=True)
class Planted:
    """What was left behind: addresses of pages that show it, and how many stations are hostile."""

    pages: tuple[str, ...]
    station_codes: tuple[str, ...]


@dataclass(slots=True)
class Planter:
    """Leaves hostile text wherever the service keeps any."""

    app: Flask
    settings: Settings
    place: Place
    database: StaffDatabase

    def plant(self) -> Planted:
        """Through the same doors as everybody, where they let it pass."""
        codes = self._stations()
        pages = [
            *self._reports(codes[0]),
            *self._import(),
            *self._demand(),
            *self._premises(),
            *self._plans(),
        ]
        self._people()
        self.app.extensions["stationmap"].keeper.refresh()
        return Planted(tuple(dict.fromkeys(pages)), codes)

    def _client(self, name: str) -> StaffClient:
        return StaffClient(self.app, self.database.sessions.get(name))

    def _work(self) -> None:
        store = Store(self.settings.database_url)
        worker = Worker(Workshop(store, self.place, self.settings, self.app.extensions["stationmap"].now), KINDS)
        while worker.run_one():
            pass
        store.close()

    def _stations(self) -> tuple[str, ...]:
        store: Store = self.app.extensions["stationmap"].store
        with store.reading() as reader:
            first = next(station for station in reader.stations() if station.code == OWN_STATION)
        assert first.position is not None
        codes = [OWN_STATION]
        with store.writing("form") as writer:
            writer.update_station(_hostile(first, HTML), expected_version=None, actor=HTML[:40], reason=HTML[:100])
            for number, word in enumerate(KEPT[1:]):
                code = f"YC-9{number:03d}"
                writer.add_station(
                    _hostile(replace(first, code=code, version=1), word), actor="test", reason=word[:100]
                )
                codes.append(code)
        self.app.extensions["stationmap"].keeper.refresh()
        return tuple(codes)

    def _reports(self, code: str) -> list[str]:
        pages = []
        for number, word in enumerate(KEPT):
            fields = {"kind": "other", "station": code, "text": word[:400], "contact": word[:60]}
            if number % 3 == 0:
                fields = {"kind": "suggest_site", "text": word[:400], "lon": "106.23", "lat": "38.47", "crs": "wgs84"}
            answer = self._client("nobody").browser.post(
                "/reports",
                data=fields,
                headers={"Sec-Fetch-Site": "same-origin", "User-Agent": word.encode("ascii", "ignore").decode()[:90]},
            )
            if answer.status_code == 303:
                tracking = answer.headers["Location"].rpartition("/")[2].partition("?")[0]
                pages += [f"/reports/{tracking}", f"/staff/reports/{tracking}"]
        assert pages, "no report was taken"
        return pages

    def _import(self) -> list[str]:
        client = self._client("admin")
        rows = [
            f"{_cell(word[:60])},{_cell(word[:80])},106.2{number},38.4,{_cell(word)}"
            for number, word in enumerate(KEPT)
        ]
        content = "\n".join([f"站点名称,地址,经度,纬度,{_cell(HTML)}", *rows]).encode()
        sent = client.post_form("/staff/imports", {"file": (io.BytesIO(content), FILE_NAME)})
        assert sent.status_code == 303, sent.text
        asked = client.post_form(sent.location, {"crs": "wgs84", "step": "plan"})
        assert asked.status_code == 303, asked.text
        self._work()
        return [sent.location, asked.location, "/staff/imports"]

    def _demand(self) -> list[str]:
        client = self._client("planner")
        features = [
            {
                "type": "Feature",
                "properties": {"riders": 5 if number % 2 else word[:50], HTML[:60]: word[:50]},
                "geometry": {"type": "Point", "coordinates": [106.23, 38.47]},
            }
            for number, word in enumerate(KEPT)
        ]
        content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        sent = client.post_form("/planner/demand/files", {"file": (io.BytesIO(content), FILE_NAME)})
        assert sent.status_code == 303, sent.text
        asked = client.post_form(sent.location, {"crs": "wgs84", "step": "check", "column-0": "riders"})
        assert asked.status_code == 303, asked.text
        self._work()
        saved = client.post_form(
            f"{asked.location}/save", {"title": HTML[:60], "source": HTML[:80], "source_date": "", "groups": "riders"}
        )
        self._work()
        return [
            sent.location,
            asked.location,
            "/planner/demand",
            *([saved.location] if saved.status_code == 303 else []),
        ]

    def _premises(self) -> list[str]:
        rows = [f"{_cell(word[:50])},106.2{number},38.47" for number, word in enumerate(KEPT)]
        content = "\n".join(["name,lon,lat", *rows]).encode()
        sent = self._client("planner").post_form(
            "/planner/sites/premises", {"file": (io.BytesIO(content), FILE_NAME), "plan": "1"}
        )
        assert sent.status_code == 303, sent.text
        return [sent.location.partition("#")[0]]

    def _plans(self) -> list[str]:
        client = self._client("planner")
        pages = []
        for word in (HTML, ATTRIBUTE, FORMULA):
            kept = client.post_form("/planner/runs", {"when": "hour", "day": "2", "clock": "9", "title": word[:60]})
            assert kept.status_code == 303, kept.text
            pages.append(kept.location)
        self._work()
        fields = {"when": "night", "do": "open_site", "places": "cells", "count": "2", "seconds": "5"}
        search = client.post_form("/planner/sites/search", fields)
        assert search.status_code == 303, search.text
        self._work()
        number = _NUMBER.search(search.location)
        assert number is not None
        for word in (HTML, FORMULA):
            kept = client.post_form("/planner/scenarios", {"job": number[1], "name": word[:60], "note": word[:300]})
            assert kept.status_code == 303, kept.text
            pages.append(kept.location)
        return [*pages, search.location, "/planner/runs", "/planner/scenarios"]

    def _people(self) -> None:
        desk = self.app.extensions["stationmap"].accounts
        now = self.app.extensions["stationmap"].now()
        for number, word in enumerate((HTML, BIDI, FORMULA)):
            name = word[:40].strip()
            desk.invite(
                COMMAND_LINE,
                AccountDraft(name=f"hostile{number}", display_name=name, stations=frozenset({OWN_STATION})),
                now,
            )
            desk.create_token(COMMAND_LINE, name, (Scope.STATIONS_READ,), (), 30, now)


def _hostile(station: Station, word: str) -> Station:
    """Every text of a station, as long as it may be."""
    text = word.replace("\t", " ")
    return replace(
        station,
        name=text[:60].strip() or "x",
        name_en=text[:100],
        other_names=(text[:60],),
        address=text[:150],
        town=text[:40],
        entry_note=text[:100],
        public_phone=text[:40],
        internal_contact=text[:60],
        source=text[:100],
        hours=OpeningHours.unknown(text[:100]),
        district_code=OWN_DISTRICT,
        services=(ServiceOffer(service=Service.WATER, note=text[:60]),),
    )


def _cell(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
