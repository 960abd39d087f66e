"""What the server under test runs: the service's worker in a hurry and without any, and an application that needs no database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from mapapp.patient_worker import PacedSocket, PatientWorker
from tests.patience import PATIENCE_S

LARGE_BYTES = 64 * 1024 * 1024
"""More than the system keeps for somebody who does not read."""


class HastySocket(PacedSocket):
    """Gives up after half a second."""

    silent_s = 0.5
    least_bytes_per_s = 64 * 1024 * 1024


class HastyWorker(PatientWorker):
    """Waits half a second for a request."""

    socket_type = HastySocket
    head_within_s = 0.5


class EndlessSocket(PacedSocket):
    """Never gives up while a test lasts."""

    silent_s = 10 * PATIENCE_S


class EndlessWorker(PatientWorker):
    """Waits for a request longer than any test does: whoever is answered beside slow visitors did not wait for them."""

    socket_type = EndlessSocket
    head_within_s = 10 * PATIENCE_S


def who(_environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Say which process answers, in an answer of several pieces."""
    headers = [("Content-Type", "text/plain"), ("Content-Length", "100000"), ("X-Process", str(os.getpid()))]
    start_response("200 OK", headers)
    return [b"x" * 50_000, b"x" * 50_000]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Say how long the body was, and on ``/large`` very much else; on ``/unread`` leave the body where it is."""
    read_count = len(environ["wsgi.input"].read()) if environ["PATH_INFO"] != "/unread" else 0
    answer = b"x" * LARGE_BYTES if environ["PATH_INFO"] == "/large" else str(read_count).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
