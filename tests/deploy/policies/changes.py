"""Ways to do one thing wrong to a copy of an overlay."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.deploy.policies.installation import Installation
from tests.deploy.policies.rendering import Object

Change = Callable[[Installation], object]


def one(kind: str, name: str, installation: Installation) -> Object:
    """The object of that kind and name."""
    return next(each for each in installation.of(kind) if each["metadata"]["name"] == name)


def at(kind: str, name: str, path: str, value: Any) -> Change:
    """Puts a value where the path leads; a number in it is a place in a list."""

    def change(installation: Installation) -> None:
        *way, last = path.split(".")
        place: Any = one(kind, name, installation)
        for step in way:
            place = place[int(step)] if step.isdecimal() else place.setdefault(step, {})
        place[int(last) if last.isdecimal() else last] = value

    return change


def without(kind: str, name: str, path: str) -> Change:
    """Takes away what the path leads to."""

    def change(installation: Installation) -> None:
        *way, last = path.split(".")
        place: Any = one(kind, name, installation)
        for step in way:
            place = place[int(step)] if step.isdecimal() else place[step]
        del place[int(last) if last.isdecimal() else last]

    return change


def gone(kind: str, name: str) -> Change:
    """Takes the whole object away."""

    def change(installation: Installation) -> None:
        installation.objects.remove(one(kind, name, installation))

    return change


def also(an_object: Object) -> Change:
    """Adds an object."""

    def change(installation: Installation) -> None:
        installation.objects.append(deepcopy(an_object))

    return change


def told(workload: str, variable: str, value: str) -> Change:
    """Gives a container a variable of its own, which wins over its ConfigMap."""

    def change(installation: Installation) -> None:
        container = installation.workload(workload).template["spec"]["containers"][0]
        container.setdefault("env", []).append({"name": variable, "value": value})

    return change


def web(path: str, value: Any) -> Change:
    """Puts a value into what is said of each web pod."""
    return at("Deployment", "web", f"spec.template.spec.{path}", value)


def web_container(path: str, value: Any) -> Change:
    """Puts a value into what is said of its container."""
    return web(f"containers.0.{path}", value)


def without_web(path: str) -> Change:
    """Takes away what is said of each web pod there."""
    return without("Deployment", "web", f"spec.template.spec.{path}")
