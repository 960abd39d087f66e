"""The register as a file, and the empty sheet to fill in."""

from __future__ import annotations

from typing import Final

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.files import CRS_NAMES, FileKind
from geodata.stations.vocabulary import StationKind
from mapapp.services.exporting.files import (
    ExportedFile,
    ExportQuestion,
    empty_sheet,
    export_stations,
    may_export_contacts,
)
from mapapp.services.rights import Forbidden
from mapapp.staff.blueprint import staff
from mapapp.staff.import_view import CRS_HINTS
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

_FORMATS: Final = (
    (FileKind.XLSX, "Excel (.xlsx)"),
    (FileKind.CSV, "CSV (UTF-8)"),
    (FileKind.GEOJSON, "GeoJSON"),
    (FileKind.GEOPACKAGE, "GeoPackage (.gpkg)"),
)
_TEMPLATES: Final = (FileKind.XLSX, FileKind.CSV)


@staff.get("/exports", endpoint="exports")
def show_exports() -> str:
    """The forms for both."""
    language = current_language()
    return render_template(
        "staff/exports.html",
        formats=[(kind.value, name) for kind, name in _FORMATS],
        template_formats=[(kind.value, name) for kind, name in _FORMATS if kind in _TEMPLATES],
        systems=[(crs.value, CRS_NAMES[crs], CRS_HINTS[crs]) for crs in Crs],
        districts=[(unit.code, unit.name(language)) for unit in services().place.units],
        kinds=[(kind.value, kind.label(language)) for kind in StationKind],
        offers_contacts=may_export_contacts(signed_in().actor),
    )


@staff.get("/exports/stations")
def export_file() -> Response:
    """The stations asked for, as a file."""
    asked = request.args
    districts = {unit.code for unit in services().place.units}
    question = ExportQuestion(
        kind=_format(asked.get("format", "")),
        crs=_crs(asked.get("crs", "")),
        language=_language(),
        district_codes=frozenset(asked.getlist("district")) & districts,
        station_kinds=frozenset(kind for kind in StationKind if kind.value in asked.getlist("kind")),
        with_contacts=asked.get("contacts") == "1",
    )
    parts = services()
    try:
        return _download(export_stations(parts.store, parts.place, signed_in().actor, question, parts.now()))
    except Forbidden:
        abort(403)


@staff.get("/exports/template")
def export_template() -> Response:
    """The headings, with nothing below."""
    kind = _format(request.args.get("format", ""))
    if kind not in _TEMPLATES:
        abort(404)
    return _download(empty_sheet(services().place, kind, _crs(request.args.get("crs", "")), _language()))


def _download(file: ExportedFile) -> Response:
    answer = make_response(file.content)
    answer.content_type = file.mime_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def _format(asked: str) -> FileKind:
    return next((kind for kind in FileKind if kind.value == asked), FileKind.XLSX)


def _crs(asked: str) -> Crs:
    return next((crs for crs in Crs if crs.value == asked), Crs.WGS84)


def _language() -> str:
    return "zh" if current_language().startswith("zh") else "en"
