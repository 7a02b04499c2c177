"""What containers are told: every variable is one that its program reads; secrets come as files.

That the program starts with them is a test of its own: `test_environment.py`.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from tests.deploy.policies.installation import Installation, Workload
from tests.deploy.policies.rendering import Object

_FILE: Final = "_FILE"
_SECRET_FILE: Final = re.compile(r"/run/secrets/[\w./-]+")
# Keycloak reads these from its environment only.
_ONLY_IN_ENVIRONMENT: Final = {"KC_DB_PASSWORD", "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET"}
_KEYCLOAKS: Final = re.compile(r"KC_|JAVA_OPTS_(KC_HEAP|APPEND)$")
_HASH: Final = re.compile(r"-[a-z0-9]{10}$")


def every_variable_is_known(installation: Installation) -> list[str]:
    """A name that nobody reads is a slip, or a setting that is gone."""
    return [
        f"{workload.where}: {name} is read by nobody"
        for workload in installation.workloads
        for container in workload.containers
        for name in installation.environment(container)
        if name not in _known(installation, container)
    ]


def _known(installation: Installation, container: Object) -> AbstractSet[str]:
    words = [*container.get("command", []), *container.get("args", [])]
    if "keycloak.applier" in words:
        return installation.program.realm
    if words[:1] == ["python"]:
        return installation.program.defaults.keys()
    return {name for name in installation.environment(container) if _KEYCLOAKS.match(name)}


def secrets_come_as_files(installation: Installation) -> list[str]:
    """Not in the environment, which every child process and every error report carries along."""
    found = []
    for workload in installation.workloads:
        for container in workload.containers:
            told = installation.environment(container)
            found += [
                f"{workload.where}: {name} stands in the environment"
                for name in told
                if name + _FILE in _known(installation, container) and told[name]
            ]
            found += [
                f"{workload.where}: {each['name']} comes from a secret, not from a file"
                for each in container.get("env", [])
                if "secretKeyRef" in each.get("valueFrom", {})
                and each["name"] not in _ONLY_IN_ENVIRONMENT
            ]
            found += [
                f"{workload.where}: all of a secret stands in the environment"
                for each in container.get("envFrom", [])
                if "secretRef" in each
            ]
    return found


def named_files_are_there(installation: Installation) -> list[str]:
    """A secret's file that a variable names lies in a secret that the container mounts there."""
    return [
        f"{workload.where}: {name}: nothing is mounted at {path}"
        for workload in installation.workloads
        for container in workload.containers
        for name, value in installation.environment(container).items()
        for path in _SECRET_FILE.findall(value)
        if not _is_mounted(workload, container, path)
    ]


def _is_mounted(workload: Workload, container: Object, path: str) -> bool:
    folder, _, file = path.rpartition("/")
    for mount in container.get("volumeMounts", []):
        if mount["mountPath"] == folder and mount.get("readOnly"):
            for volume in workload.pod.get("volumes", []):
                if volume["name"] == mount["name"] and "secret" in volume:
                    items = volume["secret"].get("items")
                    return items is None or file in {each["path"] for each in items}
    return False


def no_secret_stands_in_the_objects(installation: Installation) -> list[str]:
    """They are made by whoever keeps them; here they are only named."""
    return [
        f"Secret/{each['metadata']['name']}: its content would lie in the repository"
        for each in installation.of("Secret")
    ]


def a_changed_setting_rolls_out(installation: Installation) -> list[str]:
    """ConfigMaps are named after their content: a change is a new pod, and goes back with it."""
    maps = {each["metadata"]["name"] for each in installation.of("ConfigMap")}
    found = [
        f"ConfigMap/{name}: its name does not follow its content"
        for name in sorted(maps)
        if not _HASH.search(name)
    ]
    for workload in installation.workloads:
        found += [
            f"{workload.where}: there is no ConfigMap {name}"
            for name in _maps_of(workload)
            if name not in maps
        ]
    return found


def _maps_of(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                yield source["configMapRef"]["name"]
        for each in container.get("env", []):
            if "configMapKeyRef" in each.get("valueFrom", {}):
                yield each["valueFrom"]["configMapKeyRef"]["name"]
    for volume in workload.pod.get("volumes", []):
        if "configMap" in volume:
            yield volume["configMap"]["name"]
