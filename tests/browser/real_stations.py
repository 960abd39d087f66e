"""A database of real stations: the sample's, unmarked, and one with everything a station can have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from geodata.places import Place
from geodata.sample import SAMPLE_SEED, sample_stations
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    EntryMethod,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.holidays import seed_holidays
from mapapp.services.photos import keep_photo
from mapapp.settings import Settings
from mapapp.store import Store

FULL_CODE: Final = "YC-T0001"
NEIGHBOURS_COUNT: Final = 120


def full_station(photo: str) -> Station:
    """A placed station about which everything is known."""
    return Station(
        code=FULL_CODE,
        kind=StationKind.REST_STATION,
        name="测试(一)号驿站",
        name_en="Test station no. 1",
        other_names=("测试驿站",),
        address="测试区测试路 1 号，一层：东侧",
        district_code="640104",
        town="测试街道",
        position=Position.wgs84(106.231357, 38.487246, PositionAccuracy.APPROXIMATE),
        entry_methods=(EntryMethod.QR, EntryMethod.ATTENDED),
        entry_note="进大厅左转",
        services=(
            ServiceOffer(service=Service.WATER),
            ServiceOffer(service=Service.HEAT_MEAL, state=ServiceState.BROKEN, note="等配件"),
            ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(11, 3)),
            ServiceOffer(service=Service.READ, state=ServiceState.SEASONAL, note="入冬后"),
            ServiceOffer(service=Service.WIFI, state=ServiceState.UNKNOWN),
            ServiceOffer(service=Service.SHOWER, fee="5 元/次", confirmed_on=date(2026, 11, 1)),
        ),
        hours=OpeningHours.from_rule("Mo-Fr 08:30-12:00,14:30-18:00; Sa 20:00-02:00; PH off", "工作日白天，周六夜里"),
        public_phone="0951-1234567",
        alert=Alert("今天停水", datetime(2100, 1, 1, tzinfo=UTC)),
        last_verified=Verification(date(2026, 10, 2), VerifiedHow.ON_SITE),
        photo=photo,
    )


def load_real_stations(database_file: Path, data_dir: Path, place: Place) -> tuple[Station, ...]:
    """Fill a new database; the stations in it."""
    settings = Settings(database_url=f"sqlite:///{database_file}", data_dir=str(data_dir))
    picture = BytesIO()
    Image.new("RGB", (640, 480), "slateblue").save(picture, "JPEG")
    neighbours = [replace(each, is_sample=False) for each in sample_stations(place, SAMPLE_SEED)[:NEIGHBOURS_COUNT]]
    stations = (full_station(keep_photo(settings, picture.getvalue())), *neighbours)
    store = Store(settings.database_url)
    store.migrate()
    seed_holidays(store, actor="test")
    with store.writing("form") as writer:
        for station in stations:
            writer.add_station(station, actor="test", reason="test")
    store.close()
    return stations
