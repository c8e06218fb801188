"""The import contracts (`lint-imports`) leave no package out."""

import tomllib
from typing import Any

from operations.source import ROOT
from tests.architecture.deployed import FUNCTIONS, handler

LINTER: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
SERVICES = sorted(path.parent.name for path in (ROOT / "functions").glob("*/__init__.py"))


def _contract(kind: str, field: str) -> list[str]:
    fields = (contract.get(field, []) for contract in LINTER["contracts"] if contract["type"] == kind)
    (found,) = (modules for modules in fields if "auth" in modules)
    return sorted(found)


def test_every_service_is_held_to_the_contracts() -> None:
    assert sorted(LINTER["root_packages"]) == sorted(["localstack", "lms", "operations", *SERVICES])
    assert _contract("independence", "modules") == SERVICES
    assert _contract("layers", "containers") == SERVICES
    (layer,) = (contract for contract in LINTER["contracts"] if contract.get("source_modules") == ["lms"])
    assert sorted(layer["forbidden_modules"]) == SERVICES


def test_every_way_into_a_service_is_above_its_use_cases() -> None:
    (contract,) = (contract for contract in LINTER["contracts"] if contract["type"] == "layers")
    entries = {name.strip("() ") for name in contract["layers"][0].split("|")}
    handlers = {handler(function).split(".")[1] for function in FUNCTIONS}
    assert handlers <= entries


def test_a_module_without_a_layer_is_refused() -> None:
    (contract,) = (contract for contract in LINTER["contracts"] if contract["type"] == "layers")
    assert contract["exhaustive"]
    assert "exhaustive_ignores" not in contract
