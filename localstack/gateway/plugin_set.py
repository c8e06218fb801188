"""The plugins that there are, and which of the configured ones a request meets."""

from collections.abc import Callable, Iterator
from typing import Any

from localstack.gateway.exchange import Exchange, Plugin
from localstack.gateway.plugins.acl import Acl
from localstack.gateway.plugins.correlation_id import CorrelationId
from localstack.gateway.plugins.cors import Cors
from localstack.gateway.plugins.jwt import Jwt
from localstack.gateway.plugins.rate_limiting import Counters, RateLimiting
from localstack.gateway.plugins.request_size_limiting import RequestSizeLimiting
from localstack.gateway.plugins.request_transformer import RequestTransformer
from localstack.gateway.schema import Entity, SchemaViolation, fill, violations
from localstack.gateway.store import Store

PLUGINS: dict[str, type[Plugin]] = {
    plugin.name: plugin
    for plugin in (Jwt, Acl, Cors, CorrelationId, RateLimiting, RequestSizeLimiting, RequestTransformer)
}
# Consumer, route, service: Kong's order from the most specific scope to the global one.
_SCOPES = (
    ("route", "service", "consumer"),
    ("route", "consumer"),
    ("service", "consumer"),
    ("route", "service"),
    ("consumer",),
    ("route",),
    ("service",),
    (),
)


def complete(plugin: Entity) -> Entity:
    """The plugin with its configuration's defaults. Raises SchemaViolation."""
    name = plugin["name"]
    kind = PLUGINS.get(name) if isinstance(name, str) else None
    if kind is None:
        message = "required field missing"
        if name is not None:
            message = f"plugin '{name}' not enabled; add it to the 'plugins' configuration property"
        raise SchemaViolation({"name": message})
    given = plugin["config"] or {}
    if not isinstance(given, dict):
        raise SchemaViolation({"config": "expected a record"})
    config = fill(kind.fields, given)
    errors = violations(kind.fields, config)
    well_formed = not any(name in kind.fields for name in errors)
    entity_errors = kind.check(config, errors) if well_formed else []
    broken: dict[str, Any] = {}
    if errors:
        broken["config"] = errors.get("@config", errors)
    if entity_errors:
        broken["@entity"] = entity_errors
    if plugin["consumer"] is not None and not kind.consumer_scope:
        broken["consumer"] = "value must be null"
    if broken:
        raise SchemaViolation(broken)
    return plugin | {"config": config}


class PluginSet:
    """Made of the store's plugins, and anew whenever they change; rate limits' counters outlive that."""

    def __init__(self, store: Store, clock: Callable[[], float], server: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._server = server
        self._counters = Counters()
        self._plugins: dict[str, dict[tuple[tuple[str, str], ...], Plugin]] = {}
        self._has_consumer_scope: set[str] = set()
        self._chains: dict[str, list[Plugin | str]] = {}
        self.rebuild()

    def rebuild(self) -> None:
        self._plugins = {}
        self._has_consumer_scope = set()
        self._chains = {}
        for entity in self._store.in_order_of_creation("plugins"):
            if not entity["enabled"] or not {"http", "https"}.intersection(entity["protocols"]):
                continue
            scope = tuple((key, entity[key]["id"]) for key in ("route", "service", "consumer") if entity[key])
            self._plugins.setdefault(entity["name"], {})[scope] = self._build(entity)
            if entity["consumer"]:
                self._has_consumer_scope.add(entity["name"])

    def _build(self, entity: Entity) -> Plugin:
        config = entity["config"]
        match entity["name"]:
            case "jwt":
                return Jwt(config, self._store, self._clock)
            case "acl":
                return Acl(config, self._store)
            case "correlation-id":
                return CorrelationId(config, self._server, self._clock)
            case "rate-limiting":
                ids = [(entity[key] or {}).get("id", "") for key in ("route", "service", "consumer")]
                return RateLimiting(config, (ids[0], ids[1], ids[2]), self._counters, self._clock)
            case name:
                return PLUGINS[name](config)

    def of(self, exchange: Exchange) -> Iterator[Plugin]:
        """In the order of their priority. Lazy: which plugin a consumer meets is known once jwt has told who it is."""
        route_id: str = exchange.route["id"]
        chain = self._chains.get(route_id)
        if chain is None:
            chain = self._chains[route_id] = self._chain(exchange)
        for link in chain:
            plugin = self._most_specific(link, exchange) if isinstance(link, str) else link
            if plugin is not None:
                yield plugin

    def _chain(self, exchange: Exchange) -> list[Plugin | str]:
        """The route's plugins; the name alone where it depends on the consumer."""
        chain: list[Plugin | str] = []
        for name in sorted(self._plugins, key=lambda name: -PLUGINS[name].priority):
            if name in self._has_consumer_scope:
                chain.append(name)
            elif plugin := self._most_specific(name, exchange):
                chain.append(plugin)
        return chain

    def _most_specific(self, name: str, exchange: Exchange) -> Plugin | None:
        candidates = self._plugins[name]
        scoped = {"route": exchange.route, "service": exchange.service, "consumer": exchange.consumer}
        ids = {key: entity["id"] for key, entity in scoped.items() if entity}
        for scope in _SCOPES:
            if all(key in ids for key in scope):
                plugin = candidates.get(tuple((key, ids[key]) for key in scope))
                if plugin is not None:
                    return plugin
        return None
