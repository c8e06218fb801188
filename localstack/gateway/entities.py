"""What the Admin API does to entities: find, make, replace, change, delete and list them, by the rules of Kong."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from localstack.gateway import plugin_set
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

COLLECTIONS = {
    "consumers": CONSUMERS,
    "jwts": JWT_SECRETS,
    "acls": ACLS,
    "services": SERVICES,
    "routes": ROUTES,
    "plugins": PLUGINS,
}
_PAGE_SIZE, _MAX_PAGE_SIZE = 100, 1000
_CODES = {1: "invalid primary key", 2: "schema violation", 3: "primary key violation", 4: "foreign key violation"} | {
    5: "unique constraint violation",
    6: "not found",
    7: "invalid offset",
    9: "invalid size",
}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Entity) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def not_found() -> Refusal:
    return Refusal(404, {"message": "Not found"})


def _fault(status: int, code: int, message: str, **more: Any) -> Refusal:
    return Refusal(status, {"code": code, "name": _CODES[code], "message": message, **more})


@dataclass(frozen=True, slots=True)
class Scope:
    """A collection: all of a kind, or those that belong to `parent`."""

    kind: Kind
    path: str
    reference: str = ""
    parent: Entity | None = None


class Entities:
    """The store behind Kong's rules for what may be in it."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def make(self, collection: str, body: Entity) -> Entity:
        """What POST does, for the declarative file. Raises ValueError for what POST would refuse."""
        try:
            return self.insert(Scope(COLLECTIONS[collection], f"/{collection}"), body)
        except Refusal as refusal:
            raise ValueError(refusal.body["message"]) from refusal

    def select(self, scope: Scope, key: str) -> Entity | None:
        """The entity of that id or name, None when there is none in this scope."""
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

    def cannot_find(self, scope: Scope, key: str) -> Refusal:
        """What PATCH says of an entity that there is not."""
        if scope.parent is not None or scope.kind.endpoint_key is None or is_uuid(key):
            return not_found()
        name = scope.kind.endpoint_key
        return _fault(404, 6, f"could not find the entity with '{{{name}=\"{key}\"}}'", fields={name: key})

    def insert(self, scope: Scope, body: Entity) -> Entity:
        """POST. Raises Refusal and SchemaViolation."""
        if scope.parent is not None:
            body[scope.reference] = {"id": scope.parent["id"]}
        entity = self._complete(scope.kind, body)
        if self._store.get(scope.kind.name, entity["id"]) is not None:
            raise _fault(
                400, 3, f"primary key violation on key '{{id=\"{entity['id']}\"}}'", fields={"id": entity["id"]}
            )
        return self._put(scope.kind, entity)

    def upsert(self, scope: Scope, key: str, body: Entity) -> Entity:
        """PUT: makes it, or replaces it whole. Raises Refusal and SchemaViolation."""
        kind = scope.kind
        if scope.parent is not None:
            body[scope.reference] = {"id": scope.parent["id"]}
        # A key belongs to one consumer at a time: PUT under another one takes it over.
        by_key = Scope(kind, scope.path) if kind.endpoint_key else scope
        existing = self.select(by_key, key)
        if is_uuid(key):
            body["id"] = key.lower()
        elif kind.endpoint_key:
            body[kind.endpoint_key] = key
        elif kind is ACLS:
            body.setdefault("group", key)
        else:
            raise not_found()
        if existing is not None:
            body = {"id": existing["id"], "created_at": existing["created_at"]} | body
        return self._put(kind, self._complete(kind, body))

    def update(self, kind: Kind, entity: Entity, body: Entity) -> Entity:
        """PATCH: changes the fields given. Raises Refusal and SchemaViolation."""
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
        kind = next(kind for kind in COLLECTIONS.values() if kind.name == parent_kind)
        key = given.get("id") or given.get(kind.endpoint_key or "id")
        parent = self.select(Scope(kind, ""), key) if isinstance(key, str) else None
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

    def delete(self, scope: Scope, entity: Entity | None) -> None:
        """DELETE: what is not there needs no deleting, except below a parent. Raises Refusal."""
        if entity is None:
            if scope.parent is not None:
                raise not_found()
        else:
            try:
                self._store.delete(scope.kind, entity["id"])
            except Referenced as referenced:
                message = f"an existing '{referenced.kind}' entity references this '{scope.kind.name}' entity"
                raise _fault(400, 4, message, fields={"@referenced_by": referenced.kind}) from referenced

    def list(self, scope: Scope, arguments: dict[str, str]) -> Entity:
        """A page in the order of ids. Raises Refusal for a bad size or offset."""
        size = _page_size(arguments)
        if scope.kind is CONSUMERS and "custom_id" in arguments:
            if not arguments["custom_id"]:
                raise Refusal(400, {"message": "custom_id must be an unempty string"})
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
