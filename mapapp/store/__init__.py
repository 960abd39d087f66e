"""Where stations, their history, holidays and demand are kept: SQLAlchemy on SQLite, or PostgreSQL with PostGIS.

Values of ``geodata`` go in and come out; rows never leave this package. All access is by
transaction: ``with store.reading() as reader`` and ``with store.writing(origin) as writer``.
"""

from mapapp.store.batches import PreparedStation, prepared_addition, prepared_change
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
from mapapp.store.job_rows import JobReader, JobWriter
from mapapp.store.jobs import (
    AlreadyUsed,
    Job,
    JobDraft,
    JobError,
    JobResult,
    JobState,
    Lease,
    LeaseLost,
    Progress,
    UnknownJob,
    Upload,
)
from mapapp.store.reader import Reader
from mapapp.store.report_rows import Deletions, ReportReader, ReportWriter
from mapapp.store.revisions import DataAction, DataEvent, Origin, Revision
from mapapp.store.station_pages import StationRow, StationSort, StationsQuestion
from mapapp.store.store import Store
from mapapp.store.writer import Writer

__all__ = [
    "AlreadyUsed",
    "CodeTaken",
    "DataAction",
    "DataEvent",
    "Deletions",
    "Job",
    "JobDraft",
    "JobError",
    "JobReader",
    "JobResult",
    "JobState",
    "JobWriter",
    "Lease",
    "LeaseLost",
    "MixedSampleAndReal",
    "Origin",
    "PreparedStation",
    "Progress",
    "Reader",
    "ReportReader",
    "ReportWriter",
    "Revision",
    "StaleVersion",
    "StationRow",
    "StationSort",
    "StationsQuestion",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreUnusable",
    "UnknownJob",
    "UnknownStation",
    "UnstorableText",
    "Upload",
    "Writer",
    "prepared_addition",
    "prepared_change",
]
