"""kong.yml as a Kong with a database is given it: as JSON, which Kong reads as well."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from operations.kong.declarative import FILE, load

_NAMESPACE = uuid.UUID("2b9d6a34-5b8e-5f0c-9a51-7c0c4f7d1e86")


def filled(environment: Mapping[str, str]) -> str:
    """With every `${NAME}` filled in, and an id of its own for each service, route and plugin.

    Kong makes up an id for a plugin that has none, another at each import, and its database then refuses the second.
    Raises ConfigError when a name is missing.
    """
    document = load(FILE, environment)
    _identify(document, "")
    return json.dumps(document, indent=1)


def _identify(parent: dict[str, Any], path: str) -> None:
    for kind in ("services", "routes", "plugins"):
        for entity in parent.get(kind, ()):
            own = f"{path}/{kind}/{entity['name']}"
            entity["id"] = str(uuid.uuid5(_NAMESPACE, own))
            _identify(entity, own)
