"""The declarative file (format 3.0): services, routes and plugins, with values from the environment."""

import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from localstack.gateway.entities import Entities
from localstack.gateway.schema import Entity

# libyaml's, a tenth of the time, in every PyYAML wheel.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_KNOWN = frozenset(["_format_version", "_transform", "services", "routes", "plugins"])
_NAMESPACE = uuid.UUID("6f1c7c9e-8f4b-5d0a-9c3e-2b7d1a4e5f60")


class ConfigError(ValueError):
    """A file that the gateway must not start with; the message is for whoever started it."""


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Entity:
    """Reads the file and fills in every `${NAME}`. Raises ConfigError."""
    try:
        document = yaml.load(path.read_text(), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if not isinstance(document, dict) or str(document.get("_format_version")) != "3.0":
        raise ConfigError(f'{path}: _format_version must be "3.0"')
    if unknown := set(document) - _KNOWN:
        # Consumers are made by the Admin API alone: a file must not bring any in, nor take any away.
        raise ConfigError(f"{path}: not supported: {', '.join(sorted(unknown))}")
    missing: set[str] = set()
    filled = _fill_in(document, environment, missing)
    if missing:
        raise ConfigError(f"{path}: set in the environment first: {', '.join(sorted(missing))}")
    assert isinstance(filled, dict)
    return filled


def _fill_in(value: Any, environment: Mapping[str, str], missing: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill_in(inner, environment, missing) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill_in(inner, environment, missing) for inner in value]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        if not environment.get(match[1]):
            missing.add(match[1])
        return environment.get(match[1], "")

    return _PLACEHOLDER.sub(replace, value)


def apply(document: Entity, entities: Entities) -> None:
    """Makes the file's services, routes and plugins. Raises ConfigError at the first that Kong would not take."""
    for service in document.get("services") or ():
        nested = _split(service, "routes", "plugins")
        parent = _make(entities, "services", service)
        for route in nested["routes"]:
            _apply_route(entities, route, {"service": {"id": parent["id"]}})
        _apply_plugins(entities, nested["plugins"], {"service": {"id": parent["id"]}})
    for route in document.get("routes") or ():
        _apply_route(entities, route, {})
    _apply_plugins(entities, document.get("plugins") or (), {})


def _apply_route(entities: Entities, route: Entity, parent: Entity) -> None:
    nested = _split(route, "plugins")
    made = _make(entities, "routes", route | parent)
    _apply_plugins(entities, nested["plugins"], {"route": {"id": made["id"]}})


def _apply_plugins(entities: Entities, plugins: Any, parent: Entity) -> None:
    for plugin in plugins:
        _make(entities, "plugins", plugin | parent)


def _split(entity: Entity, *names: str) -> dict[str, list[Entity]]:
    return {name: entity.pop(name, None) or [] for name in names}


def _make(entities: Entities, collection: str, entity: Entity) -> Entity:
    name = entity.get("name") if collection != "plugins" else None
    identity = {"id": str(uuid.uuid5(_NAMESPACE, f"{collection}/{name}"))} if name else {}
    try:
        return entities.make(collection, identity | entity)
    except ValueError as error:
        raise ConfigError(f"{collection} {entity.get('name')!r}: {error}") from error
