"""Loading an extract: what is kept, what is refused, and where the application finds it again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import UnreadableFile
from geodata.places import Place, load_place
from geodata.travel import street_reading
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_reading import read_extract
from geodata.travel.streets import (
    Area,
    Loaded,
    StreetShelf,
    area_of,
    covered_share,
    load_extract,
    load_streets,
    read_streets,
    streets_in_use,
)
from tests.geodata.travel.street_maps import SOUTH, STEP_DEG, helsinki, write_map

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
ROAD = {"highway": "residential"}
PROJECT_DIR = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def place() -> Place:
    return load_place(str(PROJECT_DIR / "tests" / "places" / "testcity"))


@pytest.fixture(scope="module")
def area(place: Place) -> Area:
    return area_of(place)


def load(extract: Path, folder: Path, area: Area | None = None) -> Loaded:
    return load_extract(extract, folder / "streets", area, NOW)


def town(path: Path, *, north: float = 0.0) -> Path:
    """One road of four nodes, so many degrees north of the middle of the test city."""
    steps = north / STEP_DEG
    return write_map(path, {n: (0, steps + n) for n in range(1, 5)}, [([1, 2, 3, 4], ROAD)])


def test_streets_come_back_from_their_file_as_they_were_read(tmp_path: Path) -> None:
    loaded = load(helsinki(), tmp_path)

    again = load_streets(tmp_path / "streets")

    assert again is not None
    assert again.source == loaded.streets.source
    for mode in TravelMode:
        for name in ("node_ids", "lon", "lat", "indptr", "ends", "length_m", "drive_s", "left_out_count"):
            assert np.array_equal(getattr(again.graphs[mode], name), getattr(loaded.streets.graphs[mode], name))


def test_the_source_is_known_by_name_checksum_and_day(tmp_path: Path) -> None:
    source = load(town(tmp_path / "town.osm.pbf"), tmp_path).streets.source

    assert source.file_name == "town.osm.pbf"
    assert len(source.sha256) == 64
    assert source.newest_edit == date(2026, 5, 4)
    assert source.loaded_at == NOW


def test_the_same_extract_is_read_once(tmp_path: Path) -> None:
    extract = town(tmp_path / "town.osm.pbf")
    stages: list[str] = []

    first = load_extract(extract, tmp_path, None, NOW, lambda stage, _count: stages.append(stage))
    read = list(stages)
    second = load_extract(extract, tmp_path, None, NOW, lambda stage, _count: stages.append(stage))

    assert (first.was_there, second.was_there) == (False, True)
    assert read == ["ways", "barriers", "walk", "ebike", "car"]
    assert stages == read


def test_a_damaged_file_of_streets_is_made_anew_by_loading(tmp_path: Path) -> None:
    extract = town(tmp_path / "town.osm.pbf")
    path = load(extract, tmp_path).path
    path.write_bytes(path.read_bytes()[:200])

    with pytest.raises(UnreadableFile):
        load_streets(tmp_path / "streets")

    assert not load(extract, tmp_path).was_there
    assert load_streets(tmp_path / "streets") is not None


def test_without_loaded_streets_there_are_none(tmp_path: Path) -> None:
    assert load_streets(tmp_path) is None
    (tmp_path / "current.json").write_text('{"file": "../elsewhere.npz"}', encoding="utf-8")
    assert streets_in_use(tmp_path) is None
    (tmp_path / "current.json").write_text("[1", encoding="utf-8")
    assert load_streets(tmp_path) is None


def test_the_last_loaded_extract_is_the_one_in_use(tmp_path: Path) -> None:
    first, second = (load(town(tmp_path / f"{n}.osm.pbf", north=0.1 * n), tmp_path) for n in (1, 2))
    assert streets_in_use(tmp_path / "streets") == second.path

    load(tmp_path / "1.osm.pbf", tmp_path)

    assert streets_in_use(tmp_path / "streets") == first.path


def test_only_the_place_and_a_margin_around_it_are_kept(tmp_path: Path, area: Area) -> None:
    top = (area.outlines.bounds[3] - SOUTH) / STEP_DEG
    rows = [0, 1, 2, top - 1, top + 1, top + 20, top + 60, top + 70]
    places: dict[int, tuple[float, float]] = {n: (0, row) for n, row in enumerate(rows, start=1)}
    extract = write_map(tmp_path / "long.osm.pbf", places, [(list(places), ROAD)])

    kept, whole = load(extract, tmp_path, area), load(extract, tmp_path)

    assert kept.streets.graphs[TravelMode.WALK].node_ids.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert whole.streets.graphs[TravelMode.WALK].node_ids.tolist() == list(range(1, 9))
    assert kept.path != whole.path


def test_an_extract_that_misses_the_place_is_refused_unless_the_whole_is_wanted(tmp_path: Path, area: Area) -> None:
    far, near = town(tmp_path / "far.osm.pbf", north=5.0), tmp_path / "near.osm.pbf"
    town(near, north=area.outlines.bounds[3] - SOUTH + 0.005)

    for extract in (far, near, helsinki()):
        with pytest.raises(UnreadableFile, match="--whole"):
            load(extract, tmp_path, area)
    assert load_streets(tmp_path / "streets") is None

    assert load(far, tmp_path).streets.graphs[TravelMode.CAR].node_count == 4


def test_an_extract_that_covers_a_part_of_the_place_says_how_much(area: Area) -> None:
    share = covered_share(helsinki(), area)

    assert share == 0.0


@pytest.mark.parametrize("fault", ["empty", "text", "cut off", "missing", "folder", "no streets"])
def test_what_is_no_extract_is_refused_in_words_and_changes_nothing(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "x.osm.pbf"
    if fault == "folder":
        path.mkdir()
    elif fault == "no streets":
        write_map(path, {1: (0, 0), 2: (0, 1)}, [([1, 2], {"railway": "tram"})])
    elif fault != "missing":
        size = len(helsinki().read_bytes()) // 2
        path.write_bytes({"empty": b"", "text": b"lon,lat\n" * 99, "cut off": helsinki().read_bytes()[:size]}[fault])
    load(town(tmp_path / "town.osm.pbf"), tmp_path)
    before = streets_in_use(tmp_path / "streets")

    with pytest.raises(UnreadableFile) as refused:
        load(path, tmp_path)

    assert refused.value.zh != refused.value.en
    assert streets_in_use(tmp_path / "streets") == before


@pytest.mark.parametrize("fault", ["text", "other arrays", "other format", "no such"])
def test_what_is_no_file_of_streets_is_refused_in_words(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "graph.npz"
    if fault == "text":
        path.write_text("from,to", encoding="utf-8")
    elif fault == "other arrays":
        np.savez(path, lon=np.arange(3))
    elif fault == "other format":
        np.savez(path, about=np.array(json.dumps({"format": 0})))

    with pytest.raises(UnreadableFile, match="load_streets"):
        read_streets(path)


def test_a_street_is_cut_where_a_node_is_not_in_the_file(tmp_path: Path) -> None:
    places: dict[int, tuple[float, float]] = {n: (0, n) for n in (1, 2, 4, 5, 6)}
    read = read_extract(write_map(tmp_path / "cut.osm.pbf", places, [([1, 2, 3, 4, 5, 6], ROAD)]), None)

    assert read.missing_node_count == 1
    assert read.graphs[TravelMode.WALK].node_ids.tolist() == [4, 5, 6]
    assert read.graphs[TravelMode.WALK].left_out_count == 2


def test_of_two_pieces_between_the_same_nodes_the_quicker_counts(tmp_path: Path) -> None:
    ways = [([1, 2], {**ROAD, "maxspeed": kmh}) for kmh in ("20", "60", "30")]

    graph = read_extract(write_map(tmp_path / "twice.osm.pbf", {1: (0, 0), 2: (0, 1)}, ways), None).graphs[
        TravelMode.CAR
    ]

    assert graph.edge_count == 2
    assert graph.drive_s == pytest.approx(graph.length_m / (60 / 3.6))


def test_a_running_program_reads_the_streets_once_and_again_when_others_are_in_use(tmp_path: Path) -> None:
    shelf = StreetShelf(tmp_path / "streets")
    assert shelf.current() is None

    first = load(town(tmp_path / "1.osm.pbf", north=0.1), tmp_path)
    read = shelf.current()
    assert read is not None
    assert read.source == first.streets.source
    assert shelf.current() is read

    second = load(town(tmp_path / "2.osm.pbf", north=0.2), tmp_path)
    read_anew = shelf.current()
    assert read_anew is not None
    assert read_anew.source == second.streets.source


def test_a_large_extract_keeps_its_positions_on_disk_and_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory = read_extract(helsinki(), None)
    monkeypatch.setattr(street_reading, "_LARGE_FILE_BYTES", 0)

    on_disk = read_extract(helsinki(), None)

    for mode in TravelMode:
        assert np.array_equal(on_disk.graphs[mode].ends, in_memory.graphs[mode].ends)
        assert np.array_equal(on_disk.graphs[mode].lon, in_memory.graphs[mode].lon)
