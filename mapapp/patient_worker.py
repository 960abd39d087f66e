"""The web server's worker: no visitor holds a thread by being slow.

gunicorn's threaded worker gives a connection a thread before its request is there, and lets the thread wait.
A handful of visitors who send a byte now and then would so stop the service. This one waits for them in
the event loop, which costs a descriptor each:

- A request gets a thread when its head is there, and its body too if that is short. Until then it is looked
  at without being taken (``MSG_PEEK``), and the system wakes us only when there is more (``SO_RCVLOWAT``).
- What cannot be waited for so (a longer body or head, one in chunks, one that waits to be asked for) is read by
  a thread, at a pace; at most half of the threads do so, and the connection ends with the answer, read or not.
- An answer is written at a pace; then the connection is closed without waiting for the other side.
- A worker that is told to end stops listening at once, and answers whom it has let in.

Behind a proxy that takes requests in whole, all this hardly ever happens (docs/security.md).
"""

from __future__ import annotations

import errno
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

PEEKED_BYTES: Final = 16 * 1024
"""What is waited for in the event loop: a head, and a body where both fit."""
_SENT_AT_ONCE_BYTES: Final = 64 * 1024
_MOST_DRAINED_BYTES: Final = 64 * 1024
_CONTENT_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*(?=\r\n)", re.IGNORECASE)
_LENGTH_UNKNOWN: Final = re.compile(
    rb"\r\n(?:transfer-encoding|expect|content-length(?!:[ \t]*[0-9]{1,15}[ \t]*\r\n))", re.IGNORECASE
)
"""A body in chunks, one that comes when it is asked for, and a length that we do not read as the server might."""
_COME_BACK: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\n\r\n"
)
_AND_NOTHING_ELSE: Final = b"\r\nContent-Length: 0\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"


def bytes_to_wait_for(seen: bytes) -> int:
    """How many bytes of a request have to be there before a thread is given to it; 0 if they are."""
    total = total_length(seen)
    return total if total is not None and len(seen) < total else 0


def total_length(seen: bytes) -> int | None:
    """How long a request is, or at least is; None if that is more than can be looked at, or cannot be known.

    Whoever reads such a request may have to wait for it.
    """
    head_end = seen.find(b"\r\n\r\n")
    if head_end < 0:
        return None if len(seen) >= PEEKED_BYTES else len(seen) + 1
    head = seen[: head_end + 2]
    if _LENGTH_UNKNOWN.search(head):
        return None
    found = _CONTENT_LENGTH.search(head)
    total = head_end + 4 + (int(found[1]) if found else 0)
    return total if total <= PEEKED_BYTES else None


def _seen(client: socket.socket) -> bytes | None:
    """What has come and is still to be read; nothing at the end of a connection, None if nothing has come yet."""
    try:
        return client.recv(PEEKED_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""


class PacedSocket(socket.socket):
    """A socket whose blocking calls give up on who is too slow, as if they had gone away."""

    silent_s = 10.0
    """The longest silence."""
    least_bytes_per_s = 4096
    """What is sent to us, or taken from us, has to keep this pace after the first ``silent_s``."""
    _until_s = 0.0

    def begin(self) -> None:
        """Start to count for one request."""
        self._until_s = time.monotonic() + self.silent_s
        self.settimeout(self.silent_s)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """What has come; within the time that is left, if the socket waits at all."""
        if flags or self.gettimeout() == 0:
            return super().recv(bufsize, flags)
        with self._giving_up(min(self.silent_s, self._until_s - time.monotonic())):
            data = super().recv(bufsize)
        self._until_s += len(data) / self.least_bytes_per_s
        return data

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all of it, piece by piece."""
        view = memoryview(data).cast("B")
        for start in range(0, len(view), _SENT_AT_ONCE_BYTES):
            piece = view[start : start + _SENT_AT_ONCE_BYTES]
            with self._giving_up(self.silent_s + len(piece) / self.least_bytes_per_s):
                super().sendall(piece, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file; each piece the system takes within the longest silence."""
        with self._giving_up(self.silent_s):
            return super().sendfile(file, offset, count)

    @contextmanager
    def _giving_up(self, seconds: float) -> Iterator[None]:
        self.settimeout(max(seconds, 0.001))
        try:
            yield
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "too slow") from None


class TerseSocket:
    """Stands before a socket while gunicorn refuses a request, and lets only the status through.

    Its page would repeat what was sent, and has none of our headers.
    """

    def __init__(self, sock: PacedSocket) -> None:
        self._sock = sock

    def gettimeout(self) -> float | None:
        """What the socket waits for."""
        return self._sock.gettimeout()

    def setblocking(self, flag: bool, /) -> None:
        """Whether the socket waits."""
        self._sock.setblocking(flag)

    def sendall(self, data: bytes, /) -> None:
        """Send the first line of it."""
        self._sock.sendall(data.partition(b"\r\n")[0] + _AND_NOTHING_ELSE)


