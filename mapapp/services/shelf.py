"""Things made once and kept: by key, bounded, however many threads ask."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Values by key, each made once; the least recently used are dropped.

    Threads that ask for a value while it is being made wait for it; other keys are not held up. With ``weigh`` the
    values together weigh at most ``most_weight``, or there is only the newest.
    """

    def __init__(
        self, capacity: int, *, weigh: Callable[[V], float] | None = None, most_weight: float = math.inf
    ) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._most_weight = most_weight
        self._lock = Lock()
        self._values: OrderedDict[K, Future[V]] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value under ``key``, made by this call if it is the first to ask; a failed try is not kept."""
        with self._lock:
            promise = self._values.get(key)
            is_first = promise is None
            if promise is None:
                promise = self._values[key] = Future()
                while len(self._values) > self._capacity:
                    self._values.popitem(last=False)
            else:
                self._values.move_to_end(key)
        if is_first:
            self._keep_promise(key, promise, make)
        return promise.result()

    def _keep_promise(self, key: K, promise: Future[V], make: Callable[[], V]) -> None:
        try:
            promise.set_result(make())
            self._drop_heavy(key)
        except BaseException as error:
            with self._lock:
                if self._values.get(key) is promise:
                    del self._values[key]
            promise.set_exception(error)

    def _drop_heavy(self, newest: K) -> None:
        if self._weigh is None:
            return
        with self._lock:
            weights = {key: self._weigh(each.result()) for key, each in self._values.items() if each.done()}
            total = sum(weights.values())
            for key, weight in weights.items():
                if total <= self._most_weight:
                    break
                if key != newest:
                    del self._values[key]
                    total -= weight

    def __len__(self) -> int:
        return len(self._values)


class PartShelf:
    """Parts of bodies by key, read without a lock: two threads may make the same one; the oldest are dropped."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._parts: dict[Hashable, bytes] = {}

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The part under ``key``, made if it is not kept."""
        part = self._parts.get(key)
        if part is None:
            part = make()
            with self._lock:
                self._parts[key] = part
                if len(self._parts) > self._capacity:
                    del self._parts[next(iter(self._parts))]
        return part
