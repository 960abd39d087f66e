"""XML parts of a workbook, read with a limit to how much of them may be held at once.

An empty element is four bytes in a file, nearly nothing when it is packed, and a hundred bytes in memory; so a file of
half a megabyte can ask for gigabytes. What is let go of row by row is of any length; what is not, is refused.
"""

from __future__ import annotations

from typing import IO, Final

from geodata.errors import UnreadableFile

MOST_TAGS_HELD: Final = 250_000
"""Of one row: sixteen thousand cells, the most there are, of fifteen tags each."""
MOST_BYTES_HELD: Final = 4 * 1024 * 1024
"""The parser goes through one that has no end again with every piece it is given."""
MOST_TAGS_AT_ONCE: Final = 2_000_000
"""Of all sheets while somebody waits for a page: five hundred rows of two hundred cells are a quarter of it."""
_TAG: Final = b"<"


class TagsLeft:
    """How many more tags of a workbook may be read; shared by its sheets."""

    def __init__(self, count: int | None) -> None:
        self._count = count

    def take(self, count: int) -> None:
        """Count tags as read; raises UnreadableFile when there were too many."""
        if self._count is None:
            return
        self._count -= count
        if self._count < 0:
            raise too_much_at_once()


class ThriftyXml:
    """A part as its parser reads it, piece by piece. ``let_go`` says that what was read so far is not held any more."""

    def __init__(self, source: IO[bytes], left: TagsLeft | None = None) -> None:
        self._source = source
        self._left = left or TagsLeft(None)
        self._tags_held = self._bytes_held = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises UnreadableFile when too much is held."""
        chunk = self._source.read(size)
        tag_count = chunk.count(_TAG)
        self._tags_held += tag_count
        self._bytes_held += len(chunk)
        if self._tags_held > MOST_TAGS_HELD or self._bytes_held > MOST_BYTES_HELD:
            raise too_much_at_once()
        self._left.take(tag_count)
        return chunk

    def let_go(self) -> None:
        """Begin to count anew."""
        self._tags_held = self._bytes_held = 0


def too_much_at_once() -> UnreadableFile:
    """The refusal of a workbook with more in one place than any list needs."""
    return UnreadableFile(
        "The workbook holds far more cells or formatting in one place than a list of stations. Copy the rows into a "
        "new workbook and send that.",
        "工作簿里某处的单元格或格式远多于一份站点表。请把站点行复制到一个新的工作簿，另存后再上传。",
    )
