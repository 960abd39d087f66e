"""On whose behalf a job is done: looked up again whenever it matters, for rights may have gone meanwhile."""

from __future__ import annotations

from dataclasses import replace

from mapapp.services.jobs.run import JobRefused
from mapapp.services.rights import COMMAND_LINE, Actor, Right, may
from mapapp.store import Job, Reader


def actor_of(reader: Reader, job: Job, right: Right) -> Actor:
    """Who asked for the job, with the rights of this moment.

    Raises
    ------
    JobRefused
        The account is gone or disabled, or has no longer the right.
    """
    if job.account_id is None:
        return replace(COMMAND_LINE, name=job.created_by)
    account = reader.accounts.find(job.account_id)
    if account is None or account.is_disabled:
        raise JobRefused(
            "account_gone",
            "发起这项任务的账号已停用，没有保存任何内容。",
            "The account that asked for this is disabled; nothing was saved.",
        )
    actor = Actor.of_account(account)
    if not may(actor, right):
        raise JobRefused(
            "not_allowed",
            "发起这项任务的账号已没有这项权限，没有保存任何内容。",
            "The account that asked for this may not do it any more; nothing was saved.",
        )
    return actor
