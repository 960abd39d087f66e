"""Sheets of one shape are read as they were read the last time: the same headings, the same columns and system.

A shape is the headings in their order, whatever their case and spaces, without those that a corrected sheet
adds. Only its hash is kept, with what the columns hold: no heading and no cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from geodata.coordinates import Crs
from geodata.files.cells import folded
from mapapp.services.rights import Actor, Right, require
from mapapp.store import Origin, SheetShape, Store

REASON_HEADINGS: Final = ("未导入的原因", "Why this row was refused")
LINE_HEADINGS: Final = ("原表行号", "Line in the first file")
SHAPES_KEPT: Final = timedelta(days=730)
"""After their last use: a yearly list is read as it was the year before."""
_ADDED: Final = frozenset(folded(heading) for heading in (*REASON_HEADINGS, *LINE_HEADINGS))


def shape_of(headings: Sequence[str]) -> str:
    """The hash of a sheet's shape, hex digits."""
    plain = [folded(heading) for heading in headings]
    joined = "\x1f".join(heading for heading in plain if heading not in _ADDED)
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()


def remember(
    store: Store, actor: Actor, headings: Sequence[str], columns: Mapping[int, str], crs: Crs | None, now: datetime
) -> None:
    """Keep how a sheet was read; nothing where the file itself says its system, for that is asked anew each time.

    Raises
    ------
    Forbidden
        The actor may not import stations.
    """
    require(actor, Right.IMPORT_STATIONS)
    if crs is None:
        return
    kept = {str(number): columns.get(index, "") for number, index in enumerate(_own(headings))}
    shape = SheetShape(shape=shape_of(headings), columns=kept, crs=crs.value, used_by=actor.name, used_at=now)
    with store.writing(Origin.FORM, at=now) as writer:
        writer.imports.remember_shape(shape)


def forget_old_shapes(store: Store, now: datetime) -> int:
    """Forget shapes of which no sheet came for two years; how many. Without any nothing is written."""
    before = now - SHAPES_KEPT
    with store.reading() as reader:
        if not reader.imports.old_shape_count(before):
            return 0
    with store.writing(Origin.COMMAND, at=now) as writer:
        return writer.imports.forget_shapes(before)


def remembered(shape: SheetShape, headings: Sequence[str]) -> dict[int, str]:
    """What the columns of a sheet of this shape held the last time, by the number of the column in this sheet."""
    return {index: str(shape.columns.get(str(number), "")) for number, index in enumerate(_own(headings))}


def _own(headings: Sequence[str]) -> list[int]:
    """The columns that a corrected sheet did not add, by their number."""
    return [index for index, heading in enumerate(headings) if folded(heading) not in _ADDED]
