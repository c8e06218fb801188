"""The Admin API: consumers, their JWT credentials and ACL groups, and services, routes and plugins."""

import base64
import binascii
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from localstack.gateway import errors, plugin_set
from localstack.gateway.admin_body import BadBody, UnsupportedMediaType, parse_body
from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Counters, Malformed, Request, Response
from localstack.gateway.schema import (
    ACLS,
    CONSUMERS,
    JWT_SECRETS,
    PLUGINS,
    ROUTES,
    SERVICES,
    Entity,
    Kind,
    SchemaViolation,
    fill,
    is_uuid,
    validate,
)
from localstack.gateway.store import Referenced, Store, UniqueViolation

_COLLECTIONS = {
    "consumers": CONSUMERS,
    "jwts": JWT_SECRETS,
    "acls": ACLS,
    "services": SERVICES,
    "routes": ROUTES,
    "plugins": PLUGINS,
}
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
_PAGE_SIZE, _MAX_PAGE_SIZE = 100, 1000
_CODES = {1: "invalid primary key", 2: "schema violation", 3: "primary key violation", 4: "foreign key violation"} | {
    5: "unique constraint violation",
    6: "not found",
    7: "invalid offset",
    9: "invalid size",
}


class _Refusal(Exception):
    def __init__(self, status: int, body: Entity) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def _not_found() -> _Refusal:
    return _Refusal(404, {"message": "Not found"})


def _fault(status: int, code: int, message: str, **more: Any) -> _Refusal:
    return _Refusal(status, {"code": code, "name": _CODES[code], "message": message, **more})


@dataclass(frozen=True, slots=True)
class _Scope:
    """A collection: all of a kind, or those that belong to `parent`."""

    kind: Kind
    path: str
    reference: str = ""
    parent: Entity | None = None


