"""What a PDF made by WeasyPrint holds: its pages, their words, and the shapes that are filled."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

_STREAM: Final = re.compile(rb"(?s)(\d+) 0 obj\s*<<(.*?)>>\s*stream\r?\n(.*?)\r?\nendstream")
_GLYPHS: Final = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9a-f]+)>")
_PAIR: Final = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF, taken apart."""

    objects: dict[int, bytes]
    streams: dict[int, bytes]

    @classmethod
    def of(cls, pdf: bytes) -> Printed:
        """Take it apart."""
        streams: dict[int, bytes] = {}
        objects: dict[int, bytes] = {}
        for number, head, body in _STREAM.findall(pdf):
            streams[int(number)] = content = zlib.decompress(body) if b"FlateDecode" in head else body
            if b"/ObjStm" in head:
                objects |= _packed(content, int(re.findall(rb"/First (\d+)", head)[0]))
        return cls(objects, streams)

    @property
    def pages(self) -> list[bytes]:
        """The drawing of each page."""
        heads = [body for body in self.objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
        return [self.streams[_reference(head, b"Contents")] for head in heads]

    @property
    def page_sizes_mm(self) -> set[tuple[int, int]]:
        """Width and height of the pages."""
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", b"".join(self.objects.values()))
        return {(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in boxes}

    @property
    def embedded_font_count(self) -> int:
        """How many fonts' shapes are in the file."""
        return sum(bool(re.search(rb"/FontFile", body)) for body in self.objects.values())

    def text(self, page: bytes) -> str:
        """The words of a page, as a reader would copy them."""
        meanings, font, words = self._meanings(), b"", ""
        for name, glyphs in _GLYPHS.findall(page):
            font = name or font
            for start in range(0, len(glyphs), 4):
                words += meanings[font].get(glyphs[start : start + 4], "")
        return words

    def _meanings(self) -> dict[bytes, dict[bytes, str]]:
        """What each glyph of each font stands for."""
        known = {}
        for name, number in re.findall(rb"/(\w+) (\d+) 0 R", b"".join(self.objects.values())):
            font = self.objects.get(int(number), b"")
            if b"/ToUnicode" not in font:
                continue
            to_unicode = self.streams[_reference(font, b"ToUnicode")]
            known[name] = {
                glyph: bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in _PAIR.findall(to_unicode)
            }
        return known

    def black_runs(self, page: bytes) -> list[tuple[float, float, float]]:
        """The black runs of a QR code, as left edge, top edge and width, in the units of their picture."""
        black = page[page.index(b"\n0 0 0 rg\n") :]
        shapes = re.findall(rb"([\d.]+) ([\d.]+) m\n([\d.]+) [\d.]+ l\n", black[: black.index(b"\nf\n")])
        return [(float(left), float(top), float(right) - float(left)) for left, top, right in shapes]


def _packed(content: bytes, first: int) -> dict[int, bytes]:
    """The objects of an object stream: numbers and places come before them."""
    numbers = [int(word) for word in content[:first].split()]
    starts = [*numbers[1::2], len(content)]
    return {number: content[first + starts[row] : first + starts[row + 1]] for row, number in enumerate(numbers[::2])}


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found
    return int(found[1])
