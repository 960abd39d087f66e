"""Posters as PDF, by WeasyPrint: vectors and embedded fonts, nothing fetched from anywhere.

WeasyPrint draws with Pango, and Chinese wants a font that has it. Both come with the operating system, so either
may be missing: then `PdfUnavailable` names what to install, and the pages to print are there all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

from PIL import ImageFile

from mapapp.services.posters.documents import poster_page, poster_style
from mapapp.services.posters.poster import Poster

PANGO: Final = "libpango-1.0-0 libpangoft2-1.0-0"
CHINESE_FONT: Final = "fonts-noto-cjk"
_CHINESE: Final = (0x4E00, 0x9FFF)
_one_at_a_time: Final = Lock()
"""A process draws one PDF at a time: the others' requests go on, and the fonts are not shared between threads."""


class PdfUnavailable(RuntimeError):
    """PDFs cannot be made on this machine; ``packages`` are the Debian packages that are missing."""

    def __init__(self, packages: str) -> None:
        super().__init__(f"Making PDFs needs packages that are not installed: {packages}.")
        self.packages = packages


def poster_pdf(posters: Sequence[Poster]) -> bytes:
    """A PDF with a page of A4 for each poster.

    Raises
    ------
    PdfUnavailable
        Pango or a Chinese font is not installed.
    """
    return drawn_pdf(poster_page(posters), poster_style())


def drawn_pdf(page: str, style: str = "", *, holds_pictures: bool = False) -> bytes:
    """A page as PDF; pictures may stand in it as data, nothing is fetched. Raises PdfUnavailable."""
    weasyprint = _weasyprint()
    fetch = weasyprint.urls.URLFetcher(allowed_protocols=("data",)) if holds_pictures else refuse
    html = weasyprint.HTML(string=page, url_fetcher=fetch)
    with _one_at_a_time:
        document = html.render(stylesheets=[weasyprint.CSS(string=style, url_fetcher=fetch)])
        pdf: bytes = document.write_pdf()
    if lacks_glyphs(document):
        raise PdfUnavailable(CHINESE_FONT)
    return pdf


def _weasyprint() -> Any:
    """The library, loaded when it is first needed: it takes a second.

    Loading it lets Pillow take half a picture for a whole one, everywhere in the process. Photos that people
    send are to be refused then, and posters hold no pictures: it is switched back.
    """
    try:
        import weasyprint
    except (OSError, ImportError) as error:
        raise PdfUnavailable(PANGO) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # what a browser knows and it does not is no news
    return weasyprint


def refuse(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """Posters refer to nothing outside themselves."""
    raise ValueError(f"A poster may not fetch {url.partition(':')[0]} addresses.")


def lacks_glyphs(document: Any) -> bool:
    """Whether common Chinese characters had no glyph in any font."""
    missing = (codepoint for font in document.fonts.values() for codepoint in font.missing)
    return any(_CHINESE[0] <= codepoint <= _CHINESE[1] for codepoint in missing)
