"""Posters for the doors of stations: what stands on one, as a page to print, as PDF and as SVG."""

from mapapp.services.posters.documents import poster_page, poster_svg, svg_archive
from mapapp.services.posters.pdf import PdfUnavailable, poster_pdf
from mapapp.services.posters.poster import Poster, poster_of

__all__ = ["PdfUnavailable", "Poster", "poster_of", "poster_page", "poster_pdf", "poster_svg", "svg_archive"]
