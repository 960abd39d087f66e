"""Where stations, their history, holidays and demand are kept: SQLAlchemy on SQLite, or PostgreSQL with PostGIS.

Values of ``geodata`` go in and come out; rows never leave this package. All access is by
transaction: ``with store.reading() as reader`` and ``with store.writing(origin) as writer``.
"""

from mapapp.store.batches import PreparedStation, prepared_addition, prepared_change
from mapapp.store.confirmation_rows import (
    Confirmation,
    ConfirmationMark,
    ConfirmationReader,
    ConfirmationWriter,
    LatestConfirmation,
    VerificationTask,
)
from mapapp.store.data_position import DataPosition
from mapapp.store.demand_rows import LayerCard, LayerSort, LayerSource, StaleLayer
from mapapp.store.engine import PoolLimits, ReadingLimits
from mapapp.store.errors import (
    CodeTaken,
    FilesUnkept,
    MixedSampleAndReal,
    StaleVersion,
    StoreAway,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreUnusable,
    UnknownStation,
    UnstorableText,
)
from mapapp.store.import_rows import RowChoice, SheetShape
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
from mapapp.store.planning_rows import RunCard, RunDraft, RunFindings, RunSort, UnknownRun
from mapapp.store.reader import Reader
from mapapp.store.replica import ReplicaState
from mapapp.store.report_case_rows import CANDIDATE, ReportCase
from mapapp.store.report_pages import ReportRow, ReportSort, ReportsQuestion
from mapapp.store.report_rows import Deadlines, Deletions, ReportReader, ReportWriter
from mapapp.store.revision_bell import RevisionBell
from mapapp.store.revisions import DataAction, DataEvent, Origin, Revision
from mapapp.store.scenario_rows import Scenario, ScenarioDraft, ScenarioSort, StaleScenario, UnknownScenario
from mapapp.store.station_pages import StationRow, StationSort, StationsQuestion
from mapapp.store.store import Store
from mapapp.store.unmet_rows import MonthClosed, UnmetMonth
from mapapp.store.unplaced_rows import AsideRow, UnplacedQuestion
from mapapp.store.writer import Writer

__all__ = [
    "CANDIDATE",
    "AlreadyUsed",
    "AsideRow",
    "CodeTaken",
    "Confirmation",
    "ConfirmationMark",
    "ConfirmationReader",
    "ConfirmationWriter",
    "DataAction",
    "DataEvent",
    "DataPosition",
    "Deadlines",
    "Deletions",
    "FilesUnkept",
    "Job",
    "JobDraft",
    "JobError",
    "JobReader",
    "JobResult",
    "JobState",
    "JobWriter",
    "LatestConfirmation",
    "LayerCard",
    "LayerSort",
    "LayerSource",
    "Lease",
    "LeaseLost",
    "MixedSampleAndReal",
    "MonthClosed",
    "Origin",
    "PoolLimits",
    "PreparedStation",
    "Progress",
    "Reader",
    "ReadingLimits",
    "ReplicaState",
    "ReportCase",
    "ReportReader",
    "ReportRow",
    "ReportSort",
    "ReportWriter",
    "ReportsQuestion",
    "Revision",
    "RevisionBell",
    "RowChoice",
    "RunCard",
    "RunDraft",
    "RunFindings",
    "RunSort",
    "Scenario",
    "ScenarioDraft",
    "ScenarioSort",
    "SheetShape",
    "StaleLayer",
    "StaleScenario",
    "StaleVersion",
    "StationRow",
    "StationSort",
    "StationsQuestion",
    "Store",
    "StoreAway",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoreUnusable",
    "UnknownJob",
    "UnknownRun",
    "UnknownScenario",
    "UnknownStation",
    "UnmetMonth",
    "UnplacedQuestion",
    "UnstorableText",
    "Upload",
    "VerificationTask",
    "Writer",
    "prepared_addition",
    "prepared_change",
]
