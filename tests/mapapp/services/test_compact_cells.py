"""The compact file by cell: together the cells say what the whole file says, and change only with their stations."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.stations.index import StationIndex
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.compact_cells import NationDesk
from mapapp.services.compact_file import FORMAT, compact_document
from mapapp.services.list_stations import SearchedTexts, folded
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.settings import Settings
from mapapp.store import Store

TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.fixture
def snapshot(sample_store: Store, place: Place) -> StationSnapshot:
    return build_snapshot(sample_store, place, NOW)


@pytest.fixture
def desk() -> NationDesk:
    return NationDesk(Settings(cells_above=100))


def read(payload: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(payload.identity)
    return document


def cell_documents(desk: NationDesk, snapshot: StationSnapshot) -> dict[str, dict[str, Any]]:
    ids = read(desk.index_file(snapshot, TODAY))["cells"]["id"]
    return {each: read(desk.cell_file(snapshot, each, TODAY)) for each in ids}


def facts_by_code(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a file says of each station, its indices resolved."""
    columns = document["stations"]
    said: dict[str, dict[str, Any]] = {}
    for row, code in enumerate(columns["code"]):
        facts = {
            name: values[row] if isinstance(values, list) else values.get(str(row)) for name, values in columns.items()
        }
        facts["district"] = document["districts"][facts["district"]] if facts["district"] >= 0 else None
        facts["schedule"] = document["schedules"][facts["schedule"]] if facts["schedule"] >= 0 else None
        facts["hours_text"] = document["hours_texts"][facts["hours_text"]] if facts["hours_text"] >= 0 else None
        said[code] = facts
    return said


def test_the_cells_together_say_of_every_placed_station_what_the_whole_file_says(
    desk: NationDesk, snapshot: StationSnapshot
) -> None:
    whole = facts_by_code(compact_document(snapshot, Settings(), TODAY))
    parts = [facts_by_code(document) for document in cell_documents(desk, snapshot).values()]

    placed = {code: facts for code, facts in whole.items() if facts["lon_e6"] is not None}
    assert sum(map(len, parts)) == len(placed) == snapshot.index.placed_count
    assert {code: facts for part in parts for code, facts in part.items()} == json.loads(json.dumps(placed))


def test_the_index_is_a_compact_file_without_stations_that_lists_the_cells(
    desk: NationDesk, snapshot: StationSnapshot
) -> None:
    index = read(desk.index_file(snapshot, TODAY))

    assert next(iter(index)) == "format"
    assert index["format"] == FORMAT
    assert index["station_count"] == len(snapshot.stations)
    assert index["stations"]["code"] == []
    assert len({len(values) for values in index["cells"].values()}) == 1


def test_a_cells_file_names_its_neighbours_and_only_its_own_districts(
    desk: NationDesk, snapshot: StationSnapshot
) -> None:
    documents = cell_documents(desk, snapshot)

    for cell_id, document in documents.items():
        assert document["cell"] == cell_id
        assert cell_id not in document["neighbours"]
        assert all(cell_id in documents[each]["neighbours"] for each in document["neighbours"])
        used = {row for row in document["stations"]["district"] if row >= 0}
        assert used == set(range(len(document["districts"])))


def test_an_edit_changes_the_file_of_its_cell_and_no_other(
    desk: NationDesk, snapshot: StationSnapshot, sample_store: Store, place: Place
) -> None:
    before = {each: desk.cell_file(snapshot, each, TODAY) for each in desk.of(snapshot).cells}
    edited = next(station for station in snapshot.stations if station.position is not None)
    of_edited = next(
        cell_id for cell_id, cell in desk.of(snapshot).cells.items() if edited in desk.of(snapshot).stations_in(cell)
    )
    renamed = replace(edited, name="改名驿站", version=edited.version + 1)
    later = with_stations(snapshot, (renamed if each is edited else each for each in snapshot.stations))

    after = {each: desk.cell_file(later, each, TODAY) for each in desk.of(later).cells}

    assert {each for each in before if after[each] is not before[each]} == {of_edited}
    changed = after[of_edited]
    assert changed is not None
    assert "改名驿站" in changed.identity.decode()


def test_a_station_that_is_gone_changes_its_cell_and_where_it_was_the_last_those_around(
    desk: NationDesk, snapshot: StationSnapshot
) -> None:
    cells = desk.of(snapshot).cells
    smallest = min(cells.values(), key=lambda cell: len(cell.rows))
    before = {each: desk.cell_file(snapshot, each, TODAY) for each in cells}
    gone = {snapshot.stations[row].code for row in smallest.rows}
    later = with_stations(snapshot, (each for each in snapshot.stations if each.code not in gone))

    after = {each: desk.cell_file(later, each, TODAY) for each in cells}

    assert after[smallest.id] is None
    changed = {each for each in cells if after[each] is not before[each]}
    assert changed == {smallest.id, *smallest.neighbours(cells)}


