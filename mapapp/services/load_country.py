"""Use case: a database full of the made-up country's sample stations, to try national size on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from geodata.places import Place
from geodata.sample.country import country_stations
from mapapp.services.holidays import seed_within
from mapapp.store import DataAction, Origin, Store
from mapapp.store.batches import prepared_addition

ACTOR = "setup"
_AT_ONCE = 5000


class NotEmpty(RuntimeError):
    """The database holds, or ever held, stations: nothing was done."""


def load_country(
    store: Store, place: Place, count: int, seed: int, progress: Callable[[int], object] = lambda _done: None
) -> None:
    """Load ``count`` stations, 5,000 in a transaction; ``progress`` hears how many there are so far.

    Raises
    ------
    NotEmpty
        The database is not new.
    """
    with store.reading() as reader:
        if not reader.is_pristine():
            raise NotEmpty("The database is not empty: name a new one.")
    stations = country_stations(place, count, seed)
    with store.writing(Origin.SAMPLE) as writer:
        seed_within(writer, actor=ACTOR)
        writer.note_event(DataAction.SAMPLE_LOADED, {"place": place.id, "stations": count}, actor=ACTOR)
    done = 0
    while part := [prepared_addition(station) for station in islice(stations, _AT_ONCE)]:
        with store.writing(Origin.SAMPLE) as writer:
            writer.save_batch(part, actor=ACTOR, reason="sample data", batch="")
        done += len(part)
        progress(done)
