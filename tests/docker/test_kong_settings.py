"""kong.yml against what a real Kong 3.9.1 took, as recorded in tests/gateway/cases.json."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.kong.declarative import FILE, load

RECORDED = Path(__file__).parents[1] / "gateway" / "cases.json"


def plugins(parent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from parent.get("plugins", ())
    for kind in ("services", "routes"):
        for child in parent.get(kind, ()):
            yield from plugins(child)


def settings_taken(recorded: Any) -> Iterator[tuple[str, str]]:
    """Name of a plugin and of a setting, wherever it was made with it."""
    if isinstance(recorded, list):
        for item in recorded:
            yield from settings_taken(item)
    elif isinstance(recorded, dict):
        made = recorded.get("request", {}).get("json")
        if isinstance(made, dict) and "config" in made and recorded.get("answer", {}).get("status") == 201:
            yield from ((made["name"], setting) for setting in made["config"])
        for value in recorded.values():
            yield from settings_taken(value)


@pytest.fixture(scope="module")
def written() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for plugin in plugins(load(FILE, {"UPSTREAM_URL": "http://upstream", "GATEWAY_SECRET": "secret"})):
        found[plugin["name"]] |= plugin["config"].keys()
    return found


def test_a_real_kong_has_taken_every_setting_of_every_plugin(written: dict[str, set[str]]) -> None:
    taken = set(settings_taken(json.loads(RECORDED.read_text())["cases"]))
    assert written
    assert not {(plugin, setting) for plugin, settings in written.items() for setting in settings} - taken
