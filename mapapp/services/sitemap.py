"""The site as search engines read it: fixed pages and every real station's, with the day of its last change.

Sample stations are left out: what is invented has no place among what people find. A page of addresses is written
address by address; all that is kept of a snapshot is a day a station (four bytes).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from mapapp.services.snapshot import StationSnapshot
from mapapp.store import Store

STATIONS_A_PAGE: Final = 25_000
"""The protocol allows 50,000 addresses and 50 MB; fixed addresses come with the first page's."""
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_ADDRESSES_AT_ONCE: Final = 500


def page_count(snapshot: StationSnapshot) -> int:
    """How many pages of addresses there are: at least one."""
    return max(1, -(-len(snapshot.stations) // STATIONS_A_PAGE))


def index_document(snapshot: StationSnapshot, store: Store, page_addresses: Sequence[str]) -> bytes:
    """The list of the pages, each with the day of the last change in it."""
    days = station_days(snapshot, store)
    lines = [_HEAD, f"<sitemapindex {_SPACE}>\n"]
    for number, address in enumerate(page_addresses):
        newest = max(days[number * STATIONS_A_PAGE : (number + 1) * STATIONS_A_PAGE], default=0)
        lines.append(f"<sitemap><loc>{escape(address)}</loc>{_changed(newest)}</sitemap>\n")
    lines.append("</sitemapindex>\n")
    return "".join(lines).encode()


def page_pieces(
    snapshot: StationSnapshot, days: Sequence[int], number: int, station_address: tuple[str, str], fixed: Sequence[str]
) -> Iterator[bytes]:
    """A page's XML in pieces; ``number`` counts from 1, ``station_address`` is what stands round a code.

    ``fixed`` are the addresses that come first.
    """
    before, after = (escape(part) for part in station_address)
    first = (number - 1) * STATIONS_A_PAGE
    yield f"{_HEAD}<urlset {_SPACE}>\n".encode()
    yield "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in fixed).encode()
    held: list[str] = []
    for row in range(first, min(first + STATIONS_A_PAGE, len(snapshot.stations))):
        station = snapshot.stations[row]
        if not station.is_sample:
            held.append(f"<url><loc>{before}{station.code}{after}</loc>{_changed(days[row])}</url>\n")
        if len(held) == _ADDRESSES_AT_ONCE:
            yield "".join(held).encode()
            held.clear()
    yield "".join((*held, "</urlset>\n")).encode()


def station_days(snapshot: StationSnapshot, store: Store) -> Sequence[int]:
    """The day (as an ordinal) each of the snapshot's stations last changed, or was last looked at; 0 for unknown.

    Asked of the database once a snapshot.
    """
    kept = snapshot.part("sitemap days", lambda: _read_days(snapshot, store).tobytes())
    return memoryview(kept).cast("i")


def _read_days(snapshot: StationSnapshot, store: Store) -> array[int]:
    timezone = snapshot.place.timezone
    days = array("i", bytes(4 * len(snapshot.stations)))
    rows = {code: row for row, code in enumerate(snapshot.index.columns.codes)}
    with store.reading() as reader:
        for code, at in reader.each_last_change():
            row = rows.get(code)
            if row is not None:
                days[row] = at.astimezone(timezone).date().toordinal()
    for code, look in snapshot.looks.items():
        row = rows.get(code)
        if row is not None:
            days[row] = max(days[row], look.on.toordinal())
    return days


def _changed(day: int) -> str:
    return f"<lastmod>{date.fromordinal(day).isoformat()}</lastmod>" if day else ""
