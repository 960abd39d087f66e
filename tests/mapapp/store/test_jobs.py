"""The queue of jobs: claimed by one worker at a time, fenced by its lease, forgotten in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from mapapp.settings import Settings
from mapapp.store import (
    AlreadyUsed,
    Job,
    JobDraft,
    JobError,
    JobResult,
    JobState,
    JobWriter,
    LeaseLost,
    Progress,
    Store,
    UnknownJob,
    Upload,
)
from tests.mapapp.store import other_process_jobs
from tests.mapapp.store.other_process import AT_ONCE_COUNT
from tests.mapapp.store.station_writing import NOW
from tests.patience import PATIENCE_S

LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=5)
WRONG = JobError("wrong", "不对。", "Wrong.")


@contextmanager
def queue(store: Store) -> Iterator[JobWriter]:
    with store.writing("command", at=NOW) as writer:
        yield writer.jobs


def added(store: Store, *, max_attempts: int = 3, kind: str = "count") -> Job:
    draft = JobDraft(kind=kind, parameters={"to": 3}, created_by="li", account_id=7, max_attempts=max_attempts)
    with queue(store) as jobs:
        return jobs.add(draft, NOW)


def claimed(store: Store, worker: str = "a", *, at: datetime = NOW) -> Job:
    with queue(store) as jobs:
        job = jobs.claim(["count"], worker, at, LEASE)
    assert job is not None
    return job


def now_of(store: Store, job: Job) -> Job:
    with store.reading() as reader:
        return reader.jobs.get(job.id)


def test_a_new_job_waits_with_what_it_was_asked_for(store: Store) -> None:
    job = added(store)

    assert (job.state, job.attempts, job.parameters, job.created_by) == (JobState.QUEUED, 0, {"to": 3}, "li")
    assert now_of(store, job) == job


def test_the_oldest_job_is_claimed_first_and_only_once(store: Store) -> None:
    first, second = added(store), added(store)

    assert [claimed(store).id, claimed(store).id] == [first.id, second.id]
    with queue(store) as jobs:
        assert jobs.claim(["count"], "a", NOW, LEASE) is None
        assert not jobs.any_claimable(["count"], NOW)


def test_a_worker_takes_only_kinds_it_knows(store: Store) -> None:
    added(store, kind="fly")

    with queue(store) as jobs:
        assert jobs.claim(["count"], "a", NOW, LEASE) is None


def test_workers_that_claim_at_once_never_get_the_same_job(
    store: Store, settings: Settings, processes: ProcessPoolExecutor
) -> None:
    for _ in range(12):
        added(store)

    started = [processes.submit(other_process_jobs.claim_all, settings.database_url) for _ in range(AT_ONCE_COUNT)]

    taken = [number for each in started for number in each.result(timeout=PATIENCE_S)]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 12


def test_a_heartbeat_renews_the_lease_and_tells_of_progress(store: Store) -> None:
    added(store)
    job = claimed(store)

    with queue(store) as jobs:
        was_cancelled = jobs.beat(job.lease, NOW, LATER, Progress("counting", 200, 900))

    assert not was_cancelled
    after = now_of(store, job)
    assert (after.lease_until, after.progress) == (LATER, Progress("counting", 200, 900))


def test_a_job_of_a_vanished_worker_is_claimed_again(store: Store) -> None:
    added(store)
    before = claimed(store, "a")

    after = claimed(store, "b", at=LATER)

    assert (after.id, after.attempts, after.worker) == (before.id, 2, "b")


def test_a_clock_that_was_set_back_keeps_no_job_waiting(store: Store) -> None:
    """By an hour, after one job was asked for and another begun by a worker that has vanished."""
    begun, waiting = added(store), added(store)
    assert claimed(store, "a").id == begun.id
    earlier = NOW - timedelta(hours=1)

    taken = [claimed(store, "b", at=earlier).id for _ in range(2)]

    assert taken == [begun.id, waiting.id]
    assert now_of(store, begun).attempts == 2


def test_clocks_that_differ_by_a_little_leave_a_job_with_its_worker(store: Store) -> None:
    job = added(store)
    claimed(store, "a", at=NOW + timedelta(minutes=4))

    with queue(store) as jobs:
        assert jobs.claim(["count"], "b", NOW, LEASE) is None

    assert now_of(store, job).worker == "a"


def test_whoever_lost_the_lease_can_write_nothing_any_more(store: Store) -> None:
    added(store)
    lost = claimed(store, "a").lease
    claimed(store, "b", at=LATER)

    writes: list[Callable[[JobWriter], object]] = [
        lambda jobs: jobs.hold(lost),
        lambda jobs: jobs.beat(lost, NOW, LATER, Progress()),
        lambda jobs: jobs.finish(lost, {}, NOW),
        lambda jobs: jobs.fail(lost, WRONG, NOW),
        lambda jobs: jobs.give_back(lost, NOW),
        lambda jobs: jobs.stop(lost, NOW),
    ]
    for write in writes:
        with pytest.raises(LeaseLost), queue(store) as jobs:
            write(jobs)


def test_a_job_whose_workers_keep_vanishing_fails_and_says_why(store: Store) -> None:
    job = added(store, max_attempts=2)
    claimed(store, "a")
    claimed(store, "b", at=LATER)

    with queue(store) as jobs:
        assert jobs.claim(["count"], "c", LATER + LEASE, LEASE) is None

    after = now_of(store, job)
    assert (after.state, after.attempts) == (JobState.FAILED, 2)
    assert after.error is not None
    assert after.error.code == "worker_lost"


def test_a_finished_job_keeps_its_result(store: Store) -> None:
    added(store)
    job = claimed(store)

    with queue(store) as jobs:
        jobs.finish(job.lease, {"counted": 3}, LATER)

    after = now_of(store, job)
    assert (after.state, after.result, after.finished_at, after.worker) == (JobState.DONE, {"counted": 3}, LATER, None)


def test_a_failed_attempt_is_repeated_later_until_there_were_enough(store: Store) -> None:
    added(store, max_attempts=2)
    job = claimed(store)

    with queue(store) as jobs:
        assert jobs.fail(job.lease, WRONG, NOW, retry_at=LATER) is JobState.QUEUED
        assert jobs.claim(["count"], "a", NOW, LEASE) is None
    second = claimed(store, at=LATER)
    with queue(store) as jobs:
        assert jobs.fail(second.lease, WRONG, LATER, retry_at=LATER) is JobState.FAILED

    assert now_of(store, job).error == WRONG


def test_a_job_given_back_has_not_been_tried(store: Store) -> None:
    added(store)
    job = claimed(store)

    with queue(store) as jobs:
        jobs.give_back(job.lease, NOW)

    assert (now_of(store, job).state, now_of(store, job).attempts) == (JobState.QUEUED, 0)


def test_a_waiting_job_is_cancelled_at_once(store: Store) -> None:
    job = added(store)

    with queue(store) as jobs:
        assert jobs.ask_cancel(job.id, NOW).state is JobState.CANCELLED


def test_a_running_job_is_told_that_it_is_to_be_cancelled(store: Store) -> None:
    added(store)
    job = claimed(store)

    with queue(store) as jobs:
        assert jobs.ask_cancel(job.id, NOW).state is JobState.RUNNING
        assert jobs.beat(job.lease, NOW, LATER, Progress())
        jobs.stop(job.lease, NOW)

    assert now_of(store, job).state is JobState.CANCELLED


def test_a_job_to_be_cancelled_is_not_begun_again_when_its_worker_vanishes(store: Store) -> None:
    job = added(store)
    claimed(store)

    with queue(store) as jobs:
        jobs.ask_cancel(job.id, NOW)
        assert jobs.claim(["count"], "b", LATER, LEASE) is None

    assert now_of(store, job).state is JobState.CANCELLED


def test_a_job_that_ended_cannot_be_cancelled(store: Store) -> None:
    added(store)
    job = claimed(store)

    with queue(store) as jobs:
        jobs.finish(job.lease, {}, NOW)
        assert jobs.ask_cancel(job.id, NOW).state is JobState.DONE
        with pytest.raises(UnknownJob):
            jobs.ask_cancel(job.id + 1, NOW)


def test_results_are_counted_by_topic_and_read_page_by_page(store: Store) -> None:
    job = added(store)
    results = [JobResult(number, "odd" if number % 2 else "even", {"n": number}, number + 1) for number in range(1, 8)]

    with queue(store) as jobs:
        jobs.add_results(job.id, results)

    with store.reading() as reader:
        assert reader.jobs.result_counts(job.id) == {"odd": 4, "even": 3}
        assert reader.jobs.results(job.id, topics=["odd"], offset=1, limit=2) == (results[2], results[4])


def test_a_result_is_used_once(store: Store) -> None:
    job = added(store)

    with queue(store) as jobs:
        jobs.use(job.id, 77)
    with pytest.raises(AlreadyUsed), queue(store) as jobs:
        jobs.use(job.id, 78)


def test_old_jobs_are_forgotten_with_their_results(store: Store) -> None:
    added(store)
    old = claimed(store)
    waiting = added(store)
    with queue(store) as jobs:
        jobs.add_results(old.id, [JobResult(1, "odd", {})])
        jobs.finish(old.lease, {}, NOW)

    with queue(store) as jobs:
        assert jobs.delete_old(NOW) == 0
        assert jobs.delete_old(LATER) == 1

    with store.reading() as reader:
        assert reader.jobs.find(old.id) is None
        assert reader.jobs.result_counts(old.id) == {}
        assert reader.jobs.latest() == (waiting,)


def test_jobs_are_no_part_of_the_data_revision(store: Store) -> None:
    added(store)

    assert store.data_revision() == 0


def test_an_upload_is_found_by_its_name_and_forgotten_in_time(store: Store) -> None:
    upload = Upload(
        token="ab" * 16,
        file_name="名单.xlsx",
        file_kind="xlsx",
        size_bytes=9,
        sha256="0" * 64,
        sent_by="li",
        account_id=None,
        sent_at=NOW,
    )
    with store.writing("form") as writer:
        writer.uploads.add(upload)

    with store.reading() as reader:
        assert reader.uploads.find(upload.token) == upload
        assert reader.uploads.find("\0") is None
    with store.writing("form") as writer:
        assert writer.uploads.delete_old(NOW) == frozenset()
        assert writer.uploads.delete_old(LATER) == {upload.token}
        assert writer.uploads.tokens() == frozenset()
