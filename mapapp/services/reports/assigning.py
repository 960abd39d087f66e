"""Use case: a report is given to somebody who answers reports of its district, or to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from geodata.reports.report import Report
from mapapp.services.reports.cases import InvalidMove, answerable_report, note_step, require_seen
from mapapp.services.rights import Actor, may_answer
from mapapp.store import Origin, Reader, Store
from mapapp.store.accounts import Account

ASSIGNED: Final = "assigned"
"""The action of such a step; its detail is the colleague's name, or nothing."""


def assign_report(
    store: Store,
    tracking: str,
    account_id: int | None,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
) -> Report:
    """Give a report to a colleague, to oneself or, with None, to nobody. Again to the same is no step.

    Raises
    ------
    UnknownReport
        No report has that code.
    InvalidMove
        That account does not answer reports of its district, or the report repeats another.
    Forbidden
        The actor does not answer reports of its district.
    StaleReport
        Somebody did something with it since ``expected_version``.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        found = answerable_report(writer, actor, tracking)
        report, case = found.report, found.case
        if account_id != case.assignee_id:
            require_seen(report, expected_version)
        if case.main is not None:
            raise InvalidMove("It repeats another report: assign that one.", "repeats_another")
        name = ""
        if account_id is not None:
            colleague = {each.id: each for each in colleagues(writer, found.district_code)}.get(account_id)
            if colleague is None:
                raise InvalidMove("Nobody with that account answers reports of this district.", "no_such_colleague")
            name = colleague.name
        if account_id == case.assignee_id:
            return report
        writer.reports.keep_case(report.tracking, replace(case, assignee_id=account_id))
        return note_step(writer, report, ASSIGNED, name, actor, now)


def colleagues(reader: Reader, district_code: str | None) -> tuple[Account, ...]:
    """The accounts in use that answer reports of that district, by name."""
    return tuple(
        account
        for account in reader.accounts.all()
        if not account.is_disabled and may_answer(Actor.of_account(account), district_code)
    )
