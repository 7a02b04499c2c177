"""`python -m tests.simulation`: run seeds, or tell one of them again."""

from __future__ import annotations

import argparse
import logging
import os
import sys

import django


def main() -> int:
    """0 when everything held, 1 when something did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many (default 2000)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--processes", type=int, default=2, help="how many at once (default 2)")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after this long")
    parser.add_argument("--replay", type=int, metavar="SEED", help="tell this seed's story")
    parser.add_argument("--without", metavar="GUARD", help="take a guard away: see mutations.py")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    logging.disable(logging.ERROR)
    if arguments.replay is not None:
        return _replay(arguments.replay)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    if arguments.without is not None:
        return _mutate(arguments.without, seeds)
    return _run(seeds, processes=arguments.processes, minutes=arguments.minutes)


def _replay(seed: int) -> int:
    from tests.simulation.runner import tell_stories  # noqa: PLC0415 - needs Django set up

    (verdict,) = tell_stories(range(seed, seed + 1))
    _print(*verdict.story, *(f"VIOLATION: {problem}" for problem in verdict.problems))
    return 1 if verdict.problems else 0


def _mutate(guard: str, seeds: range) -> int:
    from tests.simulation.mutations import MUTATIONS  # noqa: PLC0415 - needs Django set up
    from tests.simulation.runner import tell_stories  # noqa: PLC0415 - needs Django set up

    (mutation,) = [each for each in MUTATIONS if each.name == guard]
    for count, verdict in enumerate(tell_stories(seeds, mutation), start=1):
        if verdict.problems:
            _print(*verdict.story, f"without {guard}: noticed after {count} seeds")
            return 0
    _print(f"without {guard}: nobody noticed in {len(seeds)} seeds")
    return 1


def _run(seeds: range, *, processes: int, minutes: float) -> int:
    from tests.simulation.runner import Tally, run  # noqa: PLC0415 - needs Django set up

    tally, told = Tally(), 0
    for tally in run(seeds, processes=processes, minutes=minutes):
        for verdict in tally.failed[told:]:
            _print(f"seed {verdict.seed}: {'; '.join(verdict.problems)}")
        told = len(tally.failed)
    _print(str(tally))
    if tally.failed:
        _print(f"again: python -m tests.simulation --replay {tally.failed[0].seed}")
    return 1 if tally.failed or not tally.seeds else 0


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
