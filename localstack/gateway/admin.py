"""The Admin API: consumers, their JWT credentials and ACL groups, and services, routes and plugins."""

import json
import os
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote_plus

from localstack.gateway import errors
from localstack.gateway.admin_body import BadBody, UnsupportedMediaType, parse_body
from localstack.gateway.entities import COLLECTIONS, Entities, Refusal, Scope, not_found
from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Counters, Malformed, Request, Response
from localstack.gateway.schema import (
    ACLS,
    CONSUMERS,
    JWT_SECRETS,
    PLUGINS,
    ROUTES,
    Entity,
    Kind,
    SchemaViolation,
    is_uuid,
)
from localstack.gateway.store import Store

# (parent, collection under it) -> (kind, its reference to the parent)
_NESTED: dict[tuple[str, str], tuple[Kind, str]] = {
    ("consumers", "jwt"): (JWT_SECRETS, "consumer"),
    ("consumers", "acls"): (ACLS, "consumer"),
    ("consumers", "plugins"): (PLUGINS, "consumer"),
    ("services", "routes"): (ROUTES, "service"),
    ("services", "plugins"): (PLUGINS, "service"),
    ("routes", "plugins"): (PLUGINS, "route"),
}
_PARENTS = {("jwts", "consumer"): "consumer", ("acls", "consumer"): "consumer", ("routes", "service"): "service"}
_COLLECTION_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_ENTITY_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT")
_READ_METHODS = ("GET", "HEAD", "OPTIONS")


