"""A TCP proxy between the shop and its distributor that breaks connections on purpose.

It follows the messages on a connection just far enough to know where a call begins and ends, so
that each call is counted, and broken with a share that is set. The dice are seeded. Everything runs
on an event loop in a thread of its own.
"""

import asyncio
import contextlib
import random
import re
import socket
import struct
import threading
import time
from collections import Counter as Tally
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

T = TypeVar("T")

HOST: Final = "127.0.0.1"
_LINGER_NONE: Final = struct.pack("ii", 1, 0)
_LENGTH: Final = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3})")
_DRIP_SECONDS: Final = 0.25
_TURN_SECONDS: Final = 0.05  # what was closed is let go of a turn of the loop later
_HEAD_LIMIT: Final = 1 << 20
_DISTRIBUTOR_FAULT: Final = b"switched-on"  # in the words of the sandbox's own faults
_ERRORS: Final = {429, 500, 502, 503, 504}


class Fault(StrEnum):
    """What can be done to a call. The first three happen before the distributor hears of it."""

    RESET_BEFORE = "reset before"
    BLACK_HOLE = "black hole"
    CUT_REQUEST = "request cut"
    RESET_AFTER = "reset after"
    SWALLOW = "answer swallowed"
    DRIP = "answer dripping"
    CUT = "answer cut"
    HALF_CLOSE = "half-closed"


@dataclass(frozen=True)
class Broken:
    """A call that went wrong: how, its path and body, and until when it lasted (UNIX time)."""

    how: str
    about: bytes
    until: float


class FaultProxy:
    """Listens on `port` and passes what it gets to `target`, both on loopback.

    `share` is how many calls are broken (0 to 1), `faults` in which ways; change them at any time.
    `calls` counts all calls that arrived, `broken` lists those that went wrong, here or at the
    distributor.
    """

    def __init__(self, port: int, target: int, *, seed: int, patience: float) -> None:
        """`patience`: an answer that takes more seconds than this counts as broken."""
        self.share = 0.0
        self.faults: Sequence[Fault] = tuple(Fault)
        self.calls = 0
        self.broken: list[Broken] = []
        self.port = port
        self._target, self._patience = target, patience
        self._dice = random.Random(seed)  # noqa: S311 - variety, not secrecy
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy")
        self._listener: socket.socket | None = None
        self._open: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self.accept()

    def stop(self) -> None:
        """Close everything; broken calls end here."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def refuse(self) -> None:
        """Refuse connections from now on; those that are open go on."""
        self._run(self._deafen())

    def accept(self) -> None:
        """Accept connections (again)."""
        self._run(self._listen())

    def tally(self) -> dict[str, int]:
        """How many calls went wrong in which way."""
        return dict(Tally(each.how for each in list(self.broken)))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    # Not asyncio's server: one that is closed while somebody comes in leaves them hanging.
    async def _listen(self) -> None:
        self._listener = socket.create_server((HOST, self.port), backlog=256)
        self._listener.settimeout(0)
        self._loop.add_reader(self._listener, self._welcome, self._listener)

    async def _deafen(self) -> None:
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    async def _close(self) -> None:
        await self._deafen()
        await asyncio.sleep(0)  # whoever came in the very last moment has begun, and is closed, too
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(_TURN_SECONDS)

    def _welcome(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # gone again
            caller, _ = listener.accept()
            task = self._loop.create_task(self._serve(caller))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _serve(self, caller: socket.socket) -> None:
        try:
            line = await asyncio.open_connection(sock=caller, limit=_HEAD_LIMIT)
        except BaseException:
            caller.close()
            raise
        connection = _Connection(*line)
        try:
            while request := await _message(connection.reader):
                self.calls += 1
                how = await self._call(connection, request)
                if how:
                    self.broken.append(Broken(how, request, time.time()))
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # the caller went away
        finally:
            connection.close()

    async def _call(self, connection: "_Connection", request: bytes) -> str:
        """Pass one call on, or break it; how it was broken, empty when it was not."""
        broken = self._dice.random() < self.share
        fault = self._dice.choice(self.faults) if broken else None
        if fault is Fault.RESET_BEFORE:
            return connection.reset(fault)
        if fault is Fault.BLACK_HOLE:
            return await connection.keep_silent(fault)
        begun = time.monotonic()
        try:
            reader, writer = await connection.upstream(self._target)
            writer.write(request[: len(request) // 2] if fault is Fault.CUT_REQUEST else request)
            await writer.drain()
            answer = b"" if fault is Fault.CUT_REQUEST else await _message(reader)
        except OSError:
            answer = b""
        if not answer:
            return connection.reset(fault or "distributor gone")
        if fault is not None:
            return await connection.spoil(answer, fault)
        connection.writer.write(answer)
        await connection.writer.drain()
        return self._judged(answer, time.monotonic() - begun)

    def _judged(self, answer: bytes, seconds: float) -> str:
        status = _STATUS.match(answer)
        if _DISTRIBUTOR_FAULT in answer or (status and int(status[1]) in _ERRORS):
            return f"distributor says {status[1].decode() if status else '?'}"
        return "distributor late" if seconds > self._patience else ""


class _Connection:
    """One caller's connection and, as soon as it is needed, ours to the distributor."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def upstream(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._upstream is None:
            self._upstream = await asyncio.open_connection(HOST, port, limit=_HEAD_LIMIT)
        return self._upstream

    def close(self) -> None:
        self.writer.close()
        if self._upstream is not None:
            self._upstream[1].close()

    def reset(self, how: str) -> str:
        """End it with a TCP reset."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self.writer.transport.abort()
        return how

    async def keep_silent(self, how: str) -> str:
        """Answer nothing until the caller gives up."""
        await self.reader.read()
        return how

    async def spoil(self, answer: bytes, fault: Fault) -> str:
        """Hand the answer over, but not as it should be."""
        if fault is Fault.RESET_AFTER:
            return self.reset(fault)
        if fault is Fault.SWALLOW:
            return await self.keep_silent(fault)
        if fault is Fault.HALF_CLOSE:
            self.writer.write_eof()
            return await self.keep_silent(fault)
        if fault is Fault.CUT:
            body = len(answer.partition(b"\r\n\r\n")[2])
            self.writer.write(answer[: -max(1, body // 2)])
            await self.writer.drain()
            return fault
        gone = asyncio.ensure_future(self.reader.read())
        for byte in answer:
            self.writer.write(bytes([byte]))
            if (await asyncio.wait([gone], timeout=_DRIP_SECONDS))[0]:
                break
        gone.cancel()
        return fault


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One whole HTTP message with its length in the head; empty when there is no more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return head + await reader.readexactly(int(length[1]) if length else 0)
    except asyncio.IncompleteReadError:
        return b""