def test_what_is_taken_over_from_the_snapshot_before_is_what_a_new_process_would_make(
    desk: NationDesk, snapshot: StationSnapshot
) -> None:
    """Edits, moves, additions and removals one after the other: files equal those of a desk without a past."""
    chance = random.Random(3)
    for step in range(12):
        stations = list(snapshot.stations)
        victim = chance.randrange(len(stations))
        station = stations[victim]
        if step % 4 == 0:
            stations[victim] = replace(station, name=f"{station.name}{step}", version=station.version + 1)
        elif step % 4 == 1:
            moved = Position.wgs84(chance.uniform(105.9, 106.8), chance.uniform(37.8, 38.6))
            stations[victim] = replace(station, position=moved, version=station.version + 1)
        elif step % 4 == 2:
            del stations[victim]
        else:
            stations.append(replace(station, code=f"ZZ-{step:04d}", version=1))
        snapshot = with_stations(snapshot, stations)
        fresh = NationDesk(Settings(cells_above=100))

        assert desk.index_file(snapshot, TODAY).etag == fresh.index_file(snapshot, TODAY).etag
        for cell_id in fresh.of(snapshot).cells:
            kept, made = (each.cell_file(snapshot, cell_id, TODAY) for each in (desk, fresh))
            assert kept is not None
            assert made is not None
            assert kept.identity == made.identity


def test_a_locked_door_warning_changes_the_file_of_its_cell(desk: NationDesk, snapshot: StationSnapshot) -> None:
    cell = max(desk.of(snapshot).cells.values(), key=lambda each: len(each.rows))
    before = {each: desk.cell_file(snapshot, each, TODAY) for each in desk.of(snapshot).cells}
    warned = snapshot.stations[int(cell.rows[0])].code
    warning = DoorWarning(count=2, first_at=NOW, until=NOW + timedelta(hours=5))
    later = replace(snapshot, door_warnings={warned: warning})

    after = {each: desk.cell_file(later, each, TODAY) for each in desk.of(later).cells}

    assert {each for each in before if after[each] is not before[each]} == {cell.id}


def with_stations(snapshot: StationSnapshot, stations: Iterable[Station]) -> StationSnapshot:
    """The next snapshot, of these stations."""
    those = tuple(stations)
    return replace(
        snapshot,
        revision=snapshot.revision + 1,
        stations=those,
        by_code={station.code: station for station in those},
        index=StationIndex.of(those, snapshot.book),
    )


def test_the_same_stations_give_the_same_bytes_in_every_process(snapshot: StationSnapshot) -> None:
    one, other = NationDesk(Settings()), NationDesk(Settings())

    for cell_id in one.of(snapshot).cells:
        first, second = (desk.cell_file(snapshot, cell_id, TODAY) for desk in (one, other))
        assert first is not None
        assert second is not None
        assert first.etag == second.etag


def test_a_day_later_the_hours_are_those_of_the_next_days(desk: NationDesk, snapshot: StationSnapshot) -> None:
    cell_id = next(iter(desk.of(snapshot).cells))

    first_days = {
        read(desk.cell_file(snapshot, cell_id, day))["window"]["first_day"] for day in (TODAY, date(2026, 11, 19))
    }

    assert first_days == {"2026-11-17", "2026-11-18"}


def test_a_cell_without_stations_has_no_file(desk: NationDesk, snapshot: StationSnapshot) -> None:
    assert desk.cell_file(snapshot, "8428309ffffffff", TODAY) is None
    assert desk.cell_file(snapshot, "../../etc/passwd", TODAY) is None


def test_a_snapshot_of_a_request_that_began_before_the_swap_does_not_come_back(
    desk: NationDesk, snapshot: StationSnapshot
) -> None:
    newer = replace(snapshot, revision=snapshot.revision + 1)
    index = desk.of(newer)

    desk.of(snapshot)

    assert desk.of(newer) is index


def test_names_are_found_by_their_bytes_as_they_are_by_their_words() -> None:
    """Against looking at every text of every station."""
    stations = tuple(_named(number) for number in range(60))
    texts = SearchedTexts(stations)

    for words in ("驿站", "1", "东街", "NAME 7", "ｎａｍｅ 1", "\n", "nothing at all", "TC-0005"):
        wanted = folded(words)
        expected = [
            row
            for row, station in enumerate(stations)
            if any(wanted in folded(text) for text in (station.code, station.name, station.name_en, station.address))
        ]
        if wanted:
            assert texts.rows(wanted).tolist() == expected


def _named(number: int) -> Station:
    return Station(
        code=f"TC-{number:04d}",
        kind=StationKind.REST_STATION,
        name=f"驿站 {number}",
        name_en=f"Name {number % 9}",
        address=f"东街 {number * 3} 号" if number % 2 else "",
    )