class Admin:
    """Each answered write is in the store, and decides over the next proxied request."""

    def __init__(self, entities: Entities, store: Store, counters: Counters) -> None:
        self._entities = entities
        self._store = store
        self._counters = counters

    def refuse(self, malformed: Malformed) -> Response:
        return _json_answer(malformed.status, {"message": malformed.message})

    async def respond(self, request: Request) -> Response:
        started = time.monotonic()
        try:
            response = await self._dispatch(request)
        except Refusal as refusal:
            response = _json_answer(refusal.status, refusal.body)
        except SchemaViolation as violation:
            body = {"code": 2, "name": "schema violation", "message": str(violation), "fields": violation.errors}
            response = _json_answer(400, body)
        except UnsupportedMediaType:
            response = errors.answer(415, "text/html; charset=UTF-8", errors.page("415 Unsupported Media Type"), [])
        except BadBody as bad:
            response = _json_answer(400, {"message": str(bad)})
        _allow_origin(request, response.headers)
        response.headers.add("X-Kong-Admin-Latency", str(round((time.monotonic() - started) * 1000)))
        return response

    async def _dispatch(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        segments = [unquote_plus(segment) for segment in path.removesuffix("/").split("/")[1:]]
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        match segments:
            case ["status"]:
                return self._read(request, self._status)
            case ["upstreams"]:
                return self._read(request, lambda: _json_answer(200, {"data": [], "next": None}))
            case [name] if name in COLLECTIONS:
                return await self._collection(request, Scope(COLLECTIONS[name], f"/{name}"), arguments)
            case [name, key] if name in COLLECTIONS:
                return await self._entity(request, Scope(COLLECTIONS[name], f"/{name}"), key)
            case [name, key, *rest] if name in COLLECTIONS:
                return await self._below(request, (name, key), rest, arguments)
        raise not_found()

    async def _below(
        self, request: Request, parent: tuple[str, str], rest: list[str], arguments: dict[str, str]
    ) -> Response:
        name, key = parent
        match rest:
            case [reference] if (name, reference) in _PARENTS:
                return self._read(request, lambda: self._parent_of(COLLECTIONS[name], key, _PARENTS[name, reference]))
            case [nested] if (name, nested) in _NESTED:
                return await self._collection(request, self._nested(name, key, nested), arguments)
            case [nested, nested_key] if (name, nested) in _NESTED:
                if nested == "acls" and request.method != "PUT" and not is_uuid(nested_key):
                    self._require_group(key, nested_key)
                return await self._entity(request, self._nested(name, key, nested), nested_key)
        raise not_found()

    def _read(self, request: Request, answer: Callable[[], Response]) -> Response:
        if request.method == "OPTIONS":
            return _options(_READ_METHODS)
        _only(request, _READ_METHODS)
        return answer()

    async def _collection(self, request: Request, scope: Scope, arguments: dict[str, str]) -> Response:
        if request.method == "OPTIONS":
            return _options(_COLLECTION_METHODS)
        _only(request, _COLLECTION_METHODS)
        if request.method == "POST":
            return _json_answer(201, self._entities.insert(scope, await parse_body(request, scope.kind)))
        return _json_answer(200, self._entities.list(scope, arguments))

    async def _entity(self, request: Request, scope: Scope, key: str) -> Response:
        if request.method == "OPTIONS":
            return _options(_ENTITY_METHODS)
        _only(request, _ENTITY_METHODS)
        if request.method == "PUT":
            return _json_answer(200, self._entities.upsert(scope, key, await parse_body(request, scope.kind)))
        entity = self._entities.select(scope, key)
        if request.method == "DELETE":
            self._entities.delete(scope, entity)
            return _no_content()
        if request.method == "PATCH":
            body = await parse_body(request, scope.kind)
            if entity is None:
                raise self._entities.cannot_find(scope, key)
            return _json_answer(200, self._entities.update(scope.kind, entity, body))
        if entity is None:
            raise not_found()
        return _json_answer(200, entity)

    def _status(self) -> Response:
        counters = self._counters
        server = {
            "connections_accepted": counters.accepted,
            "connections_handled": counters.accepted,
            "connections_active": counters.active,
            "connections_reading": 0,
            "connections_writing": 1,
            "connections_waiting": max(0, counters.active - 1),
            "total_requests": counters.requests,
        }
        memory = {"workers_lua_vms": [{"pid": os.getpid(), "http_allocated_gc": "0.00 MiB"}], "lua_shared_dicts": {}}
        return _json_answer(200, {"database": {"reachable": True}, "server": server, "memory": memory})

    def _nested(self, name: str, key: str, nested: str) -> Scope:
        parent = self._entities.select(Scope(COLLECTIONS[name], f"/{name}"), key)
        if parent is None:
            raise not_found()
        kind, reference = _NESTED[name, nested]
        return Scope(kind, f"/{name}/{quote(key, safe='')}/{nested}", reference, parent)

    def _parent_of(self, kind: Kind, key: str, reference: str) -> Response:
        entity = self._entities.select(Scope(kind, ""), key)
        if entity is None or entity[reference] is None:
            raise not_found()
        return _json_answer(200, self._store.get(kind.foreign[reference], entity[reference]["id"]) or {})

    def _require_group(self, consumer_key: str, group: str) -> None:
        """Kong looks a group up by another way than everything else, and answers its absence in another form."""
        consumer = self._entities.select(Scope(CONSUMERS, "/consumers"), consumer_key)
        acls = self._store.children("acls", "consumer", consumer["id"]) if consumer else []
        if not any(acl["group"] == group for acl in acls):
            raise Refusal(404, {"message": "Not found", "request_id": os.urandom(16).hex()})


def _only(request: Request, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise Refusal(405, {"message": "Method not allowed"})


def _options(methods: tuple[str, ...]) -> Response:
    response = _no_content()
    response.headers.add("Allow", ", ".join(methods))
    response.headers.add("Access-Control-Allow-Methods", ", ".join(methods))
    response.headers.add("Access-Control-Allow-Headers", "Content-Type")
    return response


def _no_content() -> Response:
    return Response(204, Headers([("Date", errors.date()), ("Server", errors.SERVER)]))


def _json_answer(status: int, body: Entity) -> Response:
    return errors.answer(status, errors.JSON_TYPE, json.dumps(body, ensure_ascii=False).encode(), [])


def _allow_origin(request: Request, headers: Headers) -> None:
    headers.set("Access-Control-Allow-Origin", request.headers.get("origin") or "*")
    headers.set("Access-Control-Allow-Credentials", "true")
    asked = request.headers.get("access-control-request-headers")
    if request.method == "OPTIONS" and asked and "access-control-allow-headers" in headers:
        headers.set("Access-Control-Allow-Headers", asked)
