"""The declarative file (format 3.0): one service with its routes, and the plugins of all of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, HttpUrl, ValidationError

from localstack.gateway.plugins import PLUGINS, Plugin
from localstack.gateway.plugins.base import Options, Surroundings
from operations.kong.declarative import ConfigError


def _route_path(path: str) -> str:
    if not path.startswith(("/", "~/")):
        raise ValueError("should start with: / (fixed path) or ~/ (regex path)")
    try:
        re.compile(path.removeprefix("~"))
    except re.error as error:
        raise ValueError(f"invalid regex: {error}") from error
    return path


class _Entry(Options):
    # A Kong with a database is given ids with the same file.
    id: str | None = None
    name: str


class _PluginEntry(_Entry):
    config: dict[str, Any]


class _RouteEntry(_Entry):
    paths: tuple[Annotated[str, AfterValidator(_route_path)]]
    methods: tuple[str, ...] = ()
    # Kong's own default would cut the route's path off.
    strip_path: Literal[False]
    plugins: tuple[_PluginEntry, ...] = ()


class _ServiceEntry(_Entry):
    url: Annotated[str, AfterValidator(lambda url: str(HttpUrl(url)))]
    plugins: tuple[_PluginEntry, ...] = ()
    routes: list[_RouteEntry]


class _File(Options):
    # Consumers are made by the Admin API alone: a file must not bring any in, nor take any away.
    format_version: Literal["3.0"] = Field(alias="_format_version")
    services: tuple[_ServiceEntry]
    plugins: tuple[_PluginEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """`plugins` are all that a request meets on it, in their order. No methods: any."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    plugins: tuple[Plugin[Any], ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    upstream: str
    routes: tuple[Route, ...]

    def find(self, method: str, path: str) -> Route | None:
        """The route of a request; `path` is normalised. No two of kong.yml match one request."""
        for route in self.routes:
            if (not route.methods or method in route.methods) and route.pattern.match(path):
                return route
        return None


def configure(document: dict[str, Any], surroundings: Surroundings) -> Configuration:
    """What a file's content means. Raises ConfigError for whatever this gateway does not do as Kong would."""
    try:
        file = _File.model_validate(document)
        (service,) = file.services
        common = {**_plugins(file.plugins, surroundings), **_plugins(service.plugins, surroundings)}
        return Configuration(service.url, tuple(_route(route, common, surroundings) for route in service.routes))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)]
        raise ConfigError(f"{error.title}: {'; '.join(wrong)}") from error


def _route(entry: _RouteEntry, common: Mapping[str, Plugin[Any]], surroundings: Surroundings) -> Route:
    (path,) = entry.paths
    # A plugin of the route's own stands in the place of the common one of its name.
    plugins = {**common, **_plugins(entry.plugins, surroundings)}
    pattern = path.removeprefix("~") if path.startswith("~") else re.escape(path)
    in_order = tuple(plugins[name] for name in PLUGINS if name in plugins)
    return Route(re.compile(pattern), frozenset(entry.methods), in_order)


def _plugins(entries: Iterable[_PluginEntry], surroundings: Surroundings) -> dict[str, Plugin[Any]]:
    unknown = [entry.name for entry in entries if entry.name not in PLUGINS]
    if unknown:
        raise ConfigError(f"plugins that are not offered: {', '.join(unknown)}")
    kinds = {entry.name: PLUGINS[entry.name] for entry in entries}
    return {
        entry.name: kinds[entry.name](kinds[entry.name].options.model_validate(entry.config), surroundings)
        for entry in entries
    }
