"""Several processes on one database: each sees what the others did, and none undoes it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from typing import Any

from geodata.places import Place
from mapapp.services.snapshot import build_snapshot
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FROZEN_AT, FrozenClock
from tests.mapapp.store import other_process
from tests.mapapp.store.other_process import AT_ONCE_COUNT
from tests.mapapp.store.station_writing import add, real
from tests.patience import PATIENCE_S, wait_until


def at_once(processes: ProcessPoolExecutor, work: Callable[..., Any], *words: Any) -> list[Any]:
    """What the same work returns from several processes that do it at the same time."""
    started = [processes.submit(work, *words) for _ in range(AT_ONCE_COUNT)]
    return [process.result(timeout=PATIENCE_S) for process in started]


def shows(keeper: SnapshotKeeper, code: str) -> bool:
    return code in keeper.current.by_code


def test_a_change_by_another_process_is_seen(
    store: Store, settings: Settings, testcity: Place, clock: FrozenClock, processes: ProcessPoolExecutor
) -> None:
    keeper = SnapshotKeeper(store, testcity, clock, settings.snapshot_poll_s)
    keeper.refresh()
    keeper.start()

    for number in range(3):
        code = f"TC-000{number}"
        processes.submit(other_process.add_station, settings.database_url, code).result(PATIENCE_S)
        wait_until(partial(shows, keeper, code))
    keeper.stop()


def test_what_this_process_wrote_is_there_for_the_next(
    store: Store, settings: Settings, processes: ProcessPoolExecutor
) -> None:
    add(store, real())

    (versions,) = processes.submit(other_process.edit, settings.database_url, "TC-0001", 1).result(PATIENCE_S)

    assert versions == 2


def test_a_snapshot_is_of_one_moment_whatever_others_write_meanwhile(
    store: Store, settings: Settings, testcity: Place, processes: ProcessPoolExecutor
) -> None:
    """Each transaction of the other process adds one station, so the two numbers agree at any one moment."""
    codes = [f"TC-{number:04d}" for number in range(150)]
    writing: Future[None] = processes.submit(other_process.add_one_by_one, settings.database_url, codes)
    seen: list[tuple[int, int]] = []

    while not writing.done() or len(seen) < 2:
        snapshot = build_snapshot(store, testcity, FROZEN_AT)
        seen.append((snapshot.revision, len(snapshot.stations)))

    writing.result()
    assert [revision for revision, _ in seen] == [count for _, count in seen]
    assert build_snapshot(store, testcity, FROZEN_AT).revision == len(codes)


def test_no_code_is_given_twice(settings: Settings, store: Store, processes: ProcessPoolExecutor) -> None:
    taken = at_once(processes, other_process.take_codes, settings.database_url, 20)

    codes = sorted(code for each in taken for code in each)
    assert codes == [f"TC-{number:04d}" for number in range(1, 20 * AT_ONCE_COUNT + 1)]
    assert store.data_revision() == 10 * AT_ONCE_COUNT


def test_no_edit_is_lost(settings: Settings, store: Store, processes: ProcessPoolExecutor) -> None:
    add(store, real())

    made = at_once(processes, other_process.edit, settings.database_url, "TC-0001", 15)

    edits_count = 15 * AT_ONCE_COUNT
    with store.reading() as reader:
        station = reader.station("TC-0001")
        numbers = [revision.number for revision in reader.revisions("TC-0001")]
    assert station is not None
    assert (station.version, station.address) == (edits_count + 1, "+" * edits_count)
    assert sorted(version for versions in made for version in versions) == list(range(2, edits_count + 2))
    assert numbers == list(range(1, edits_count + 2))
    assert store.data_revision() == edits_count + 1
