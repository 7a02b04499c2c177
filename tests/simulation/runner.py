"""Many seeds, on one process or several; a failing one is printed and can be told again."""

from __future__ import annotations

import gc
import multiprocessing
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.mutations import NOTHING, Mutation
from tests.simulation.stages import make_stages
from tests.simulation.store import open_store
from tests.simulation.world import Theatre, Verdict, tell_story

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 50
# Reference cycles are collected between stories, not within them.
_COLLECT_EVERY = 25


@dataclass
class Tally:
    """What a run came to."""

    seeds: int = 0
    seconds: float = 0.0
    failed: list[Verdict] = field(default_factory=list)

    def __str__(self) -> str:
        rate = self.seeds / self.seconds if self.seconds else 0.0
        return (
            f"{self.seeds} seeds in {self.seconds:.0f} s ({rate:.0f}/s), "
            f"{len(self.failed)} with a violation"
        )


def tell_stories(seeds: range, mutation: Mutation = NOTHING) -> Iterator[Verdict]:
    """The stories of these seeds, in a database of their own, with all guards or without one."""
    with open_theatre(mutation) as theatre:
        yield from tell_in(theatre, seeds)


@contextmanager
def open_theatre(mutation: Mutation = NOTHING) -> Iterator[Theatre]:
    """A database with the stages that stories begin on; takes about two seconds."""
    with open_store() as store, mutation.inside():
        stages = make_stages(store)
        gc.collect()
        gc.freeze()
        try:
            yield Theatre(store, stages, mutation.line, mutation.focus)
        finally:
            gc.unfreeze()


def tell_in(theatre: Theatre, seeds: range) -> Iterator[Verdict]:
    """The stories of these seeds, one after another."""
    for number, seed in enumerate(seeds):
        gc.disable()
        try:
            verdict = tell_story(seed, theatre)
        finally:
            gc.enable()
        yield verdict
        if number % _COLLECT_EVERY == 0:
            gc.collect()


def run(seeds: range, *, processes: int, minutes: float) -> Iterator[Tally]:
    """Run them all, as long as the time allows; a tally after each chunk, the last one is final."""
    tally, began = Tally(), time.monotonic()
    chunks = [seeds[start : start + _CHUNK] for start in range(0, len(seeds), _CHUNK)]
    with multiprocessing.get_context("fork").Pool(processes, _open_in_process) as pool:
        for count, failed in pool.imap_unordered(_tell_chunk, chunks):
            tally.seeds += count
            tally.failed += failed
            tally.seconds = time.monotonic() - began
            yield tally
            if tally.seconds > minutes * 60:
                return


_in_process = ExitStack()
_opened: list[Theatre] = []


def _open_in_process() -> None:
    _opened.append(_in_process.enter_context(open_theatre()))


def _tell_chunk(seeds: range) -> tuple[int, list[Verdict]]:
    verdicts = list(tell_in(_opened[0], seeds))
    return len(verdicts), [verdict for verdict in verdicts if verdict.problems]
