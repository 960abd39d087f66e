"""What one transaction, and the database itself, guarantee."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from geodata.stations.station import Position
from mapapp.store import CodeTaken, StaleVersion, Store, StoreBusy
from tests.mapapp.store.databases import on_postgresql, on_sqlite
from tests.mapapp.store.station_writing import add, change, real


def test_of_two_editors_at_once_exactly_one_is_accepted(store: Store) -> None:
    add(store, real())
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def edit(address: str) -> None:
        gate.wait()
        try:
            outcomes.append(change(store, real(address=address), expected_version=1).address)
        except StaleVersion:
            outcomes.append("stale")

    editors = [threading.Thread(target=edit, args=(address,)) for address in ("东", "西")]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()

    with store.reading() as reader:
        assert sorted(outcomes) == sorted(["stale", reader.stations()[0].address])


def test_the_data_revision_grows_by_one_with_each_transaction_that_writes(store: Store) -> None:
    seen = [store.data_revision()]
    for write in (lambda: add(store, real("TC-0001"), real("TC-0002")), lambda: change(store, real(town="东镇"))):
        write()
        seen.append(store.data_revision())

    assert seen == [0, 1, 2]


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(CodeTaken):
        add(store, real("TC-0001"), real("TC-0001"))

    with store.reading() as reader:
        assert (reader.stations(), reader.revisions("TC-0001"), reader.data_revision()) == ((), (), 0)


@pytest.mark.parametrize(
    "breach",
    [
        "lon = NULL",
        "lat = NULL",
        "given_crs = NULL",
        "lon = 181",
        "lat = -91",
        "name = ''",
        "version = 0",
        "capacity_count = -1",
        "area_m2 = -0.5",
        "alert_text = 'x'",
        "verified_on = '2026-01-01'",
    ],
)
def test_the_database_itself_refuses_broken_rows(store: Store, breach: str) -> None:
    add(store, real(position=Position.wgs84(113.0, 34.6)))

    with pytest.raises(IntegrityError), store.writing("form") as writer:
        writer._connection.execute(text(f"UPDATE stations SET {breach}"))  # noqa: S608 - the words are above


def test_a_revision_needs_its_station(store: Store) -> None:
    row = "(code, number, at, actor, origin, reason, changes) VALUES ('TC-0009', 1, '2026-01-01', '', 'form', '', '{}')"

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), store.writing("form") as writer:
        writer._connection.execute(text(f"INSERT INTO station_revisions {row}"))


def test_a_reading_transaction_cannot_be_moved_under_its_readers_feet(store: Store) -> None:
    add(store, real("TC-0001"))

    with store.reading() as reader:
        before = reader.data_revision()
        add(store, real("TC-0002"))
        after = (reader.data_revision(), len(reader.stations()))

    assert after == (before, 1)
    assert store.data_revision() == before + 1


@on_sqlite
def test_sqlite_is_set_up_to_lose_nothing(store: Store) -> None:
    with store.reading() as reader:
        kept = [
            reader._connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
        assert int(reader._connection.execute(text("PRAGMA busy_timeout")).scalar_one()) >= 5_000

    assert kept == ["wal", 1, 2]


@on_postgresql
def test_a_reading_transaction_in_postgresql_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match="read-only"), store.reading() as reader:
        reader._connection.execute(text("UPDATE data_revision SET number = 7"))

    add(store, real())
    assert store.data_revision() == 1


def test_a_writer_gives_up_waiting_in_the_end_and_says_when_to_come_back(store: Store) -> None:
    with store.writing("form"), pytest.raises(StoreBusy) as refusal, store.writing("form", patience_s=0.05):
        pytest.fail("two write at once")

    add(store, real())
    assert refusal.value.retry_after_s > 0
    assert store.data_revision() == 1


def test_who_waits_longer_than_the_other_writes_is_let_in(store: Store) -> None:
    with store.writing("form"):
        patient = threading.Thread(target=add, args=(store, real()))
        patient.start()
    patient.join()

    assert store.data_revision() == 1


def test_a_failed_statement_does_not_tell_its_parameters(store: Store) -> None:
    """A station's internal contact is for staff: it must not reach a log by way of an error."""
    with pytest.raises(DBAPIError, match="nothing") as refusal, store.writing("form") as writer:
        writer._connection.execute(text("UPDATE nothing SET internal_contact = :who"), {"who": "王五"})

    assert "王五" not in str(refusal.value)


def test_a_writer_that_is_let_in_can_write(store: Store) -> None:
    """Writers queue at the beginning: whoever reads before writing is never refused at the end for what others wrote."""
    with store.writing("form") as writer:
        assert writer.station_count() == 0
        rival = threading.Thread(target=add, args=(store, real("TC-0002")))
        rival.start()
        writer.add_station(real("TC-0001"), actor="li", reason="")
    rival.join()

    with store.reading() as reader:
        assert reader.station_count() == 2


def test_a_connection_is_given_back_after_an_error(store: Store) -> None:
    for _ in range(40):
        with pytest.raises(DBAPIError), store.reading() as reader:
            reader._connection.execute(text("SELECT * FROM nothing"))

    assert store.data_revision() == 0
