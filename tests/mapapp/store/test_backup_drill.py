"""The drill: back up while others write, lose everything, put it back, and compare, row by row and file by file.

The compared numbers are those of the backup's manifest, which were worked out from the copy; what they are compared
with is counted anew in the restored database, and with what the writers were told.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest

from mapapp.services.keeping.archive import Manifest
from mapapp.services.keeping.backing_up import make_backup
from mapapp.services.keeping.bringing_back import restore_backup, verify_backup
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.photos import photos_dir
from mapapp.services.secret import secret_key
from mapapp.settings import Settings
from mapapp.store import Store, StoreUnusable
from mapapp.store.dumping import DatabaseContent, dump_database
from mapapp.store.engine import begin_writing, make_engine, writing_connection
from mapapp.store.fingerprints import TableFingerprint
from mapapp.store.fresh_numbers import Restoration, unmarked_fingerprints
from mapapp.store.restoring import restore_database
from tests.mapapp.store.databases import on_postgresql, on_sqlite
from tests.mapapp.store.every_row import CODE, PHOTO, PHOTO_HASH, write_every_row
from tests.mapapp.store.station_writing import NOW, real
from tests.mapapp.store.table_definitions import connected
from tests.patience import PATIENCE_S
from tests.postgres_cluster import PostgresCluster, programs_dir

KEY: Final = "a key of the tests, on one line"
WRITERS_COUNT: Final = 2
ACKNOWLEDGED_BEFORE: Final = 5


@dataclass(slots=True)
class Writers:
    """People who add stations with photos until they are told to stop, and what was acknowledged to them."""

    settings: Settings
    acknowledged: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    told: threading.Condition = field(default_factory=threading.Condition)

    def write(self, writer_number: int) -> None:
        with closing(Store(self.settings.database_url)) as store:
            number = 0
            while not self.is_over.is_set():
                code, number = f"TC-{writer_number}{number:05d}", number + 1
                photo = keep(self.settings, code.encode())
                with store.writing("form") as writer:
                    writer.add_station(real(code, photo=photo), actor="li", reason="")
                with self.told:
                    self.acknowledged.append(code)
                    self.told.notify_all()

    def wait_for(self, count: int) -> None:
        with self.told:
            assert self.told.wait_for(lambda: len(self.acknowledged) >= count, PATIENCE_S)


@contextmanager
def writing(settings: Settings) -> Iterator[Writers]:
    """Writers are at work within the block."""
    writers = Writers(settings)
    threads = [threading.Thread(target=writers.write, args=(number + 1,)) for number in range(WRITERS_COUNT)]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.is_over.set()
        for thread in threads:
            thread.join()


def keep(settings: Settings, content: bytes) -> str:
    """Put a file where photos are."""
    name = hashlib.sha256(content).hexdigest()
    photos_dir(settings).mkdir(parents=True, exist_ok=True)
    (photos_dir(settings) / f"{name}.jpg").write_bytes(content)
    return name


def fill(settings: Settings) -> None:
    """A row in every table, a photo, a list that was sent in, the key, and files that can be made again."""
    engine = make_engine(settings.database_url)
    with writing_connection(engine) as connection, begin_writing(connection):
        write_every_row(connection)
    engine.dispose()
    assert keep(settings, PHOTO) == PHOTO_HASH
    secret_key(settings)
    for name in (f"uploads/{'0' * 32}.csv", "exports/made_again.csv", "streets/walk.npz"):
        file = Path(settings.data_dir) / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"name,lon,lat\r\n")


def files_of(settings: Settings) -> dict[str, bytes]:
    """What is in the data directory."""
    folder = Path(settings.data_dir)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(autouse=True)
def programs_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the server's own version, as its keepers install them."""
    monkeypatch.setenv("PATH", f"{programs_dir()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def full(store: Store, settings: Settings) -> Settings:
    """Settings of an installation with something of everything."""
    assert store.is_migrated()
    store.close()  # the service is stopped
    fill(settings)
    return settings


@pytest.fixture
def new_machine(empty_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation where nothing was ever kept."""
    return Settings(database_url=empty_url, data_dir=str(tmp_path / "new_data"))


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.long)])
def test_what_was_acknowledged_before_a_backup_comes_back(
    full: Settings, new_machine: Settings, tmp_path: Path, rounds: int
) -> None:
    with writing(full) as writers:
        for number in range(1, rounds + 1):
            writers.wait_for(number * ACKNOWLEDGED_BEFORE)
            before = set(writers.acknowledged)
            key = KEY if number % 2 == 0 else None
            made = make_backup(full, tmp_path / f"{number}.backup", key, NOW)
            writers.wait_for(len(writers.acknowledged) + 1)  # they were not kept from writing
    lose(full)

    restored = restore_backup(new_machine, made.file, key, NOW, replace=False)

    assert restored.aside == ()
    with connected(new_machine.database_url) as connection:
        assert unmarked_fingerprints(connection) == tables_of(made.manifest)
    with closing(Store(new_machine.database_url)) as store, store.reading() as reader:
        came_back = {station.code for station in reader.stations()} - {CODE, "TC-0002"}
        photos = reader.reports.photos()
        assert reader.data_revision() == restored.data_revision
    added_count = made.manifest.content.data_revision - 2**40
    assert before <= came_back <= set(writers.acknowledged) | {"the one that was under way"}
    assert added_count == len(came_back)
    assert {f"photos/{photo}.jpg" for photo in photos} <= files_of(new_machine).keys()
    assert made.manifest.missing_photos == ()
    with closing(Store(new_machine.database_url)) as store, store.writing("form") as writer:
        writer.add_station(real("TC-0043"), actor="li", reason="life goes on")
    print(f"{rounds} backups beside {WRITERS_COUNT} writers: {len(came_back)} of {len(before)} or more came back")


def tables_of(manifest: Manifest) -> dict[str, TableFingerprint]:
    """What came back as it was: the data revision did not, for it goes on."""
    return {name: table for name, table in manifest.content.tables.items() if name != "data_revision"}


def lose(settings: Settings) -> None:
    """The disk breaks."""
    shutil.rmtree(settings.data_dir)
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).unlink()


@on_sqlite
def test_a_restored_installation_is_the_one_that_was_backed_up(
    full: Settings, new_machine: Settings, tmp_path: Path
) -> None:
    made = make_backup(full, tmp_path, None, NOW)

    assert made.file.name == "yinchuan-20261118T020000Z.backup"
    assert verify_backup(new_machine, made.file, None) == made.manifest
    restore_backup(new_machine, made.file, None, NOW, replace=False)

    kept = {name: content for name, content in files_of(full).items() if not name.startswith(("exports", "streets"))}
    assert files_of(new_machine) == kept
    with closing(Store(new_machine.database_url)) as store:
        assert not store.migrate()
        with store.writing("form") as writer:
            writer.add_station(real("TC-0043"), actor="li", reason="life goes on")
            assert writer.next_code("TC") == "TC-0042"


def test_data_that_are_there_give_way_only_when_told(full: Settings, tmp_path: Path) -> None:
    made = make_backup(full, tmp_path / "first", None, NOW)
    with closing(Store(full.database_url)) as store, store.writing("form") as writer:
        writer.add_station(real("TC-0043"), actor="li", reason="since then")
    (Path(full.data_dir) / "secret_key").write_text("another key, made since then", encoding="ascii")

    with pytest.raises(KeepingRefused, match="--replace"):
        restore_backup(full, made.file, None, NOW, replace=False)
    with closing(Store(full.database_url)) as store, store.reading() as reader:
        assert reader.station("TC-0043") is not None
    restored = restore_backup(full, made.file, None, NOW, replace=True)

    with connected(full.database_url) as connection:
        assert unmarked_fingerprints(connection) == tables_of(made.manifest)
    assert {file.name.partition(".before-restore")[0] for file in restored.aside} >= {"secret_key"}
    for file in restored.aside:
        assert b"since then" in file.read_bytes()


def test_a_restore_that_fails_at_the_end_leaves_everything_as_it_was(full: Settings, tmp_path: Path) -> None:
    made = make_backup(full, tmp_path / "first", None, NOW)
    (Path(full.data_dir) / "secret_key").write_text("another key, made since then", encoding="ascii")
    (photos_dir(full) / f"{PHOTO_HASH}.jpg").unlink()
    before = files_of(full)

    with in_use(full), pytest.raises(StoreUnusable, match=r"[Ss]top "):
        restore_backup(full, made.file, None, NOW, replace=True)

    assert files_of(full) == before
    with closing(Store(full.database_url)) as store, store.reading() as reader:
        assert len(reader.stations()) == 2


@contextmanager
def in_use(settings: Settings) -> Iterator[None]:
    """The service still runs."""
    with closing(Store(settings.database_url)) as store, store.reading() as reader:
        assert reader.stations()
        yield


@on_postgresql
def test_without_its_programs_postgresql_is_not_backed_up_and_says_why(
    full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StoreUnusable, match=r"pg_dump is missing.*postgresql-client"):
        make_backup(full, tmp_path / "first", None, NOW)

    assert not (tmp_path / "first").exists()


@on_postgresql
def test_a_password_reaches_the_programs(
    full: Settings, cluster: PostgresCluster, tmp_path: Path, postgresql_name: str
) -> None:
    url = cluster.network_url(postgresql_name)

    made = make_backup(replace(full, database_url=url), tmp_path / "first", None, NOW)

    assert made.manifest.content.kind == "postgresql"


@on_postgresql
def test_another_programs_table_is_neither_backed_up_nor_touched(full: Settings, tmp_path: Path) -> None:
    with connected(full.database_url) as connection:
        connection.exec_driver_sql("CREATE TABLE layer_styles (id integer)")
    made = make_backup(full, tmp_path / "made.backup", None, NOW)
    with connected(full.database_url) as connection:
        connection.exec_driver_sql("INSERT INTO layer_styles VALUES (7)")

    restore_backup(full, made.file, None, NOW, replace=True)

    assert "layer_styles" not in made.manifest.content.tables
    with connected(full.database_url) as connection:
        assert connection.exec_driver_sql("SELECT id FROM layer_styles").scalars().all() == [7]


@pytest.mark.parametrize(
    ("of_service", "of_restore"),
    [("", ""), ("?application_name=mine", "?application_name=mine"), ("", "?application_name=mine")],
    ids=["our name", "a name of their own", "only the restorer's own"],
)
def test_nothing_is_restored_under_a_service_whatever_its_connections_are_called(
    cluster: PostgresCluster, postgresql_name: str, tmp_path: Path, of_service: str, of_restore: str
) -> None:
    url = cluster.network_url(postgresql_name)
    with closing(Store(url + of_service)) as service, service.reading() as reader:
        reader.data_revision()
        with pytest.raises(StoreUnusable, match="Stop it and its worker"):
            restore_database(url + of_restore, *nothing(tmp_path), aside=".aside", work=tmp_path)


def test_nothing_is_restored_under_a_service_that_listens_under_another_name(
    cluster: PostgresCluster, postgresql_name: str, tmp_path: Path
) -> None:
    url = cluster.network_url(postgresql_name)
    with closing(Store(f"{url}?application_name=theirs")) as service, closing(service.bell()) as bell:
        bell.wait(0)
        service.close()  # what listens is no longer the pool's
        assert bell.listens
        with pytest.raises(StoreUnusable, match="Stop it and its worker"):
            restore_database(f"{url}?application_name=mine", *nothing(tmp_path), aside=".aside", work=tmp_path)


def nothing(folder: Path) -> tuple[Path, DatabaseContent, Restoration]:
    """A copy that is refused before anybody looks for it."""
    content = DatabaseContent("postgresql", "", 1, {}, frozenset())
    return folder / "nowhere", content, Restoration(at=NOW, made_at=NOW, backed_up=1, over=None)


@on_postgresql
def test_a_table_that_comes_back_short_is_not_restored(full: Settings, new_machine: Settings, tmp_path: Path) -> None:
    """The last word is the database's own count, in the very transaction that would keep the tables."""
    content = dump_database(full.database_url, tmp_path / "dump")
    more = TableFingerprint(content.tables["stations"].row_count + 1, content.tables["stations"].checksum)

    with pytest.raises(StoreUnusable, match="table stations did not come back whole"):
        restore_database(
            new_machine.database_url,
            tmp_path / "dump",
            replace(content, tables={**content.tables, "stations": more}),
            Restoration(at=NOW, made_at=NOW, backed_up=content.data_revision, over=None),
            aside=".aside",
            work=tmp_path,
        )

    with closing(Store(new_machine.database_url)) as store:
        assert store.schema_revision() is None


@on_postgresql
def test_over_a_database_of_a_later_program_nothing_is_restored(full: Settings, tmp_path: Path) -> None:
    made = make_backup(full, tmp_path / "first", None, NOW)
    with connected(full.database_url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(KeepingRefused, match="Restore with the program that made it so"):
        restore_backup(full, made.file, None, NOW, replace=True)
