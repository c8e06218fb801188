"""Print kong.yml for a Kong that people reach from everywhere: filled in, and with the limits that are meant for them.

    UPSTREAM_URL=... GATEWAY_SECRET=... python -m operations.kong.production > kong.production.yml

UPSTREAM_URL is the output ApiUrl of the stack; GATEWAY_SECRET the first word of the field `gateway` of lms/config.
ANONYMOUS_PER_MINUTE (20) is how often a minute one address may sign in, register, ask for a code or look up a payment,
each so often. A campus behind one address needs more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from operations.kong.declarative import FILE, ConfigError, load
from operations.kong.generate import LOCAL_FACTOR, SESSION_CALLS_A_MINUTE, STRANGER_CALLS_A_MINUTE


def production(environment: Mapping[str, str]) -> dict[str, Any]:
    """Raises ConfigError when a name is missing in the environment, or its value cannot be meant."""
    document = load(FILE, environment)
    anonymous = _anonymous_per_minute(environment)
    for plugin in _plugins(document):
        if plugin["name"] == "rate-limiting":
            limit = plugin["config"]["minute"] // LOCAL_FACTOR
            if plugin["config"]["limit_by"] == "ip":
                limit = anonymous if limit == STRANGER_CALLS_A_MINUTE else max(SESSION_CALLS_A_MINUTE, anonymous)
            plugin["config"]["minute"] = limit
    return document


def _anonymous_per_minute(environment: Mapping[str, str]) -> int:
    given = environment.get("ANONYMOUS_PER_MINUTE") or str(STRANGER_CALLS_A_MINUTE)
    if not (given.isascii() and given.isdecimal() and int(given) > 0):
        raise ConfigError(f"ANONYMOUS_PER_MINUTE must be a whole number above 0, not {given!r}")
    return int(given)


def _plugins(parent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from parent.get("plugins", ())
    for inner in (*parent.get("services", ()), *parent.get("routes", ())):
        yield from _plugins(inner)


if __name__ == "__main__":
    try:
        print(yaml.safe_dump(production(os.environ), sort_keys=False, width=120), end="")
    except ConfigError as missing:
        sys.exit(str(missing))
