"""The worker: does a job wholly or not at all, goes on after failures, stops when told."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.store import JobState, Lease, StoreBusy, Writer
from tests.mapapp.services.importing.stations import known, stations_of
from tests.mapapp.services.jobs.at_work import Bench, kind_of, nothing
from tests.patience import PATIENCE_S


def adds_a_station(_run: JobRun) -> Effect:
    def effect(writer: Writer) -> Mapping[str, Any]:
        writer.add_station(known(), actor="li", reason="")
        return {"added": 1}

    return effect


def test_a_job_is_done_and_its_result_kept(bench: Bench) -> None:
    bench.kinds = kind_of(adds_a_station)

    job = bench.do("test")

    assert (job.state, job.result, job.attempts) == (JobState.DONE, {"added": 1}, 1)
    assert len(stations_of(bench.store)) == 1


def test_without_jobs_there_is_nothing_to_do_and_nothing_is_written(bench: Bench) -> None:
    assert not bench.worker().run_one()
    assert bench.store.data_revision() == 0


def test_an_effect_that_fails_leaves_nothing_and_is_tried_again(bench: Bench) -> None:
    def work(_run: JobRun) -> Effect:
        def effect(writer: Writer) -> Mapping[str, Any]:
            writer.add_station(known(), actor="li", reason="")
            raise OSError("disk full")

        return effect

    bench.kinds = kind_of(work)

    job = bench.do("test")

    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert stations_of(bench.store) == ()


def test_a_job_that_always_fails_stops_after_its_attempts_and_says_so(bench: Bench) -> None:
    def work(_run: JobRun) -> Effect:
        raise ZeroDivisionError

    bench.kinds = kind_of(work)
    job = bench.ask("test")

    for _ in range(5):
        bench.worker().run_one()
        bench.clock.advance(minutes=5)

    after = bench.look(job)
    assert (after.state, after.attempts) == (JobState.FAILED, 3)
    assert after.error is not None
    assert after.error.code == "crashed"


def test_the_log_of_a_failure_repeats_nothing_of_the_file(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def work(run: JobRun) -> Effect:
        raise ValueError(run.parameters["phone"])

    bench.kinds = kind_of(work)

    with caplog.at_level(logging.DEBUG, "mapapp"):
        bench.do("test", phone="13800138000")

    assert "ValueError" in caplog.text
    assert "13800138000" not in caplog.text


def test_a_refused_job_is_not_tried_again(bench: Bench) -> None:
    def work(_run: JobRun) -> Effect:
        raise JobRefused("no_file", "没有文件。", "No file.")

    bench.kinds = kind_of(work)

    job = bench.do("test")

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error.code, job.error.en) == ("no_file", "No file.")


def test_a_job_can_be_refused_while_it_is_being_written_and_then_nothing_is(bench: Bench) -> None:
    def work(_run: JobRun) -> Effect:
        def effect(writer: Writer) -> Mapping[str, Any]:
            writer.add_station(known(), actor="li", reason="")
            raise JobRefused("too_late", "太晚了。", "Too late.")

        return effect

    bench.kinds = kind_of(work)

    assert bench.do("test").state is JobState.FAILED
    assert stations_of(bench.store) == ()


def test_a_running_job_that_is_cancelled_ends_at_its_next_word(bench: Bench) -> None:
    def work(run: JobRun) -> Effect:
        with bench.store.writing("form") as writer:
            writer.jobs.ask_cancel(run.job.id, bench.clock())
        return until_it_ends(run)

    bench.kinds = kind_of(work)

    assert bench.do("test").state is JobState.CANCELLED


def test_a_job_cancelled_just_before_it_writes_writes_nothing(bench: Bench) -> None:
    def work(run: JobRun) -> Effect:
        with bench.store.writing("form") as writer:
            writer.jobs.ask_cancel(run.job.id, bench.clock())
        return adds_a_station(run)

    bench.kinds = kind_of(work)

    assert bench.do("test").state is JobState.CANCELLED
    assert stations_of(bench.store) == ()


def test_progress_reaches_the_queue_while_the_work_goes_on(bench: Bench) -> None:
    seen = Event()

    def work(run: JobRun) -> Effect:
        run.progress("counting", 200, 900)
        assert seen.wait(PATIENCE_S)
        return nothing

    bench.kinds = kind_of(work)
    job = bench.ask("test")
    thread = Thread(target=bench.worker().run_one)
    thread.start()

    for _ in range(int(PATIENCE_S / 0.05)):
        if bench.look(job).progress.done_count == 200:
            break
        seen.wait(0.05)
    progress = bench.look(job).progress
    seen.set()
    thread.join()

    assert (progress.phase, progress.done_count, progress.total_count) == ("counting", 200, 900)


def test_a_worker_that_lost_its_job_to_another_writes_nothing(bench: Bench) -> None:
    """It was taken for dead: its lease ran out while it stood still."""

    def work(run: JobRun) -> Effect:
        with bench.store.writing("command") as writer:
            other = writer.jobs.claim(["test"], "another", bench.clock() + timedelta(hours=1), timedelta(hours=1))
            assert other is not None
        return adds_a_station(run)

    bench.kinds = kind_of(work)

    job = bench.do("test")

    assert (job.state, job.worker, job.attempts) == (JobState.RUNNING, "another", 2)
    assert stations_of(bench.store) == ()


def test_a_job_whose_database_is_busy_waits_without_losing_an_attempt(bench: Bench) -> None:
    def work(_run: JobRun) -> Effect:
        raise StoreBusy

    bench.kinds = kind_of(work)

    job = bench.do("test")

    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert job.not_before > bench.clock()


def test_a_worker_told_to_stop_gives_its_job_back_and_ends(bench: Bench) -> None:
    begun = Event()

    def work(run: JobRun) -> Effect:
        begun.set()
        return until_it_ends(run)

    bench.kinds = kind_of(work)
    job = bench.ask("test")
    worker = bench.worker()
    thread = Thread(target=worker.run)
    thread.start()
    assert begun.wait(PATIENCE_S)

    worker.stop()
    thread.join(PATIENCE_S)

    assert not thread.is_alive()
    after = bench.look(job)
    assert (after.state, after.attempts) == (JobState.QUEUED, 0)


def test_a_worker_told_to_stop_begins_no_other_job(bench: Bench) -> None:
    """Else it would claim what it has just given back, again and again."""
    bench.kinds = kind_of(lambda _run: nothing)
    job = bench.ask("test")
    worker = bench.worker()
    worker.stop()

    assert not worker.run_one()

    assert bench.look(job).state is JobState.QUEUED


def test_a_worker_outlives_a_database_that_is_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.kinds = kind_of(adds_a_station)
    worker = bench.worker()
    run_one, calls = worker.run_one, []

    def at_first_away() -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("no such host")
        found = run_one()
        worker.stop()
        return found

    monkeypatch.setattr(worker, "run_one", at_first_away)
    monkeypatch.setattr("mapapp.services.jobs.worker._TROUBLE_S", 0.01)
    job = bench.ask("test")

    worker.run()

    assert bench.look(job).state is JobState.DONE


def test_a_job_that_takes_too_long_is_given_up(bench: Bench) -> None:
    given_up: list[Lease] = []
    ticks = [0.0]

    def work(run: JobRun) -> Effect:
        ticks[0] += 61
        return until_it_ends(run)

    bench.kinds = kind_of(work, max_run=timedelta(minutes=1))
    job = bench.ask("test")

    bench.worker(lease=timedelta(seconds=1), on_overtime=given_up.append, ticks=lambda: ticks[0]).run_one()

    assert [lease.job_id for lease in given_up] == [job.id]
    assert bench.look(job).state is JobState.RUNNING


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5), timedelta(days=400)])
def test_a_clock_that_is_set_while_a_job_is_done_ends_no_job(bench: Bench, jump: timedelta) -> None:
    given_up: list[Lease] = []

    def work(run: JobRun) -> Effect:
        bench.clock.advance(seconds=jump.total_seconds())
        pause = Event()
        for number in range(int(PATIENCE_S / 0.01)):
            run.progress("waiting", number)
            lease_until = bench.look(run.job).lease_until
            if lease_until is not None and abs(lease_until - bench.clock()) < timedelta(minutes=1):
                return adds_a_station(run)  # the heartbeat has seen the new time
            pause.wait(0.01)
        raise AssertionError("the lease was not renewed")

    bench.kinds = kind_of(work, max_run=timedelta(minutes=30))
    job = bench.ask("test")

    bench.worker(lease=timedelta(seconds=1), on_overtime=given_up.append).run_one()

    after = bench.look(job)
    assert (after.state, after.attempts, given_up) == (JobState.DONE, 1, [])
    assert len(stations_of(bench.store)) == 1


def test_a_worker_that_takes_a_job_over_at_a_jump_of_the_clock_is_the_only_one_that_writes(bench: Bench) -> None:
    """The lease seems to have run out; the first worker finds out before it writes."""
    stations: list[int] = []

    def work(run: JobRun) -> Effect:
        if run.job.attempts == 1:
            bench.clock.advance(hours=3)
            bench.worker().run_one()
            stations.append(len(stations_of(bench.store)))
        return adds_a_station(run)

    bench.kinds = kind_of(work)
    job = bench.ask("test")

    bench.worker(lease=timedelta(hours=1)).run_one()

    after = bench.look(job)
    assert (after.state, after.attempts, stations) == (JobState.DONE, 2, [1])
    assert len(stations_of(bench.store)) == 1


def test_two_workers_do_every_job_once_between_them(bench: Bench) -> None:
    done: list[int] = []

    def work(run: JobRun) -> Effect:
        def effect(_writer: Writer) -> Mapping[str, Any]:
            done.append(run.job.id)
            return {}

        return effect

    bench.kinds = kind_of(work)
    jobs = [bench.ask("test", number=number) for number in range(12)]

    def until_nothing_is_left() -> None:
        worker = bench.worker()
        while worker.run_one():
            pass

    threads = [Thread(target=until_nothing_is_left) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)

    assert sorted(done) == [job.id for job in jobs]
    assert {bench.look(job).state for job in jobs} == {JobState.DONE}


def test_a_month_after_its_end_a_job_is_forgotten(bench: Bench) -> None:
    bench.kinds = kind_of(lambda _run: nothing)
    job = bench.do("test")
    worker = bench.worker()
    bench.clock.advance(days=31)

    thread = Thread(target=worker.run)
    thread.start()
    for _ in range(int(PATIENCE_S / 0.05)):
        with bench.store.reading() as reader:
            if reader.jobs.find(job.id) is None:
                break
        thread.join(0.05)
    worker.stop()
    thread.join(PATIENCE_S)

    with bench.store.reading() as reader:
        assert reader.jobs.find(job.id) is None


def until_it_ends(run: JobRun) -> Effect:
    """Work that says how far it is, and ends only when it is told to."""
    pause = Event()
    for number in range(int(PATIENCE_S / 0.01)):
        run.progress("waiting", number)
        pause.wait(0.01)
    raise AssertionError("nobody told it to end")
