"""`python -m sandbox`: start the sandbox distributor and say where it is."""

import argparse
import os
from datetime import datetime
from pathlib import Path

from sandbox import clock
from sandbox.app import create_app
from sandbox.config import CLIENT, Config
from sandbox.personality import PERSONALITIES
from sandbox.server import Server
from sandbox.store import Store


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--state", type=Path, default=Path("sandbox.sqlite3"))
    parser.add_argument("--personality", choices=sorted(PERSONALITIES), default="plain")
    parser.add_argument("--capabilities", choices=("full", "basic"), default="full")
    parser.add_argument("--clock", type=clock.moment_of, help="set its clock to this ISO time")
    return parser.parse_args()


def main() -> None:
    """Serve until a signal ends it."""
    given = arguments()
    config = Config(
        state=given.state,
        personality=PERSONALITIES[given.personality],
        basic=given.capabilities == "basic",
        client=(
            os.getenv("SANDBOX_CLIENT_ID", CLIENT[0]),
            os.getenv("SANDBOX_CLIENT_SECRET", CLIENT[1]),
        ),
    )
    config.state.parent.mkdir(parents=True, exist_ok=True)
    if given.clock is not None:
        _set_clock(config, given.clock)
    base = f"http://{given.host}:{given.port}"
    announcement = f"Sandbox distributor ({given.personality}) at {base}, books at {base}/"
    Server(lambda: create_app(config), f"{given.host}:{given.port}", announcement).run()


def _set_clock(config: Config, moment: datetime) -> None:
    store = Store(config.state)
    with store.write() as connection:
        clock.set_clock(connection, moment, frozen=False)
    store.close()


if __name__ == "__main__":
    main()