class Admin:
    """Each answered write is in the store, and decides over the next proxied request."""

    def __init__(self, store: Store, counters: Counters, clock: Callable[[], float]) -> None:
        self._store = store
        self._counters = counters
        self._clock = clock

    def refuse(self, malformed: Malformed) -> Response:
        return _json_answer(malformed.status, {"message": malformed.message})

    async def respond(self, request: Request) -> Response:
        started = time.monotonic()
        try:
            response = await self._dispatch(request)
        except _Refusal as refusal:
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

    def make(self, collection: str, body: Entity) -> Entity:
        """What POST does, for the declarative file. Raises ValueError for what POST would refuse."""
        try:
            return self._insert(_Scope(_COLLECTIONS[collection], f"/{collection}"), body)
        except _Refusal as refusal:
            raise ValueError(refusal.body["message"]) from refusal

    async def _dispatch(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        segments = [unquote_plus(segment) for segment in path.removesuffix("/").split("/")[1:]]
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        match segments:
            case ["status"]:
                return self._read(request, self._status)
            case ["upstreams"]:
                return self._read(request, lambda: _json_answer(200, {"data": [], "next": None}))
            case [name] if name in _COLLECTIONS:
                return await self._collection(request, _Scope(_COLLECTIONS[name], f"/{name}"), arguments)
            case [name, key] if name in _COLLECTIONS:
                return await self._entity(request, _Scope(_COLLECTIONS[name], f"/{name}"), key)
            case [name, key, *rest] if name in _COLLECTIONS:
                return await self._below(request, (name, key), rest, arguments)
        raise _not_found()

    async def _below(
        self, request: Request, parent: tuple[str, str], rest: list[str], arguments: dict[str, str]
    ) -> Response:
        name, key = parent
        match rest:
            case [reference] if (name, reference) in _PARENTS:
                return self._read(request, lambda: self._parent_of(_COLLECTIONS[name], key, _PARENTS[name, reference]))
            case [nested] if (name, nested) in _NESTED:
                return await self._collection(request, self._nested(name, key, nested), arguments)
            case [nested, nested_key] if (name, nested) in _NESTED:
                if nested == "acls" and request.method != "PUT" and not is_uuid(nested_key):
                    self._require_group(key, nested_key)
                return await self._entity(request, self._nested(name, key, nested), nested_key)
        raise _not_found()

    def _read(self, request: Request, answer: Callable[[], Response]) -> Response:
        if request.method == "OPTIONS":
            return _options(_READ_METHODS)
        _only(request, _READ_METHODS)
        return answer()

    async def _collection(self, request: Request, scope: _Scope, arguments: dict[str, str]) -> Response:
        if request.method == "OPTIONS":
            return _options(_COLLECTION_METHODS)
        _only(request, _COLLECTION_METHODS)
        if request.method == "POST":
            return _json_answer(201, self._insert(scope, await parse_body(request, scope.kind)))
        return _json_answer(200, self._list(scope, arguments))

    async def _entity(self, request: Request, scope: _Scope, key: str) -> Response:
        if request.method == "OPTIONS":
            return _options(_ENTITY_METHODS)
        _only(request, _ENTITY_METHODS)
        if request.method == "PUT":
            return _json_answer(200, self._upsert(scope, key, await parse_body(request, scope.kind)))
        entity = self._select(scope, key)
        if request.method == "DELETE":
            return self._delete(scope, entity)
        if request.method == "PATCH":
            body = await parse_body(request, scope.kind)
            if entity is None:
                raise self._cannot_find(scope, key)
            return _json_answer(200, self._update(scope.kind, entity, body))
        if entity is None:
            raise _not_found()
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

    def _nested(self, name: str, key: str, nested: str) -> _Scope:
        parent = self._select(_Scope(_COLLECTIONS[name], f"/{name}"), key)
        if parent is None:
            raise _not_found()
        kind, reference = _NESTED[name, nested]
        return _Scope(kind, f"/{name}/{quote(key, safe='')}/{nested}", reference, parent)

    def _parent_of(self, kind: Kind, key: str, reference: str) -> Response:
        entity = self._select(_Scope(kind, ""), key)
        if entity is None or entity[reference] is None:
            raise _not_found()
        return _json_answer(200, self._store.get(kind.foreign[reference], entity[reference]["id"]) or {})

    def _require_group(self, consumer_key: str, group: str) -> None:
        """Kong looks a group up by another way than everything else, and answers its absence in another form."""
        consumer = self._select(_Scope(CONSUMERS, "/consumers"), consumer_key)
        acls = self._store.children("acls", "consumer", consumer["id"]) if consumer else []
        if not any(acl["group"] == group for acl in acls):
            raise _Refusal(404, {"message": "Not found", "request_id": os.urandom(16).hex()})

    def _select(self, scope: _Scope, key: str) -> Entity | None:
        kind = scope.kind
        if kind is ACLS and scope.parent is not None and not is_uuid(key):
            acls = self._store.children("acls", "consumer", scope.parent["id"])
            return next((acl for acl in acls if acl["group"] == key), None)
        if is_uuid(key):
            entity = self._store.get(kind.name, key.lower())
        elif kind.endpoint_key:
            entity = self._store.find(kind.name, **{kind.endpoint_key: key})
        elif kind is ACLS:
            fields = {"id": "expected a valid UUID"}
            raise _fault(400, 1, "invalid primary key: '{id=\"expected a valid UUID\"}'", fields=fields)
        else:
            entity = None
        if entity and scope.parent and (entity[scope.reference] or {}).get("id") != scope.parent["id"]:
            return None
        return entity

    def _cannot_find(self, scope: _Scope, key: str) -> _Refusal:
        if scope.parent is not None or scope.kind.endpoint_key is None or is_uuid(key):
            return _not_found()
        name = scope.kind.endpoint_key
        return _fault(404, 6, f"could not find the entity with '{{{name}=\"{key}\"}}'", fields={name: key})

    def _insert(self, scope: _Scope, body: Entity) -> Entity:
        if scope.parent is not None:
            body[scope.reference] = {"id": scope.parent["id"]}
        entity = self._complete(scope.kind, body)
        if self._store.get(scope.kind.name, entity["id"]) is not None:
            raise _fault(
                400, 3, f"primary key violation on key '{{id=\"{entity['id']}\"}}'", fields={"id": entity["id"]}
            )
        return self._put(scope.kind, entity)

    def _upsert(self, scope: _Scope, key: str, body: Entity) -> Entity:
        kind = scope.kind
        if scope.parent is not None:
            body[scope.reference] = {"id": scope.parent["id"]}
        # A key belongs to one consumer at a time: PUT under another one takes it over.
        by_key = _Scope(kind, scope.path) if kind.endpoint_key else scope
        existing = self._select(by_key, key)
        if is_uuid(key):
            body["id"] = key.lower()
        elif kind.endpoint_key:
            body[kind.endpoint_key] = key
        elif kind is ACLS:
            body.setdefault("group", key)
        else:
            raise _not_found()
        if existing is not None:
            body = {"id": existing["id"], "created_at": existing["created_at"]} | body
        return self._put(kind, self._complete(kind, body))

    def _update(self, kind: Kind, entity: Entity, body: Entity) -> Entity:
        merged = _merge(entity, body) | {"id": entity["id"]}
        try:
            changed = self._complete(kind, merged)
        except SchemaViolation as violation:
            if kind is CONSUMERS and "@entity" in violation.errors:
                words = [f"when updating, {words}" for words in violation.errors["@entity"]]
                raise SchemaViolation(violation.errors | {"@entity": words}) from violation
            raise
        return self._put(kind, changed)

    def _complete(self, kind: Kind, body: Entity) -> Entity:
        """The body as a whole, valid entity with its references resolved."""
        if kind is SERVICES:
            body = _split_url(body)
        for reference, parent_kind in kind.foreign.items():
            if isinstance(body.get(reference), dict):
                body[reference] = self._resolve(reference, parent_kind, body[reference])
        entity = fill(kind.fields, body)
        now = int(self._clock())
        entity["created_at"] = entity["created_at"] or now
        if "updated_at" in kind.fields:
            entity["updated_at"] = now
        if kind is PLUGINS:
            entity = plugin_set.complete(entity | {"config": body.get("config")})
        validate(kind, entity)
        entity["id"] = entity["id"].lower()
        return entity

    def _resolve(self, reference: str, parent_kind: str, given: Entity) -> Entity:
        kind = next(kind for kind in _COLLECTIONS.values() if kind.name == parent_kind)
        key = given.get("id") or given.get(kind.endpoint_key or "id")
        parent = self._select(_Scope(kind, ""), key) if isinstance(key, str) else None
        if parent is None:
            given_text = ",".join(f'{name}="{value}"' for name, value in given.items())
            message = f"the foreign key '{{{given_text}}}' does not reference an existing '{parent_kind}' entity."
            raise _fault(400, 4, message, fields={reference: given})
        return {"id": parent["id"]}

    def _put(self, kind: Kind, entity: Entity) -> Entity:
        try:
            self._store.put(kind, entity)
        except UniqueViolation as violation:
            text = ",".join(f"{name}={_lua(value)}" for name, value in sorted(violation.fields.items()))
            raise _fault(409, 5, f"UNIQUE violation detected on '{{{text}}}'", fields=violation.fields) from violation
        return entity

    def _delete(self, scope: _Scope, entity: Entity | None) -> Response:
        if entity is None:
            if scope.parent is not None:
                raise _not_found()
        else:
            try:
                self._store.delete(scope.kind, entity["id"])
            except Referenced as referenced:
                message = f"an existing '{referenced.kind}' entity references this '{scope.kind.name}' entity"
                raise _fault(400, 4, message, fields={"@referenced_by": referenced.kind}) from referenced
        return _no_content()

    def _list(self, scope: _Scope, arguments: dict[str, str]) -> Entity:
        size = _page_size(arguments)
        if scope.kind is CONSUMERS and "custom_id" in arguments:
            if not arguments["custom_id"]:
                raise _Refusal(400, {"message": "custom_id must be an unempty string"})
            consumer = self._store.find("consumers", custom_id=arguments["custom_id"])
            return {"data": [consumer] if consumer else [], "next": None}
        if scope.parent is None:
            entities = self._store.all(scope.kind.name)
        else:
            entities = self._store.children(scope.kind.name, scope.reference, scope.parent["id"])
        if "tags" in arguments:
            entities = [entity for entity in entities if _has_tags(entity, arguments["tags"])]
        if "offset" in arguments:
            after = _read_offset(arguments["offset"])
            entities = [entity for entity in entities if entity["id"] > after]
        page = entities[:size]
        if len(entities) <= size:
            return {"data": page, "next": None}
        offset = base64.urlsafe_b64encode(json.dumps([page[-1]["id"]]).encode()).decode()
        following = [f"offset={quote(offset)}"]
        if scope.parent is None:
            following += [f"{name}={quote(arguments[name])}" for name in ("tags", "size") if name in arguments]
        return {"data": page, "offset": offset, "next": f"{scope.path}?{'&'.join(following)}"}


def _only(request: Request, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise _Refusal(405, {"message": "Method not allowed"})


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


def _page_size(arguments: dict[str, str]) -> int:
    text = arguments.get("size", str(_PAGE_SIZE))
    try:
        size = float(text)
    except ValueError:
        raise _fault(400, 9, "size must be a number") from None
    if not 1 <= size <= _MAX_PAGE_SIZE or size != int(size):
        raise _fault(400, 9, f"size must be an integer between 1 and {_MAX_PAGE_SIZE}")
    return int(size)


def _read_offset(offset: str) -> str:
    try:
        (after,) = json.loads(base64.urlsafe_b64decode(offset))
    except (ValueError, TypeError, binascii.Error):
        raise _fault(400, 7, f"'{offset}' is not a valid offset: bad json encoding") from None
    return str(after)


def _has_tags(entity: Entity, wanted: str) -> bool:
    """`a,b`: both; `a/b`: either."""
    tags = set(entity["tags"] or ())
    if "/" in wanted:
        return not tags.isdisjoint(wanted.split("/"))
    return tags.issuperset(wanted.split(","))


def _split_url(body: Entity) -> Entity:
    """A service's `url` is short for protocol, host, port and path."""
    url = body.get("url")
    if not isinstance(url, str):
        return body
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise SchemaViolation({"port": "value should be between 0 and 65535"}) from None
    split = {
        "protocol": parts.scheme or body.get("protocol") or "http",
        "host": parts.hostname,
        "port": port or (443 if parts.scheme == "https" else 80),
        "path": parts.path or None,
    }
    return {name: value for name, value in body.items() if name != "url"} | split


def _merge(entity: Entity, changes: Entity) -> Entity:
    """PATCH: records are merged, everything else is replaced."""
    merged = dict(entity)
    for name, value in changes.items():
        if name == "config" and isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merge(merged[name], value)
        else:
            merged[name] = value
    return merged


def _lua(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}={_lua(inner)}" for name, inner in value.items()) + "}"
    return f'"{value}"'
