"""The report as PDF, by WeasyPrint: A4, with embedded fonts, nothing fetched from anywhere."""

from __future__ import annotations

from geodata.places import Place
from mapapp.services.planning_report.content import Report
from mapapp.services.planning_report.page import paper_page
from mapapp.services.planning_report.pictures import pictures
from mapapp.services.posters.pdf import drawn_pdf


def report_pdf(report: Report, place: Place) -> bytes:
    """The report on pages of A4.

    Raises
    ------
    PdfUnavailable, PicturesUnavailable
        Pango or a Chinese font is not installed.
    """
    return drawn_pdf(paper_page(report, place, dict(pictures(report, place))), holds_pictures=True)
