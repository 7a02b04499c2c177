"""The command lines of the processes of a shop, as every local run and test starts them.

Each is to be started in the folder of the tree whose code it is to run.
"""

from pathlib import Path
from typing import Final

from scripts.environment import PYTHON, Command

MANAGE: Final[Command] = [PYTHON, "manage.py"]
_GUNICORN: Final[Command] = [
    *(PYTHON, "-m", "gunicorn"),
    *("--config", "python:agenturclient.ops.gunicorn_config"),
]
WEB: Final[Command] = [*_GUNICORN, "agenturclient.wsgi:application"]
FILL_SHELF: Final[Command] = [PYTHON, "-m", "agenturclient.ops.assets"]
ASSETS: Final[Command] = [*_GUNICORN, "agenturclient.ops.assets_server"]
RECOVER: Final[Command] = [*MANAGE, "recover"]


def sandbox(state: Path, port: int, personality: str) -> Command:
    """The pretend distributor; what it knew before it was killed, it knows again."""
    command: Command = [PYTHON, "-m", "sandbox", "--port", str(port)]
    return [*command, "--state", state, "--personality", personality]
