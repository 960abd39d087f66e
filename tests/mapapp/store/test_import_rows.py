"""What was chosen for imports, in either database."""

from __future__ import annotations

from datetime import timedelta

from mapapp.services.importing.memory import SHAPES_KEPT, forget_old_shapes
from mapapp.store import JobDraft, RowChoice, SheetShape, Store
from tests.mapapp.store.station_writing import NOW


def shape(**changes: object) -> SheetShape:
    fields = {"shape": "a" * 64, "columns": {"0": "name"}, "crs": "gcj02", "used_by": "某人", "used_at": NOW}
    return SheetShape(**(fields | changes))  # type: ignore[arg-type]


def job(store: Store) -> int:
    with store.writing("form") as writer:
        return writer.jobs.add(JobDraft(kind="import_plan", created_by="test"), NOW).id


def test_a_shape_is_known_as_it_was_read_last(store: Store) -> None:
    with store.writing("form") as writer:
        writer.imports.remember_shape(shape())
        writer.imports.remember_shape(shape(crs="wgs84"))

    with store.reading() as reader:
        assert reader.imports.shape("a" * 64) == shape(crs="wgs84")
        assert reader.imports.shape("b" * 64) is None


def test_a_later_choice_takes_the_place_of_an_earlier_one(store: Store) -> None:
    number = job(store)
    with store.writing("form") as writer:
        writer.imports.choose(number, {2: RowChoice("skip"), 3: RowChoice("merge", "TC-1"), 4: RowChoice("new")})
        writer.imports.choose(number, {2: None, 3: RowChoice("new")})

    with store.reading() as reader:
        assert reader.imports.choices(number) == {3: RowChoice("new"), 4: RowChoice("new")}
        assert reader.imports.choices(number + 1) == {}


def test_thousands_of_choices_are_kept(store: Store) -> None:
    number = job(store)
    chosen = {line: RowChoice("skip") for line in range(2, 2002)}

    with store.writing("form") as writer:
        writer.imports.choose(number, chosen)

    with store.reading() as reader:
        assert reader.imports.choices(number) == chosen


def test_shapes_that_were_not_used_for_long_are_forgotten(store: Store) -> None:
    with store.writing("form") as writer:
        writer.imports.remember_shape(shape())
        writer.imports.remember_shape(shape(shape="b" * 64, used_at=NOW - SHAPES_KEPT - timedelta(seconds=1)))

    counts = (forget_old_shapes(store, NOW), forget_old_shapes(store, NOW))

    assert counts == (1, 0)
    with store.reading() as reader:
        assert reader.imports.shape("a" * 64) is not None
        assert reader.imports.shape("b" * 64) is None
