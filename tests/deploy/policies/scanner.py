"""Runs checkov over rendered objects; `deploy/exceptions.yaml` says which findings stand, and why.

It has an environment of its own, made by `python -m scripts.setup --scanner`, because it pins a
hundred packages. It asks nobody: what it knows comes with it.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from scripts.environment import ROOT, SCANNER
from tests.deploy.policies.rendering import Object

EXCEPTIONS: Final = ROOT / "deploy" / "exceptions.yaml"
_SECONDS: Final = 300
_EVERYTHING: Final = "*"


class ScannerFailed(Exception):
    """The scanner is missing or told nothing that can be read; the text says which."""


@dataclass(frozen=True, order=True)
class Finding:
    """What the scanner holds against an object: `target` is its kind and name."""

    overlay: str
    target: str
    check: str
    title: str

    def __str__(self) -> str:
        return f"{self.overlay}: {self.target}: {self.title} ({self.check})"


@dataclass(frozen=True)
class Known:
    """A finding that stands: its check, the objects (kind and name, or *), and the reason."""

    check: str
    targets: tuple[str, ...]
    why: str

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of this finding."""
        return self.check == finding.check and (
            _EVERYTHING in self.targets or finding.target in self.targets
        )


def known() -> list[Known]:
    """The exceptions as `deploy/exceptions.yaml` lists them."""
    entries = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    return [Known(each["check"], tuple(each["targets"]), each["why"]) for each in entries]


def unexplained(findings: Iterable[Finding], exceptions: Iterable[Known]) -> list[str]:
    """Findings that no exception covers, and exceptions that cover nothing any more."""
    found, stand = sorted(set(findings)), list(exceptions)
    bare = [str(each) for each in found if not any(one.covers(each) for one in stand)]
    idle = [
        f"{EXCEPTIONS.name}: {one.check} is found nowhere any more"
        for one in stand
        if not any(one.covers(each) for each in found)
    ]
    return bare + idle


def findings(rendered: Mapping[str, Iterable[Object]]) -> list[Finding]:
    """All findings in these overlays, by name.

    Raises ScannerFailed.
    """
    with tempfile.TemporaryDirectory(prefix="agenturclient-scan-") as folder:
        for overlay, objects in rendered.items():
            text = yaml.safe_dump_all(list(objects), sort_keys=False)
            Path(folder, f"{overlay}.yaml").write_text(text, encoding="utf-8")
        return [_finding(each) for each in _failed_checks(folder)]


def _finding(entry: Mapping[str, str]) -> Finding:
    """A pod is named after what makes it: Pod.NAMESPACE.NAME.LABELS."""
    kind, _namespace, name = entry["resource"].split(".")[:3]
    overlay = Path(entry["file_path"]).stem
    return Finding(overlay, f"{kind}/{name}", entry["check_id"], entry["check_name"])


def _failed_checks(folder: str) -> list[dict[str, Any]]:
    if not SCANNER.exists():
        raise ScannerFailed("The scanner is missing: python3 -m scripts.setup --scanner")
    result = subprocess.run(  # noqa: S603 - the scanner of this tree, a folder of ours
        [
            *(SCANNER, "--framework", "kubernetes", "--skip-download", "--compact", "--quiet"),
            *("--directory", folder, "--output", "json"),
        ],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    try:
        report = json.loads(result.stdout)
        if report["summary"]["parsing_errors"] or not report["summary"]["resource_count"]:
            raise ScannerFailed(f"The scanner could not read every file: {report['summary']}")
        failed: list[dict[str, Any]] = report["results"]["failed_checks"]
    except (ValueError, KeyError) as error:
        raise ScannerFailed(f"The scanner told nothing: {result.stderr.strip()}") from error
    return failed
