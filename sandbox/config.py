"""How a sandbox is to behave: everything `create_app` needs to know."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.personality import PLAIN, Personality

CLIENT = ("agenturclient", "sandbox-secret")


@dataclass(frozen=True)
class Config:
    """`basic`: the distributor has only what the standard makes mandatory and answers 501 to the
    rest. `client` is the id and secret that it gives tokens to."""

    state: Path
    personality: Personality = PLAIN
    basic: bool = False
    client: tuple[str, str] = CLIENT
