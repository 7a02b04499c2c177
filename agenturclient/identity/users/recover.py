"""Recovery of changes: whatever a request left open is brought to its end.

Any number of workers may run it; each takes a change over by its lease and writes under its fence.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agenturclient.identity.users import journal
from agenturclient.identity.users.acts import carry_out
from agenturclient.kernel.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.identity.directory.port import Directory
    from agenturclient.kernel.clock import Clock

logger = logging.getLogger(__name__)

_BATCH: Final = 20


@dataclass(frozen=True)
class ChangeRecovery:
    """One worker's tools; the process that calls it again and again is in `ops`."""

    directory: Directory
    clock: Clock

    def run_once(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Take up what is due. Returns how many changes were taken up.

        One by one, with `stopping` asked in between: a worker holds none that it has not begun.
        """
        for taken_up in range(_BATCH):
            leases = () if stopping() else journal.claim(now=self.clock.now(), limit=1)
            if not leases:
                return taken_up
            try:
                carry_out(leases[0], directory=self.directory, clock=self.clock)
            except Refusal as refusal:  # it has been recorded; there is nobody here to tell
                facts = {"change": leases[0].change, "code": refusal.code}
                logger.info("change failed", extra=facts)
        return _BATCH
