"""What the rollouts cost, as a table at the end of a run, and the shop that they are tried on."""

import pytest

from tests.figures import Figures, figures_at_the_end


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    """The table, to be added to."""
    return figures_at_the_end(
        request.config, "Rollouts, kills and a database restart under load", "ha", Figures()
    )
