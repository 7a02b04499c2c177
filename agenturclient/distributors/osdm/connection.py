"""One OSDM distributor, as its methods need it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.distributors import outcome
from agenturclient.distributors.osdm.addresses import Addresses
from agenturclient.distributors.osdm.capabilities import Capabilities
from agenturclient.distributors.osdm.client import OsdmClient
from agenturclient.distributors.osdm.config import Operations
from agenturclient.distributors.osdm.wire import Unreadable
from agenturclient.kernel.money import CurrencyMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agenturclient.distributors.osdm.config import OsdmConfig
    from agenturclient.outbound.guard import Guard


@dataclass(frozen=True)
class Connection:
    """Everything that a call needs."""

    config: OsdmConfig
    client: OsdmClient
    at: Addresses
    operations: Operations
    capabilities: Capabilities

    @classmethod
    def to(cls, config: OsdmConfig, guard: Guard) -> Connection:
        """Nothing is sent before the first call."""
        capabilities = Capabilities(config.missing, honours_keys=config.honours_keys)
        return cls(
            config=config,
            client=OsdmClient(config, guard, capabilities),
            at=Addresses(config.modules),
            operations=Operations(config.deadlines),
            capabilities=capabilities,
        )


@contextmanager
def usable(*, writes: bool) -> Iterator[None]:
    """What is read inside has to make sense; a success that does not is one of the port's failures:
    in doubt after a write.
    """
    try:
        yield
    except (Unreadable, CurrencyMismatch) as failure:
        raise outcome.unreadable(str(failure), writes=writes) from failure
