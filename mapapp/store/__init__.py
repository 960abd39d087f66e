"""Where stations, their history, holidays and demand are kept: SQLAlchemy on SQLite, or PostgreSQL with PostGIS.

Values of ``geodata`` go in and come out; rows never leave this package. All access is by
transaction: ``with store.reading() as reader`` and ``with store.writing(origin) as writer``.
"""

from mapapp.store.errors import (
    CodeTaken,
    MixedSampleAndReal,
    StaleVersion,
    StoreBusy,
    StoreError,
    StoreUnusable,
    UnknownStation,
    UnstorableText,
)
from mapapp.store.reader import Reader
from mapapp.store.report_rows import Deletions, ReportReader, ReportWriter
from mapapp.store.revisions import DataAction, DataEvent, Origin, Revision
from mapapp.store.store import Store
from mapapp.store.writer import Writer

__all__ = [
    "CodeTaken",
    "DataAction",
    "DataEvent",
    "Deletions",
    "MixedSampleAndReal",
    "Origin",
    "Reader",
    "ReportReader",
    "ReportWriter",
    "Revision",
    "StaleVersion",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreUnusable",
    "UnknownStation",
    "UnstorableText",
    "Writer",
]
