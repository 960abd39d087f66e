"""Bodies made once: compressed, deterministic, few."""

from __future__ import annotations

import gzip
import threading

import brotli
import pytest

from mapapp.services.payload import Payload, PayloadShelf
from tests.patience import PATIENCE_S


def body(text: str) -> Payload:
    return Payload.of("text/plain", text.encode())


def test_every_encoding_holds_the_same_body() -> None:
    payload = body("驿站" * 1000)

    assert gzip.decompress(payload.gzip) == brotli.decompress(payload.br) == payload.identity
    assert len(payload.gzip) < len(payload.identity)


def test_equal_bodies_are_equal_in_every_byte() -> None:
    first, second = body("驿站"), body("驿站")

    assert (first.gzip, first.br, first.etag) == (second.gzip, second.br, second.etag)


def test_the_etag_is_strong_quoted_and_the_bodys_own() -> None:
    etag = body("驿站").etag

    assert etag.startswith('"')
    assert etag.endswith('"')
    assert etag != body("驿站。").etag


def test_a_payload_is_made_once() -> None:
    shelf = PayloadShelf(4)
    made: list[int] = []

    def make() -> Payload:
        made.append(1)
        return body("驿站")

    assert shelf.get("key", make) is shelf.get("key", make)
    assert made == [1]


def test_threads_that_ask_at_once_share_one_making() -> None:
    shelf = PayloadShelf(4)
    made: list[int] = []
    answers: list[Payload] = []
    gate, finish = threading.Barrier(4), threading.Event()

    def make() -> Payload:
        made.append(1)
        finish.wait(PATIENCE_S)
        return body("驿站")

    def ask() -> None:
        gate.wait(PATIENCE_S)
        answers.append(shelf.get("key", make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    finish.set()
    for thread in threads:
        thread.join()

    assert made == [1]
    assert all(answer is answers[0] for answer in answers)


def test_the_payload_least_recently_asked_for_makes_room() -> None:
    shelf = PayloadShelf(2)
    kept = shelf.get("a", lambda: body("a"))
    dropped = shelf.get("b", lambda: body("b"))
    shelf.get("a", lambda: body("a"))
    shelf.get("c", lambda: body("c"))

    assert len(shelf) == 2
    assert shelf.get("a", lambda: body("a")) is kept
    assert shelf.get("b", lambda: body("b")) is not dropped


def test_a_failed_making_is_tried_again() -> None:
    shelf = PayloadShelf(2)

    def fail() -> Payload:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        shelf.get("key", fail)

    assert shelf.get("key", lambda: body("yes")).identity == b"yes"
