"""Who runs next, and what time it is: processes without threads, on a virtual clock.

Each process is a greenlet. It may be interrupted before every database statement outside a
transaction (also before BEGIN) and at both ends of every remote call: there the scheduler lets
others run, kills it, or freezes it for longer than its lease. Transactions run in one piece, as
they do under SQLite's IMMEDIATE lock. Time moves only when nobody can run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from greenlet import greenlet  # type: ignore[import-untyped]  # it ships no type information

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

# A frozen process wakes when others are taking over what it held, or long after that (s).
_FROZEN_SECONDS = ((18.0, 40.0), (34.0, 75.0), (34.0, 240.0))


class Killed(BaseException):
    """The process is gone: nothing below `except Exception` may catch it."""


@dataclass
class Chaos:
    """Chances per interruption point that the process dies, freezes or lets another one run.

    At the ends of a remote call they are `at_calls` times as high.
    """

    crash: float = 0.0
    freeze: float = 0.0
    switch: float = 0.3
    at_calls: float = 1.0

    def calm(self) -> None:
        """The faults stop; processes still take turns."""
        self.crash = self.freeze = 0.0


@dataclass(eq=False)
class Process:
    """Something that runs beside others. Only a `mortal` one is interrupted.

    `wake` is when it can go on; `ended` is called with whether it died; one that was `frozen` may
    have lost its leases.
    """

    name: str
    wake: datetime
    mortal: bool
    ended: Callable[[bool], None]
    body: Any = None
    frozen: bool = False


@dataclass
class Scheduler:
    """The clock (`agenturclient.kernel.clock.Clock`) and the processes that live by it."""

    random: Random
    moment: datetime
    chaos: Chaos
    story: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    current: Process | None = None
    closed: bool = False
    _main: Any = field(default_factory=greenlet.getcurrent)
    _dead: list[Process] = field(default_factory=list)

    def now(self) -> datetime:
        """The virtual moment."""
        return self.moment

    def tell(self, line: str) -> None:
        """Add a line to the story."""
        who = self.current.name if self.current else "-"
        self.story.append(f"{self.moment:%H:%M:%S.%f} {who}: {line}")

    def blame(self, problem: str) -> None:
        """An invariant does not hold."""
        self.tell(f"VIOLATION {problem}")
        self.problems.append(problem)

    def spawn(
        self,
        name: str,
        work: Callable[[], None],
        *,
        after: float = 0.0,
        mortal: bool = True,
        ended: Callable[[bool], None] = lambda _died: None,
    ) -> Process:
        """Start a process `after` some seconds."""
        process = Process(name, self.moment + timedelta(seconds=after), mortal, ended)
        process.body = greenlet(lambda: self._live(process, work), parent=self._main)
        self.processes.append(process)
        return process

    def interrupt(self, *, at_call: bool = False) -> None:
        """A point between two steps of a process: others may run, it may die or freeze here."""
        if self.closed:
            raise Killed
        process = self.current
        if process is None or not process.mortal or connection.in_atomic_block:
            return
        weight = self.chaos.at_calls if at_call else 1.0
        crash, freeze = weight * self.chaos.crash, weight * self.chaos.freeze
        roll = self.random.random()
        if roll < crash:
            self._die(process)
        elif roll < crash + freeze:
            seconds = self.random.uniform(*self.random.choice(_FROZEN_SECONDS))
            process.frozen = True
            self.tell(f"frozen for {seconds:.0f} s")
            self.sleep(seconds)
        elif roll < crash + freeze + self.chaos.switch:
            self.sleep(0)

    def sleep(self, seconds: float) -> None:
        """Let the present process wait; others run meanwhile."""
        if self.current is not None:
            self.current.wake = self.moment + timedelta(seconds=seconds)
            self._main.switch()

    def wake(self, process: Process, *, after: float = 0.0) -> None:
        """End a process's wait early."""
        process.wake = min(process.wake, self.moment + timedelta(seconds=after))

    def run(self, *, until: Callable[[], bool], limit: datetime) -> None:
        """Let processes run until the condition holds, nobody is left, or the limit is reached."""
        while self.processes and not until() and not self.problems:
            ready = [process for process in self.processes if process.wake <= self.moment]
            if not ready:
                self.moment = min(process.wake for process in self.processes)
                if self.moment > limit:
                    return
                continue
            self._resume(ready[0] if len(ready) == 1 else self.random.choice(ready))

    def close(self) -> None:
        """Let go of every process, so that none of them writes into the next story."""
        self.closed, self.current = True, None
        for process in [*self.processes, *self._dead]:
            if process.body:
                process.body.throw(Killed)
        self.processes.clear()
        self._dead.clear()

    def _resume(self, process: Process) -> None:
        self.current = process
        process.body.switch()
        self.current = None
        if process.body.dead and process in self.processes:
            self.processes.remove(process)
            process.ended(False)  # noqa: FBT003 - the callback's only argument

    def _die(self, process: Process) -> None:
        """Leave the body where it is: a killed process runs no `finally`."""
        self.tell("killed")
        self.processes.remove(process)
        self._dead.append(process)
        process.ended(True)  # noqa: FBT003 - the callback's only argument
        self._main.switch()

    def _live(self, process: Process, work: Callable[[], None]) -> None:
        try:
            work()
        except Killed:
            return
        except Exception as error:  # noqa: BLE001 - whatever escapes is what the simulator looks for
            self.blame(f"{process.name} broke: {type(error).__name__} {error}")
