"""The import contracts name what exists: a new module cannot slip past them."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SALES = ROOT / "agenturclient" / "sales"


def contracts() -> dict[str, dict[str, list[str]]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = config["tool"]["importlinter"]["contracts"]
    return {contract["name"]: contract for contract in found}


def modules_of_sales() -> set[str]:
    files = {path.stem for path in SALES.glob("*.py")} - {"__init__", "apps"}
    folders = {path.parent.name for path in SALES.glob("*/__init__.py")} - {"migrations"}
    return files | folders


def test_the_adapter_is_kept_from_every_module_of_sales_but_the_port() -> None:
    contract = contracts()["The adapter sees the port, never the core behind it"]
    forbidden = {
        name.removeprefix("agenturclient.sales.")
        for name in contract["forbidden_modules"]
        if name.startswith("agenturclient.sales.")
    }
    assert forbidden == modules_of_sales() - {"ports"}


def test_every_module_of_sales_has_its_layer() -> None:
    name = "Inside sales: recovery and decisions, use cases, acts, reads, store, rules"
    layers = contracts()[name]["layers"]
    placed = {module for layer in layers for module in layer.replace("|", ":").split(" : ")}
    assert {module.strip() for name in placed for module in name.split(":")} == modules_of_sales()
