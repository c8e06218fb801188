"""Print kong.yml for a Kong that people reach from everywhere: filled in, and with the limits that are meant for them.

    UPSTREAM_URL=... GATEWAY_SECRET=... python -m operations.kong.production > kong.production.yml

UPSTREAM_URL is the output ApiUrl of the stack; GATEWAY_SECRET the first word of the field `gateway` of lms/config.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from operations.kong.declarative import FILE, ConfigError, load
from operations.kong.generate import LOCAL_FACTOR


def production(environment: Mapping[str, str]) -> dict[str, Any]:
    """Raises ConfigError when a name is missing in the environment."""
    document = load(FILE, environment)
    for plugin in _plugins(document):
        if plugin["name"] == "rate-limiting":
            plugin["config"]["minute"] //= LOCAL_FACTOR
    return document


def _plugins(parent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from parent.get("plugins", ())
    for inner in (*parent.get("services", ()), *parent.get("routes", ())):
        yield from _plugins(inner)


if __name__ == "__main__":
    try:
        print(yaml.safe_dump(production(os.environ), sort_keys=False, width=120), end="")
    except ConfigError as missing:
        sys.exit(str(missing))
