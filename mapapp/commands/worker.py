"""``worker``: the process that does jobs beside the web server, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from mapapp.commands.session import Session

if TYPE_CHECKING:
    from mapapp.services.observing.instruments import WorkerInstruments
    from mapapp.settings import Settings
    from mapapp.store import Store


_MARK_EVERY_S: Final = 5.0


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

    _write_log(session.settings)
    place = session.place()
    with session.store() as store, _observed(session, store) as instruments:
        workshop = Workshop(store, place, session.settings, lambda: datetime.now(UTC))
        at_work = Worker(
            workshop,
            KINDS,
            lease=timedelta(seconds=lease_s),
            on_overtime=lambda lease: _give_up(lease.job_id),
            on_attempt=instruments.count_attempt,
            on_round=_marker(session.settings),
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


def _write_log(settings: Settings) -> None:
    from mapapp.services.observing.log_lines import log_handler

    logging.basicConfig(level=logging.WARNING, handlers=[log_handler(settings.log_format)])
    logging.getLogger("mapapp").setLevel(settings.log_level)


def _marker(settings: Settings) -> Callable[[], None]:
    """Marks now and then, in the data directory, that a worker looks for work."""
    from mapapp.services.observing.marks import Mark, set_mark

    marked_s = -_MARK_EVERY_S

    def mark() -> None:
        nonlocal marked_s
        if time.monotonic() - marked_s < _MARK_EVERY_S:
            return
        marked_s = time.monotonic()
        with suppress(OSError):  # a full disk is told of by whoever has something to keep there
            set_mark(settings, Mark.WORKER, datetime.now(UTC))

    return mark


@contextmanager
def _observed(session: Session, store: Store) -> Iterator[WorkerInstruments]:
    """Tell of slow statements, and let Prometheus read this process where the settings name an address."""
    from prometheus_client import CollectorRegistry

    from mapapp.services.observing.exposition import add_process_collectors
    from mapapp.services.observing.instruments import WorkerInstruments
    from mapapp.services.observing.log_lines import log_slow_statement
    from mapapp.services.observing.worker_listener import WorkerListener

    settings, registry = session.settings, CollectorRegistry()
    instruments = WorkerInstruments(registry)
    if settings.slow_statement_ms:

        def tell(statement: str, took_s: float) -> None:
            log_slow_statement(statement, took_s)
            instruments.slow_statements.inc()

        store.watch_statements(settings.slow_statement_ms / 1000, tell)
    address = settings.worker_metrics_address
    if address is None:
        yield instruments
        return
    add_process_collectors(registry)
    try:
        listener = WorkerListener(address, registry, settings.metrics_token)
    except OSError as error:
        text = f"{settings.worker_metrics}: {error.strerror or error}"
        raise session.refuse(f"MAPAPP_WORKER_METRICS 无法监听:{text}", f"Cannot listen on {text}") from error
    try:
        yield instruments
    finally:
        listener.close()


def _give_up(job_id: int) -> None:
    """A thread that is stuck cannot be stopped; the process can. Whoever started it starts another."""
    logging.getLogger(__name__).error("job %d takes too long: this worker ends", job_id)
    os._exit(70)
