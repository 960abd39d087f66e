"""A backup is looked through to its last byte: what is damaged, short or not ours is never put back."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from mapapp.services.keeping.archive import MANIFEST, Manifest
from mapapp.services.keeping.backing_up import make_backup
from mapapp.services.keeping.bringing_back import restore_backup, verify_backup
from mapapp.services.keeping.kept_files import KEPT_FOLDERS, LEFT_OUT, SECRET_KEY, is_kept_name
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.planning.ground import STREETS_FOLDER
from mapapp.services.secret import FILE_NAME
from mapapp.settings import Settings
from mapapp.store import Store, StoreUnusable
from mapapp.store.engine import begin_writing, make_engine, writing_connection
from tests.conftest import PROJECT_DIR
from tests.mapapp.store.every_row import CODE, PHOTO, PHOTO_HASH, write_every_row
from tests.mapapp.store.station_writing import NOW

KEY: Final = "a key of the tests, on one line"


def install(folder: Path, migrated_database: Path) -> Settings:
    """An installation with a row in every table, a photo and a key."""
    database = shutil.copyfile(migrated_database, folder / "stations.sqlite3")
    settings = Settings(database_url=f"sqlite:///{database}", data_dir=str(folder / "data"))
    engine = make_engine(settings.database_url)
    with writing_connection(engine) as connection, begin_writing(connection):
        write_every_row(connection)
    engine.dispose()
    photo = folder / "data" / "photos" / f"{PHOTO_HASH}.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(PHOTO)
    (folder / "data" / SECRET_KEY).write_text("the key of the installation", encoding="ascii")
    return settings


@pytest.fixture
def full(tmp_path: Path, migrated_database: Path) -> Settings:
    """An installation of this test's own."""
    return install(tmp_path, migrated_database)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Settings:
    """An installation that no test changes."""
    return install(tmp_path_factory.mktemp("lasting"), migrated_database)


