"""``worker``: the process that does jobs beside the web server, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
from datetime import UTC, datetime, timedelta
from types import FrameType

import click

from mapapp.commands.session import Session


@click.command()
@click.option("--once", is_flag=True, help="做完现有任务就结束 / End when nothing is left to do.")
@click.option(
    "--lease",
    "lease_s",
    type=click.FloatRange(min=0.5, max=3600),
    default=30.0,
    show_default=True,
    help="任务多少秒无心跳后由别的进程接手 / Seconds until others take over a job of a worker that vanished.",
)
@click.pass_obj
def worker(session: Session, *, once: bool, lease_s: float) -> None:
    """处理后台任务, 直到收到停止信号 / Do jobs until SIGTERM or SIGINT."""
    # The first job brings pandas along; whoever only asks for help need not wait even for this.
    from mapapp.services.jobs.kinds import KINDS
    from mapapp.services.jobs.run import Workshop
    from mapapp.services.jobs.worker import Worker

    _write_log(session.settings.log_level)
    place = session.place()
    with session.store() as store:
        workshop = Workshop(store, place, session.settings, lambda: datetime.now(UTC))
        at_work = Worker(
            workshop, KINDS, lease=timedelta(seconds=lease_s), on_overtime=lambda lease: _give_up(lease.job_id)
        )

        def stop(_number: int, _frame: FrameType | None) -> None:
            at_work.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if once:
            while at_work.run_one():
                pass
        else:
            at_work.run()


def _write_log(level: str) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("mapapp").setLevel(level)


def _give_up(job_id: int) -> None:
    """A thread that is stuck cannot be stopped; the process can. Whoever started it starts another."""
    logging.getLogger(__name__).error("job %d takes too long: this worker ends", job_id)
    os._exit(70)
