"""The three ways in which nodes form a cluster, as `keycloak/cluster/*.env` declares them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.environment import Command
from scripts.keycloak.folders import DECLARED, HOST, KeycloakProblem

VARIANTS: Final = ("stateless", "jgroups", "dns")
HEADLESS_SERVICE: Final = "keycloak-headless.identity.svc.cluster.local"
# Settings that `kc.sh build` fixes; nodes with the same ones share a built distribution.
_BUILD_OPTIONS: Final = (
    "KC_DB",
    "KC_FEATURES",
    "KC_FEATURES_DISABLED",
    "KC_HEALTH_ENABLED",
    "KC_METRICS_ENABLED",
)
_OPTION_SINCE: Final = (26, 8)


@dataclass(frozen=True)
class Variant:
    """One way, with the settings that all its nodes have."""

    name: str
    settings: dict[str, str]

    @property
    def build_options(self) -> dict[str, str]:
        """The part of the settings that is fixed at build time."""
        return {name: self.settings[name] for name in _BUILD_OPTIONS if name in self.settings}

    def node_settings(self, hosts: Path) -> dict[str, str]:
        """What a node adds to them. `hosts` is the file that plays the name server."""
        if self.name == "dns":
            java = f"-Djgroups.dns.query={HEADLESS_SERVICE} -Djdk.net.hosts.file={hosts}"
            told = "INFO,org.jgroups.protocols.dns:DEBUG"  # what it found under that name
            return {"JAVA_OPTS_APPEND": java, "KC_LOG_LEVEL": told}
        return {}

    def start_command(self, program: Path, node: str, version: str) -> Command:
        """How a node is started. Where each is a cluster by itself, under a name that is new each
        time (docs/adr/0018); deploy/base/keycloak.yaml does the same.
        """
        command: Command = [program, "start", "--optimized"]
        if self.name != "stateless":
            return command
        new = f'{cluster_name_setting(version)}="{node}-$(cat /proc/sys/kernel/random/uuid)"'
        return ["/bin/sh", "-c", f'export {new} && exec "$0" "$@"', *command]

    def jgroups_place(self, number: int, port: int) -> tuple[str, int]:
        """Address and port on which the node of this number (from 1) talks to the others.

        A headless service has an address for each node and one port for all, so in that variant
        each node takes a loopback address of its own (Linux has the whole of 127.0.0.0/8).
        """
        if self.name == "dns":
            return f"127.0.0.{number}", port
        return HOST, port + number


def read_variant(name: str) -> Variant:
    """The variant of this name. Raises KeycloakProblem when there is none."""
    if name not in VARIANTS:
        raise KeycloakProblem(f"CLUSTER must be one of {', '.join(VARIANTS)}, not {name!r}.")
    folder = DECLARED / "cluster"
    settings = read_settings(folder / "common.env") | read_settings(folder / f"{name}.env")
    return Variant(name, settings)


def read_settings(path: Path) -> dict[str, str]:
    """NAME=value lines of a file; what starts with # does not count."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def cluster_name_setting(version: str) -> str:
    """The setting that gives a node a cluster name of its own.

    An option of its own since Keycloak 26.8; before that the one of the provider behind it.
    """
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers >= _OPTION_SINCE:
        return "KC_CACHE_EMBEDDED_CLUSTER_NAME"
    return "KC_SPI_CACHE_EMBEDDED__DEFAULT__CLUSTER_NAME"
