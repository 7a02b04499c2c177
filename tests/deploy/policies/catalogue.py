"""All policies, by module."""

import inspect
from types import ModuleType
from typing import Final

from tests.deploy.policies import (
    availability,
    confinement,
    environment,
    network,
    sizes,
    times,
    way_in,
)
from tests.deploy.policies.installation import Policy

_MODULES: Final = (availability, confinement, environment, network, sizes, times, way_in)


def _policies_of(module: ModuleType) -> list[Policy]:
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["installation"]
    ]


POLICIES: Final[dict[str, Policy]] = {
    function.__name__: function for module in _MODULES for function in _policies_of(module)
}
