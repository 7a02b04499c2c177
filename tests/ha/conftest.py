"""What the rollouts cost, as a table at the end of a run, and the shop that they are tried on."""

from typing import Final

import pytest

from scripts.environment import ROOT
from tests.identity.figures import Figures

_FIGURES: Final = pytest.StashKey[Figures]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the figures, whether the tests passed or not, and keep them in `var`."""
    figures = config.stash.get(_FIGURES, Figures())
    if lines := figures.lines():
        terminalreporter.section("Rollouts, kills and a database restart under load")
        for line in lines:
            terminalreporter.line(line)
        figures.write(ROOT / "var", "ha")
        terminalreporter.line("The picture: var/ha.svg")


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    """The table, to be added to."""
    return request.config.stash.setdefault(_FIGURES, Figures())
