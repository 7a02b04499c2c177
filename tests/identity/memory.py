"""How much memory a cluster really takes: of every process, also those that start others."""

from pathlib import Path
from typing import Final

from scripts.keycloak.cluster import Cluster

_KILOBYTES: Final = 1024


def resident_megabytes(cluster: Cluster) -> dict[str, int]:
    """Resident memory in MiB by part; a process is known by its command or its environment."""
    marks = {node.name: f"KC_HTTP_PORT={node.ports.web}\0" for node in cluster.nodes}
    marks["database"] = f"--port={cluster.database.port}\0"
    marks["proxy"] = f"{cluster.folder / 'haproxy.cfg'}\0"
    found = dict.fromkeys(marks, 0)
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            told = _told(process)
            for name, mark in marks.items():
                if mark in told:
                    found[name] += _resident(process)
    return {name: kilobytes // _KILOBYTES for name, kilobytes in found.items()}


def _told(process: Path) -> str:
    try:
        return (process / "cmdline").read_text() + (process / "environ").read_text()
    except (OSError, UnicodeDecodeError):  # it has ended, or is somebody else's
        return ""


def _resident(process: Path) -> int:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
