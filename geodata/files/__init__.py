"""Lists of stations in the files people have: CSV, XLSX, GeoJSON, GeoPackage.

``read_station_sheet`` is the one way in. It reads the format into a table (``delimited``, ``spreadsheet``,
``geojson``, ``geopackage``), finds the headings (``headers``), reads each row into a ``StationDraft`` or into
the reasons it cannot be one (``row_reader``), and settles the coordinate system (``crs_choice``). What to
do with the drafts (match, update, save) is the application's business.
"""

from geodata.files.crs_choice import CRS_NAMES, CrsChoice, CrsReason, OtherCrs, looks_like_another
from geodata.files.drafts import StationDraft
from geodata.files.hours_cells import HOURS_DOUBTED, HOURS_UNREAD
from geodata.files.messages import Message, RowProblem
from geodata.files.services_cell import ServicesGiven
from geodata.files.station_sheet import StationSheet, read_station_sheet
from geodata.files.table import FileKind

__all__ = [
    "CRS_NAMES",
    "HOURS_DOUBTED",
    "HOURS_UNREAD",
    "CrsChoice",
    "CrsReason",
    "FileKind",
    "Message",
    "OtherCrs",
    "RowProblem",
    "ServicesGiven",
    "StationDraft",
    "StationSheet",
    "looks_like_another",
    "read_station_sheet",
]
