"""The kinds of jobs there are. What they need (pandas, for one) is imported when the first one runs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mapapp.services.jobs.run import Effect, JobKind, JobRun
from mapapp.store import Origin

IMPORT_PLAN: Final = "import_plan"
IMPORT_COMMIT: Final = "import_commit"
UNDO_BATCH: Final = "undo_batch"
MAKE_POSTERS: Final = "make_posters"
MAKE_EXPORT: Final = "make_export"
MAKE_CORRECTED_SHEET: Final = "make_corrected_sheet"
DEMAND_CHECK: Final = "demand_check"
DEMAND_SAVE: Final = "demand_save"
ANALYSE_COVERAGE: Final = "analyse_coverage"
MAKE_PLANNING_REPORT: Final = "make_planning_report"
PLAN_INTERVENTIONS: Final = "plan_interventions"


def _plan(run: JobRun) -> Effect:
    from mapapp.services.importing.plan_job import plan_work

    return plan_work(run)


def _commit(run: JobRun) -> Effect:
    from mapapp.services.importing.commit_job import commit_work

    return commit_work(run)


def _undo(run: JobRun) -> Effect:
    from mapapp.services.importing.undo_job import undo_work

    return undo_work(run)


def _export(run: JobRun) -> Effect:
    from mapapp.services.exporting.jobs import export_work

    return export_work(run)


def _corrected_sheet(run: JobRun) -> Effect:
    from mapapp.services.exporting.jobs import corrected_sheet_work

    return corrected_sheet_work(run)


def _posters(run: JobRun) -> Effect:
    from mapapp.services.posters.job import posters_work

    return posters_work(run)


def _planning_report(run: JobRun) -> Effect:
    from mapapp.services.planning_report.job import report_work

    return report_work(run)


def _demand_check(run: JobRun) -> Effect:
    from mapapp.services.demand.jobs import check_work

    return check_work(run)


def _demand_save(run: JobRun) -> Effect:
    from mapapp.services.demand.jobs import save_work

    return save_work(run)


def _plan_interventions(run: JobRun) -> Effect:
    from mapapp.services.planning.siting_job import plan_work

    return plan_work(run)


def _analyse(run: JobRun) -> Effect:
    from mapapp.services.planning.job import analyse_work

    return analyse_work(run)


KINDS: Final[Mapping[str, JobKind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            JobKind(IMPORT_PLAN, Origin.IMPORT, _plan),
            JobKind(IMPORT_COMMIT, Origin.IMPORT, _commit),
            JobKind(UNDO_BATCH, Origin.IMPORT, _undo),
            JobKind(MAKE_POSTERS, Origin.FORM, _posters),
            JobKind(MAKE_EXPORT, Origin.FORM, _export),
            JobKind(MAKE_CORRECTED_SHEET, Origin.IMPORT, _corrected_sheet),
            JobKind(DEMAND_CHECK, Origin.IMPORT, _demand_check),
            JobKind(DEMAND_SAVE, Origin.IMPORT, _demand_save),
            JobKind(ANALYSE_COVERAGE, Origin.FORM, _analyse),
            JobKind(MAKE_PLANNING_REPORT, Origin.FORM, _planning_report),
            JobKind(PLAN_INTERVENTIONS, Origin.FORM, _plan_interventions),
        )
    }
)