@pytest.fixture(scope="module")
def lasting_backup(lasting: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it, not encrypted."""
    return make_backup(lasting, tmp_path_factory.mktemp("backups"), None, NOW).file


@pytest.fixture
def made(lasting_backup: Path, tmp_path: Path) -> Path:
    """A backup that may be damaged; of an installation like every other here."""
    return shutil.copyfile(lasting_backup, tmp_path / "a.backup")


def with_members(file: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    """Write an archive anew with other files in it, as somebody could who knows its form."""
    with tarfile.open(file) as tar:
        members = [(entry, content.read()) for entry in tar if (content := tar.extractfile(entry)) is not None]
    change(members)
    with tarfile.open(file, "w") as tar:
        for entry, words in members:
            entry.size = len(words) if entry.isreg() else 0
            tar.addfile(entry, BytesIO(words))


def place_of(file: Path, name: str) -> int:
    """Where in the archive a byte of that file stands."""
    with tarfile.open(file) as tar:
        return tar.getmember(name).offset_data + tar.getmember(name).size // 2


@pytest.mark.parametrize("name", ["database.sqlite3.gz", f"photos/{PHOTO_HASH}.jpg", SECRET_KEY, MANIFEST])
def test_one_changed_bit_is_found(lasting: Settings, made: Path, name: str) -> None:
    with made.open("r+b") as stream:
        stream.seek(place_of(made, name))
        (byte,) = stream.read(1)
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 1]))

    with pytest.raises((KeepingRefused, StoreUnusable)):
        verify_backup(lasting, made, None)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.999, 1])
def test_a_backup_that_was_not_written_to_its_end_is_refused(lasting: Settings, made: Path, share: float) -> None:
    os.truncate(made, int(place_of(made, MANIFEST) * share))

    with pytest.raises(KeepingRefused):
        verify_backup(lasting, made, None)


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "photos/../../x.jpg", "secret_key.sh", f"photos/{'0' * 64}.jpg"]
)
def test_a_file_too_many_is_refused_wherever_it_wants_to_go(lasting: Settings, made: Path, name: str) -> None:
    with_members(made, lambda members: members.insert(0, (tarfile.TarInfo(name), b"x")))

    with pytest.raises(KeepingRefused):
        restore_backup(lasting, made, None, NOW, replace=True)

    assert not (Path(lasting.data_dir).parent / "evil").exists()


def test_a_link_in_the_archive_is_refused(lasting: Settings, made: Path) -> None:
    link = tarfile.TarInfo(f"photos/{'1' * 64}.jpg")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with_members(made, lambda members: members.insert(0, (link, b"")))

    with pytest.raises(KeepingRefused, match="no place in it"):
        verify_backup(lasting, made, None)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b'{"form": "stationmap-backup", "version": 2}'])
def test_a_manifest_that_is_none_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(KeepingRefused):
        Manifest.from_json(content)


def test_a_backup_is_never_overwritten_and_half_a_one_never_left(lasting: Settings, made: Path) -> None:
    before = made.read_bytes()

    with pytest.raises(KeepingRefused, match="exists already"):
        make_backup(lasting, made, None, NOW)

    assert made.read_bytes() == before
    assert [each.name for each in made.parent.iterdir()] == ["a.backup"]
    assert sorted(each.name for each in Path(lasting.data_dir).iterdir()) == ["photos", SECRET_KEY]


def test_what_a_killed_backup_left_is_removed_when_it_is_old(lasting: Settings, tmp_path: Path) -> None:
    old, young = tmp_path / ".a.backup.0123.part", tmp_path / ".b.backup.4567.part"
    folder = Path(lasting.data_dir) / ".keeping-0123"
    for file in (old, young, folder / "held"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"half of it")
    for path in (old, folder):
        os.utime(path, (0, 0))

    make_backup(lasting, tmp_path / "c.backup", None, NOW)

    assert [path.exists() for path in (old, folder, young)] == [False, False, True]


def test_a_damaged_database_is_not_backed_up_as_if_it_were_sound(full: Settings, tmp_path: Path) -> None:
    file = Path(full.database_url.removeprefix("sqlite:///"))
    with file.open("r+b") as stream:
        stream.seek(4096 * 5)
        stream.write(b"\xff" * 4096 * 20)

    with pytest.raises(StoreUnusable, match="damaged"):
        make_backup(full, tmp_path / "b.backup", None, NOW)

    assert not list(tmp_path.glob("*.backup*"))


def test_a_database_too_broken_to_open_gives_way_with_what_stands_beside_it(full: Settings, made: Path) -> None:
    file = Path(full.database_url.removeprefix("sqlite:///"))
    file.write_bytes(b"not a database any more" * 100)
    file.with_name(file.name + "-wal").write_bytes(b"a journal of nothing")

    with pytest.raises(KeepingRefused, match="--replace"):
        restore_backup(full, made, None, NOW, replace=False)
    restored = restore_backup(full, made, None, NOW, replace=True)

    assert [each.read_bytes()[:5] for each in restored.aside] == [b"not a"]
    with closing(Store(full.database_url)) as store, store.reading() as reader:
        assert reader.station(CODE) is not None


def test_a_photo_without_a_file_is_named_and_the_rest_backed_up(full: Settings, tmp_path: Path) -> None:
    (Path(full.data_dir) / "photos" / f"{PHOTO_HASH}.jpg").unlink()

    made = make_backup(full, tmp_path / "b.backup", None, NOW)

    assert made.manifest.missing_photos == (f"photos/{PHOTO_HASH}.jpg",)
    assert verify_backup(full, made.file, None) == made.manifest


def test_an_encrypted_backup_opens_with_its_key_alone(lasting: Settings, tmp_path: Path) -> None:
    made = make_backup(lasting, tmp_path / "b.backup", KEY, NOW)

    assert verify_backup(lasting, made.file, KEY) == made.manifest
    with pytest.raises(KeepingRefused, match="is encrypted: give its key"):
        verify_backup(lasting, made.file, None)
    with pytest.raises(KeepingRefused, match="key is another one"):
        verify_backup(lasting, made.file, KEY + "!")
    content = bytearray(made.file.read_bytes())
    content[len(content) // 2] ^= 1
    made.file.write_bytes(content)
    with pytest.raises(KeepingRefused, match="or the file is damaged"):
        verify_backup(lasting, made.file, KEY)
    assert not any(word in content for word in (b"database", b"secret_key", PHOTO, MANIFEST.encode()))


@pytest.mark.parametrize("key", ["", "too short", "x" * 251, "two lines\nof a key that is long"])
def test_what_can_be_no_key_is_refused_before_anything_is_written(lasting: Settings, tmp_path: Path, key: str) -> None:
    with pytest.raises(KeepingRefused, match="openssl rand"):
        make_backup(lasting, tmp_path / "b.backup", key, NOW)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("place", "elsewhere", "is of yinchuan and MAPAPP_PLACE is elsewhere"),
        ("database_url", "postgresql+psycopg://nobody@127.0.0.1:1/none", "database move --to"),
    ],
)
def test_a_backup_that_does_not_fit_says_what_to_do(
    lasting: Settings, made: Path, tmp_path: Path, setting: str, value: str, words: str
) -> None:
    other = replace(lasting, data_dir=str(tmp_path / "other"), **{setting: value})  # type: ignore[arg-type]

    with pytest.raises(KeepingRefused, match=re.escape(words)):
        restore_backup(other, made, None, NOW, replace=True)


def test_a_database_later_than_this_program_is_not_restored_over(full: Settings, made: Path) -> None:
    engine = make_engine(full.database_url)
    with writing_connection(engine) as connection, begin_writing(connection):
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    file = Path(full.database_url.removeprefix("sqlite:///"))
    before = sorted(file.parent.iterdir()), file.read_bytes()

    with pytest.raises(KeepingRefused, match="stands at 9999 and this program knows") as refused:
        restore_backup(full, made, None, NOW, replace=True)

    assert "新版程序" in refused.value.zh
    assert (sorted(file.parent.iterdir()), file.read_bytes()) == before


@pytest.mark.parametrize(
    "name",
    ["photos/x.jpg", "photos/../secret_key", "uploads/a/b.csv", "exports/a.csv", "", "secret_key\n", "/secret_key"],
)
def test_names_that_lead_elsewhere_are_no_names_of_kept_files(name: str) -> None:
    assert not is_kept_name(name)


def test_every_folder_of_the_data_directory_is_kept_or_left_out_on_purpose() -> None:
    """Whoever keeps something new there says in ``kept_files`` which it is."""
    constants = {"FILE_NAME": FILE_NAME, "STREETS_FOLDER": STREETS_FOLDER}
    found = set()
    for source in [*(PROJECT_DIR / "mapapp").rglob("*.py"), *(PROJECT_DIR / "scripts").rglob("*.py")]:
        for word in re.findall(r"data_dir\) / (\"\w+\"|[A-Z_]+)", source.read_text(encoding="utf-8")):
            found.add(constants.get(word, word.strip('"')))

    assert found - {"SECRET_KEY"} == {*KEPT_FOLDERS, *LEFT_OUT, SECRET_KEY}
