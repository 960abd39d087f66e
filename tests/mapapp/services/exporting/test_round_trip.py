"""Whatever stations there are, a file of them makes the same stations in an empty register, and changes none in theirs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import Crs, great_circle_m
from geodata.files import FileKind, read_station_sheet
from geodata.files.cells import is_blank
from geodata.files.writing import SheetWords, columns_for, written
from geodata.files.writing_formats import ENDINGS, file_of
from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Award, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.importing.changes import SAME_POSITION_M
from mapapp.services.importing.planning import plan_import

TODAY: Final = date(2026, 7, 1)
SIGNS: Final = "，,、；;：:“”\"＂'‘’=+-@（）()·/|＝0159元月年 免费级别授予note fee by热饭可用季节性"
"""What the cells themselves are made of: the words that are hardest to carry."""


def _is_carried(text: str) -> bool:
    """Whether a cell holds the text as it is: on one line, and no word for "nothing"."""
    return " ".join(text.split()) == text and not is_blank(text) and not text.upper().startswith("#")


def texts(max_size: int = 12) -> st.SearchStrategy[str]:
    letters = st.sampled_from(SIGNS) | st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
    return st.text(letters, min_size=1, max_size=max_size).map(str.strip).filter(_is_carried)


days = st.dates(date(2000, 1, 1), TODAY)
months = st.integers(1, 12)
blank_or_text = st.just("") | texts()
offers = st.builds(
    ServiceOffer,
    service=st.sampled_from(Service),
    state=st.sampled_from(ServiceState),
    season=st.none() | st.builds(Season, months, months),
    fee=blank_or_text,
    note=blank_or_text,
    confirmed_on=st.none() | days,
)
awards = st.builds(
    Award,
    scheme=st.sampled_from(AwardScheme),
    level=st.sampled_from(["3", "AAA", "市级"]) | texts(),
    year=st.none() | st.integers(1990, 2100),
    granted_by=blank_or_text,
)
RULES: Final = ("24/7", "Mo-Fr 08:30-18:00; PH off", "Mo-Su 20:00-02:00", "Mo-Su,PH 09:00-17:00", "off")
WORDS: Final = ("8:30-18:00", "工作日 8:30-18:00", "24小时", "看情况", "")
hours = st.builds(OpeningHours, st.none() | st.sampled_from(RULES), st.sampled_from(WORDS) | texts())


@st.composite
def stations(draw: st.DrawFn, place: Place) -> tuple[Station, ...]:
    """Up to three stations with anything in their fields that a file is meant to carry."""
    return tuple(
        _station(draw, place, f"YC-{number:04}", f"{draw(texts())}{number}驿站")
        for number in range(draw(st.integers(1, 3)))
    )


def _station(draw: st.DrawFn, place: Place, code: str, name: str) -> Station:
    unit = draw(st.sampled_from(place.units))
    spot = Position.wgs84(unit.label_at.lon, unit.label_at.lat, draw(st.sampled_from(PositionAccuracy)))
    return Station(
        code=code,
        kind=draw(st.sampled_from(StationKind)),
        name=name,
        name_en=draw(blank_or_text),
        other_names=draw(st.lists(texts(), max_size=3, unique=True).map(tuple)),
        address=draw(blank_or_text),
        district_code=unit.code,
        town=draw(blank_or_text),
        position=draw(st.sampled_from([None, spot])),
        entry_methods=draw(st.lists(st.sampled_from(EntryMethod), unique=True).map(tuple)),
        entry_note=draw(blank_or_text),
        services=draw(st.lists(offers, unique_by=lambda offer: offer.service, max_size=5).map(tuple)),
        hours=draw(hours),
        build_mode=draw(st.none() | st.sampled_from(BuildMode)),
        host_type=draw(st.none() | st.sampled_from(HostType)),
        capacity_count=draw(st.none() | st.integers(0, 100_000)),
        area_m2=draw(st.none() | st.floats(0, 1_000_000)),
        public_phone=draw(st.just("") | texts().map(lambda text: f"0951-1 {text}")),
        internal_contact=draw(blank_or_text),
        life_cycle=draw(st.sampled_from(LifeCycle)),
        awards=draw(st.lists(awards, max_size=3).map(tuple)),
        source=draw(blank_or_text),
        last_verified=draw(st.none() | st.builds(Verification, days, st.sampled_from(VerifiedHow))),
    )


def carried(station: Station) -> Station:
    """The station without what a file does not tell: the order of services, and the digits behind the sixth decimal."""
    return replace(
        station,
        services=tuple(sorted(station.services, key=lambda offer: offer.service.value)),
        position=None,
    )


@pytest.mark.parametrize("kind", list(FileKind))
@settings(max_examples=15)
@given(data=st.data(), language=st.sampled_from(["zh", "en"]), crs=st.sampled_from(Crs))
def test_a_file_makes_the_same_stations_anew_and_changes_none(
    kind: FileKind, place: Place, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, language: str, crs: Crs
) -> None:
    known = data.draw(stations(place))
    path = tmp_path_factory.mktemp("file") / f"sheet.{ENDINGS[kind]}"
    words = SheetWords(language, place, crs)
    columns = columns_for(with_contacts=True, with_sample=False)
    path.write_bytes(file_of(kind, written(known, crs), columns, words))

    sheet = read_station_sheet(path, None, TODAY)
    anew, again = plan_import(sheet, [], place), plan_import(sheet, known, place)

    made = [addition.station for addition in anew.additions]
    assert [carried(station) for station in made] == [carried(station) for station in known]
    assert max(_apart_m(new, old) for new, old in zip(made, known, strict=True)) <= SAME_POSITION_M
    assert [(update.before, update.after) for update in again.updates if update.changes_something] == []
    assert len(again.updates) == len(known)


GAPS: Final = ("\u3000", "  ", "\u200b", "\ufeff", " \u3000 ")
"""What stands within a text and does not get through a cell."""


@pytest.mark.parametrize("kind", list(FileKind))
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("is_placed", [True, False], ids=["placed", "unplaced"])
def test_a_file_changes_no_station_whose_texts_it_cannot_hold_as_they_are(
    kind: FileKind, gap: str, is_placed: bool, place: Place, tmp_path: Path
) -> None:
    unit, words = place.units[0], f"甲{gap}乙"
    station = Station(
        code="YC-0001",
        kind=StationKind.REST_STATION,
        name=words,
        other_names=(words, "无", "东街"),
        address=f"{unit.name_zh}{words}",
        district_code=None,
        position=Position.wgs84(unit.label_at.lon, unit.label_at.lat) if is_placed else None,
        entry_note=words,
        services=(ServiceOffer(service=Service.WATER, fee=words, note=f"{words}\n午后"),),
        hours=OpeningHours(None, words),
        awards=(Award(scheme=AwardScheme.STARS, level="4", granted_by=words),),
    )
    path = tmp_path / f"sheet.{ENDINGS[kind]}"
    columns = columns_for(with_contacts=True, with_sample=False)
    path.write_bytes(file_of(kind, written([station], Crs.WGS84), columns, SheetWords("zh", place, Crs.WGS84)))

    plan = plan_import(read_station_sheet(path, None, TODAY), [station], place)

    assert [(update.before, update.after) for update in plan.updates] == [(station, station)]


def _apart_m(new: Station, old: Station) -> float:
    if new.position is None or old.position is None:
        return 0.0 if new.position is old.position else float("inf")
    assert new.position.accuracy is old.position.accuracy
    here, there = new.position.point, old.position.point
    return float(great_circle_m(here.lon, here.lat, there.lon, there.lat))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_service_in_every_state_is_carried(place: Place, tmp_path: Path, language: str) -> None:
    pairs = list(itertools.product(Service, ServiceState))
    known = tuple(
        Station(
            code=f"YC-{number:04}",
            kind=StationKind.REST_STATION,
            name=f"{number}号驿站",
            services=(ServiceOffer(service=service, state=state),),
        )
        for number, (service, state) in enumerate(pairs)
    )
    path = tmp_path / "sheet.csv"
    columns = columns_for(with_contacts=False, with_sample=False)
    path.write_bytes(file_of(FileKind.CSV, written(known, Crs.WGS84), columns, SheetWords(language, place, Crs.WGS84)))

    plan = plan_import(read_station_sheet(path, None, TODAY), [], place)

    assert [addition.station for addition in plan.additions] == list(known)
    assert plan.problems == []
