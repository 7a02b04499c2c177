"""Fetches the pinned Keycloak through Maven, checks it, and builds it once for a variant."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.environment import FRONTEND, ROOT, Command
from scripts.keycloak.folders import DECLARED, KeycloakProblem, cache, clean_environment
from scripts.keycloak.variants import Variant
from scripts.steps import run_step

_LEAST_JAVA: Final = 17
# Only the first stage of the just-in-time compiler: what runs for minutes starts twice as fast.
QUICK_JAVA: Final = "-XX:TieredStopAtLevel=1"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Distribution:
    """A built Keycloak that any number of nodes can start from."""

    folder: Path
    version: str

    @property
    def program(self) -> Path:
        """Its start script."""
        return self.folder / "bin" / "kc.sh"


def pinned() -> dict[str, str]:
    """The release that this tree runs on, with its checksum."""
    read: dict[str, str] = json.loads((DECLARED / "distribution.json").read_text("utf-8"))
    return read


def build(variant: Variant) -> Distribution:
    """The distribution for a variant: fetched, unpacked and built unless that was done before.

    KEYCLOAK_HOME names an unpacked one to copy instead of fetching it.

    Raises KeycloakProblem.
    """
    need_java()
    home = os.environ.get("KEYCLOAK_HOME", "")
    version = _version_of(Path(home)) if home else pinned()["version"]
    key = json.dumps([version, home, variant.build_options], sort_keys=True)
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    folder = cache() / f"keycloak-{version}-{digest}"
    with (cache() / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time: others wait and find it done
        if not (folder / "built").exists():
            shutil.rmtree(folder, ignore_errors=True)
            lay_out(folder)
            _build(folder, variant)
        _install_themes(folder)
    return Distribution(folder, version)


def lay_out(folder: Path) -> None:
    """The distribution as it is delivered, in a folder that does not exist yet.

    Raises KeycloakProblem.
    """
    if home := os.environ.get("KEYCLOAK_HOME", ""):
        shutil.copytree(home, folder, symlinks=True)
    else:
        _unpack(_fetch(), folder)


def need_java() -> None:
    """Raises KeycloakProblem unless there is a Java that Keycloak runs on."""
    home = os.environ.get("JAVA_HOME", "")
    java = f"{home}/bin/java" if home else "java"
    if shutil.which(java) is None:
        raise KeycloakProblem(
            f"Java is missing: install version {_LEAST_JAVA} or newer,"
            " on Debian and Ubuntu with `apt install openjdk-17-jre-headless`."
        )
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < _LEAST_JAVA:
        raise KeycloakProblem(f"Keycloak needs Java {_LEAST_JAVA} or newer; {java} is older.")


def _version_of(home: Path) -> str:
    told = home / "version.txt"
    found = re.search(r"\d+(\.\d+)+", told.read_text("utf-8")) if told.exists() else None
    if found is None:
        raise KeycloakProblem(f"KEYCLOAK_HOME={home} is not an unpacked Keycloak.")
    return found[0]


def _fetch() -> Path:
    """The archive, from the cache or from Maven Central by way of Maven's own settings."""
    pin = pinned()
    path = cache() / f"{pin['artifact']}-{pin['version']}.{pin['packaging']}"
    if not path.exists():
        if shutil.which("mvn") is None:
            raise KeycloakProblem(
                "Maven is missing, which fetches Keycloak: install it, on Debian and Ubuntu with"
                " `apt install maven`, or set KEYCLOAK_HOME to an unpacked Keycloak."
            )
        coordinates = ":".join(pin[part] for part in ("group", "artifact", "version", "packaging"))
        command: Command = ["mvn", "--quiet", "--batch-mode", "dependency:copy"]
        command += [f"-Dartifact={coordinates}", f"-DoutputDirectory={path.parent}"]
        run_step(f"Keycloak {pin['version']}", command, log=cache() / "maven.log", folder=cache())
    if (found := _sha256(path)) != pin["sha256"]:
        path.unlink()
        raise KeycloakProblem(f"{path.name} is not what was pinned: its SHA-256 is {found}.")
    return path


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(draft, filter="data")
    (top,) = draft.iterdir()
    top.rename(folder)
    draft.rmdir()


def _build(folder: Path, variant: Variant) -> None:
    run_step(
        "Keycloak built",
        [folder / "bin" / "kc.sh", "build"],
        log=cache() / "build.log",
        folder=ROOT,
        environment=clean_environment() | variant.build_options | {"JAVA_OPTS_APPEND": QUICK_JAVA},
    )
    (folder / "built").touch()


def _install_themes(folder: Path) -> None:
    """Our themes in place, with the page's own tokens beside their styles.

    Keycloak keeps compressed copies of their files, and would serve those of an earlier start.
    """
    shutil.rmtree(folder / "data" / "tmp" / "kc-gzip-cache", ignore_errors=True)
    for theme in (DECLARED / "themes").iterdir():
        target = folder / "themes" / theme.name
        shutil.copytree(theme, target, dirs_exist_ok=True)
        shutil.copy(FRONTEND / "src" / "styles" / "tokens.css", target / "login/resources/css")