class PatientConnection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection that is closed by the event loop, and knows whether a thread may have to wait for its request."""

    def __init__(self, cfg: Any, sock: PacedSocket, client: Any, server: Any, linger: Callable[[Any], None]) -> None:
        super().__init__(cfg, sock, client, server)
        self._linger = linger
        self.has_long_body = False
        self.seen_count = 0

    def close(self, graceful: bool = False) -> None:
        """Close at once, or let what was sent arrive first."""
        if graceful:
            self._linger(self.sock)
        else:
            super().close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """A threaded worker that waits for slow visitors without a thread."""

    socket_type = PacedSocket
    head_within_s = 10.0
    """How long a request may take to get here, with its body if that is short."""
    linger_s = 2.0

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._lingering: deque[tuple[float, socket.socket]] = deque()
        self._long_bodies_count = 0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse TLS: what is encrypted cannot be looked at beforehand.

        Raises
        ------
        ValueError
            A certificate is configured.
        """
        if cfg.is_ssl:
            raise ValueError("TLS is for the proxy in front (docs/operations.md).")
        super().check_config(cfg, log)

    def accept(self, listener: Any) -> None:
        """Take a connection and wait for its request; the one that waits longest goes if there are too many."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in {errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE}:
                return
            raise
        self.nr_conns += 1
        sock = self.socket_type(fileno=accepted.detach())
        conn = PatientConnection(self.cfg, sock, client, listener.getsockname(), self._let_go)
        self._wait_for_request(conn)
        if self.nr_conns >= self.worker_connections and len(self.pending_conns) > 1:
            self._drop(self.pending_conns.popleft())

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """The next request begins to come on a connection that was kept: mostly all of it is there at once."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        seen = _seen(client)
        if seen and not bytes_to_wait_for(seen):
            self._give_thread(conn, seen)
        elif seen == b"":
            self._drop(conn, registered=False)
        else:
            self._wait_for_request(conn)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Some more of a request has come: a thread takes it if that is enough."""
        seen = _seen(client)
        if seen is None:
            return
        wanted = bytes_to_wait_for(seen) if seen and client.family != socket.AF_UNIX else 0  # there is a proxy of ours
        if wanted and not self._is_at_its_end(conn, seen):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if not seen or wanted:
            self._drop(conn, registered=False)
            return
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self._give_thread(conn, seen)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer, within what the socket allows; after a long body say that we hang up.

        It may have been refused unread: the server would read it to its end to find the next request behind it.
        """
        if conn.has_long_body:
            req.force_close()
        conn.sock.settimeout(conn.sock.silent_s)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse what is no proper request, in a status and no words."""
        super().handle_error(req, TerseSocket(client), addr, exc)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Take the thread back."""
        if conn.has_long_body:
            conn.has_long_body = False
            self._long_bodies_count -= 1
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close what has waited for too long, requests and ends."""
        super().murder_pending()
        while self._lingering and self._lingering[0][0] <= time.monotonic():
            self._close_lingering(self._lingering[0])

    def _cap_keepalive(self, deadline: float) -> None:
        """On the way out: take nobody on any more, and wait no longer than this for requests that are not there yet."""
        self._stop_listening()
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _stop_listening(self) -> None:
        """Take on whom the system has let in for us already, and close the door.

        A door that stands open with nobody behind it lets visitors in who then wait for nothing, until the last request
        under way is done. When only this process ends, the others have the same door.
        """
        for listener in self.sockets:
            before = -1
            while before < self.nr_conns < self.worker_connections:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A connection is kept unless a second request came before the first was answered: nobody needs that."""
        return bool(super()._keepalive_after(conn, keepalive)) and not conn.parser.unreader.buf.getvalue()

    def _wait_for_request(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        conn.data_ready = True  # no thread shall wait for the first byte
        conn.seen_count = 0
        conn.timeout = time.monotonic() + self.head_within_s
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _give_thread(self, conn: Any, seen: bytes) -> None:
        if total_length(seen) is None:
            if self._long_bodies_count >= max(1, self.cfg.threads // 2):
                with suppress(OSError):
                    conn.sock.send(_COME_BACK)
                self.nr_conns -= 1
                conn.close(graceful=True)
                return
            conn.has_long_body = True
            self._long_bodies_count += 1
        conn.sock.begin()
        self.enqueue_req(conn)

    @staticmethod
    def _is_at_its_end(conn: Any, seen: bytes) -> bool:
        """Woken although nothing more has come: the other side has ended what it sends."""
        is_at_end = bool(len(seen) == conn.seen_count)
        conn.seen_count = len(seen)
        return is_at_end

    def _drop(self, conn: Any, *, registered: bool = True) -> None:
        if registered:
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _let_go(self, sock: socket.socket) -> None:
        """End what we send; close when the other side has, or after a while."""
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
            if len(self._lingering) >= self.worker_connections:
                self._close_lingering(self._lingering[0])
            entry = (time.monotonic() + self.linger_s, sock)
            self.poller.register(sock, EVENT_READ, lambda _sock: self._drain(entry))
            self._lingering.append(entry)
        except (OSError, KeyError, ValueError):
            sock.close()

    def _drain(self, entry: tuple[float, socket.socket]) -> None:
        """Throw away what still comes; closing with it unread would take back what was sent."""
        try:
            more = entry[1].recv(_MOST_DRAINED_BYTES)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self._close_lingering(entry)

    def _close_lingering(self, entry: tuple[float, socket.socket]) -> None:
        self._lingering.remove(entry)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(entry[1])
        entry[1].close()
