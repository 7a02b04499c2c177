"""Scenarios that end with a problem, by its code: `test_problems` plays them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.browser import Answer, Browser
    from tests.api.conftest import Shop

    Scenario = Callable[[Shop, Browser], Answer]

SCENARIOS: dict[str, tuple[int, dict[str, object], Scenario]] = {}
"""Code -> status, facts (`...` where the value is not known beforehand), and how to get there."""


def tells(code: str, status: int, **facts: object) -> Callable[[Scenario], Scenario]:
    """Note that the function below ends with this problem."""

    def noted(scenario: Scenario) -> Scenario:
        SCENARIOS[code] = (status, facts, scenario)
        return scenario

    return noted
