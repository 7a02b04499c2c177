"""What a container may do on its node and in the cluster: as little as it can work with.

Rules: the pod security standard `restricted`, and reliability.md 8.1.
"""

import re
from typing import Final

from tests.deploy.policies.installation import Installation, Workload
from tests.deploy.policies.rendering import Object

# Above any user of a node, so that a way out of a container leads to nobody's files.
_LOWEST_USER: Final = 10001
_LEVEL: Final = "pod-security.kubernetes.io/enforce"
_IMAGES: Final = {"agenturclient", "agenturclient-keycloak"}
_LAST: Final = "last"  # gives the files of the release before
_VOLUMES: Final = {"emptyDir", "secret", "configMap"}


def namespace_is_restricted(installation: Installation) -> list[str]:
    """The cluster itself refuses a pod that asks for more than `restricted`."""
    return [
        f"Namespace/{each['metadata']['name']}: {_LEVEL} is not restricted"
        for each in installation.of("Namespace")
        if each["metadata"].get("labels", {}).get(_LEVEL) != "restricted"
    ] or ([] if installation.of("Namespace") else ["there is no namespace"])


def pods_run_as_nobody(installation: Installation) -> list[str]:
    """A user of its own that is not root, and the runtime's own filter of system calls."""
    found = []
    for workload in installation.workloads:
        context = workload.pod.get("securityContext", {})
        if context.get("runAsNonRoot") is not True:
            found.append(f"{workload.where}: runAsNonRoot is not true")
        if context.get("runAsUser", 0) < _LOWEST_USER:
            found.append(f"{workload.where}: runAsUser is below {_LOWEST_USER}")
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            found.append(f"{workload.where}: seccompProfile is not RuntimeDefault")
    return found


def containers_have_no_powers(installation: Installation) -> list[str]:
    """No capability, no way to more rights, nothing that a container changes about itself."""
    return [
        f"{workload.where}: container {container['name']}: {wrong}"
        for workload in installation.workloads
        for container in workload.containers
        for wrong in _powers(container.get("securityContext", {}))
    ]


def _powers(context: Object) -> list[str]:
    wrong = []
    if context.get("privileged"):
        wrong.append("is privileged")
    if context.get("allowPrivilegeEscalation") is not False:
        wrong.append("allowPrivilegeEscalation is not false")
    if context.get("capabilities") != {"drop": ["ALL"]}:
        wrong.append("keeps capabilities")
    if context.get("readOnlyRootFilesystem") is not True:
        wrong.append("readOnlyRootFilesystem is not true")
    wrong += [
        f"overrides the pod's {name}"
        for name in ("runAsUser", "runAsNonRoot", "procMount")
        if name in context
    ]
    return wrong


def pods_stay_off_the_node(installation: Installation) -> list[str]:
    """Not the node's network, processes, files or ports; what it writes has a limit."""
    found = []
    for workload in installation.workloads:
        found += [
            f"{workload.where}: {name}"
            for name in ("hostNetwork", "hostPID", "hostIPC")
            if workload.pod.get(name)
        ]
        for volume in workload.pod.get("volumes", []):
            found += [
                f"{workload.where}: volume {volume['name']} is a {kind}"
                for kind in volume.keys() - _VOLUMES - {"name"}
            ]
            if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
                found.append(f"{workload.where}: volume {volume['name']} has no sizeLimit")
        for container in workload.containers:
            if any("hostPort" in port for port in container.get("ports", [])):
                found.append(f"{workload.where}: container {container['name']} has a hostPort")
    return found


def each_has_an_account_without_a_token(installation: Installation) -> list[str]:
    """Its own service account, so that a right given to one is nobody else's; and no key to it."""
    found, taken = [], dict[str, str]()
    accounts = {each["metadata"]["name"]: each for each in installation.of("ServiceAccount")}
    for workload in installation.workloads:
        name = workload.pod.get("serviceAccountName", "default")
        if name not in accounts:
            found.append(f"{workload.where}: its service account {name} is not among the objects")
        elif accounts[name].get("automountServiceAccountToken") is not False:
            found.append(f"ServiceAccount/{name}: hands its token to pods")
        if workload.pod.get("automountServiceAccountToken") is not False:
            found.append(f"{workload.where}: is given a token")
        if name in taken:
            found.append(f"{workload.where}: shares its service account with {taken[name]}")
        taken[name] = workload.where
    return found


def workloads_have_no_rights(installation: Installation) -> list[str]:
    """No role is bound to what runs here, none reads secrets, and none is the cluster's."""
    used = {each.pod.get("serviceAccountName") for each in installation.workloads}
    found = [
        f"{binding['kind']}/{binding['metadata']['name']}: gives rights to the pods of {name}"
        for binding in (*installation.of("RoleBinding"), *installation.of("ClusterRoleBinding"))
        for name in (subject["name"] for subject in binding.get("subjects", []))
        if name in used or name == "default"
    ]
    for kind in ("ClusterRole", "ClusterRoleBinding"):
        found += [
            f"{kind}/{each['metadata']['name']}: reaches beyond the namespace"
            for each in installation.of(kind)
        ]
    for role in installation.of("Role"):
        for rule in role["rules"]:
            reach = {*rule.get("resources", []), *rule["verbs"]}
            if reach & {
                "*",
                "secrets",
                "pods/exec",
                "pods/attach",
                "impersonate",
                "escalate",
                "bind",
            }:
                found.append(f"Role/{role['metadata']['name']}: reaches too far with {rule}")
    return found


def images_are_those_of_the_release(installation: Installation) -> list[str]:
    """The program's and Keycloak's, one release of each, whose digests a release writes here.

    `deploy/rollout` refuses an image that is named by tag.
    """
    found, releases = [], dict[str, set[str]]()
    for workload in installation.workloads:
        for container in workload.containers:
            place, _, name = container["image"].rpartition("/")
            image = re.split(r"[:@]", name)[0]
            if not place or image not in _IMAGES:
                found.append(f"{workload.where}: {container['image']} is no image of a release")
            elif container["name"] != _LAST:
                releases.setdefault(image, set()).add(container["image"])
    return found + [
        f"{image} is of {len(each)} releases at once: {', '.join(sorted(each))}"
        for image, each in sorted(releases.items())
        if len(each) > 1
    ]


def resources_are_stated(installation: Installation) -> list[str]:
    """CPU is asked for and not limited; memory is asked for and limited to the same."""
    return [
        f"{workload.where}: container {container['name']}: {wrong}"
        for workload in installation.workloads
        for container in workload.containers
        for wrong in _resources(container)
    ]


def _resources(container: Object) -> list[str]:
    resources = container.get("resources", {})
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    wrong = [f"asks for no {name}" for name in ("cpu", "memory") if name not in requests]
    if limits.get("memory") != requests.get("memory"):
        wrong.append("its limit of memory is not what it asks for")
    if "cpu" in limits:
        wrong.append("its CPU is limited: it would be stopped in the middle of a sale")
    return wrong


def secrets_cannot_be_written(installation: Installation) -> list[str]:
    """What is mounted is mounted read-only, except folders that end with the pod."""
    return [
        f"{workload.where}: container {container['name']} could write to {mount['mountPath']}"
        for workload in installation.workloads
        for container in workload.containers
        for mount in container.get("volumeMounts", [])
        if not mount.get("readOnly") and _is_kept(workload, mount["name"])
    ]


def _is_kept(workload: Workload, volume: str) -> bool:
    return any(
        each["name"] == volume and "emptyDir" not in each
        for each in workload.pod.get("volumes", [])
    )
