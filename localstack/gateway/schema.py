"""The fields of each kind of entity, and Kong's words for what is wrong with one."""

import re
import secrets
import string
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from localstack.gateway.uri import BadPath, normalize

Entity = dict[str, Any]
Errors = dict[str, Any]
Check = Callable[[Any], str | None]

_ALPHANUMERICS = string.ascii_letters + string.digits
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
HTTP_METHOD = re.compile(r"[A-Z]+")


class SchemaViolation(ValueError):
    """An entity that breaks its schema; `errors` maps field names to messages, "@entity" to those about the whole."""

    def __init__(self, errors: Errors) -> None:
        parts = list(_flatten(errors))
        count = f"{len(parts)} schema violations" if len(parts) > 1 else "schema violation"
        super().__init__(f"{count} ({'; '.join(parts)})")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, what may stand in it and what stands there when nothing is given."""

    kind: str
    default: Any = None
    required: bool = False
    one_of: tuple[Any, ...] = ()
    between: tuple[int, int] | None = None
    check: Check | None = None
    element: "Field | None" = None
    fields: Mapping[str, "Field"] = field(default_factory=dict)
    # A value made for each entity that comes without one.
    make: Callable[[], Any] | None = None


_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a string"),
    "integer": ((int,), "an integer"),
    "number": ((int, float), "a number"),
    "boolean": ((bool,), "a boolean"),
    "set": ((list,), "a set"),
    "array": ((list,), "an array"),
    "map": ((dict,), "a map"),
    "record": ((dict,), "a record"),
    "foreign": ((dict,), "a record"),
}


def is_uuid(value: object) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def random_key() -> str:
    return "".join(secrets.choice(_ALPHANUMERICS) for _ in range(32))


def fill(fields: Mapping[str, Field], given: Entity) -> Entity:
    """The entity with its defaults; unknown fields stay for validate() to refuse."""
    entity: Entity = {}
    for name, spec in fields.items():
        if spec.kind == "record":
            inner = given.get(name)
            entity[name] = (
                fill(spec.fields, inner)
                if isinstance(inner, dict)
                else (fill(spec.fields, {}) if inner is None else inner)
            )
        elif name in given and not (given[name] is None and spec.required):
            entity[name] = given[name]
        else:
            entity[name] = spec.make() if spec.make else _copy(spec.default)
    entity.update((name, value) for name, value in given.items() if name not in fields)
    return entity


def violations(fields: Mapping[str, Field], entity: Entity) -> Errors:
    """What is wrong field by field; empty when nothing is."""
    errors: Errors = {}
    for name, value in entity.items():
        error = _field_error(fields[name], value) if name in fields else "unknown field"
        if error:
            errors[name] = error
    return errors


def _field_error(spec: Field, value: Any) -> Any:
    if value is None:
        return "required field missing" if spec.required else None
    if error := _value_error(spec, value):
        return error
    if spec.element:
        return _element_errors(spec.element, value)
    return violations(spec.fields, value) if spec.kind == "record" else None


def _value_error(spec: Field, value: Any) -> str | None:
    if not _is_kind(spec.kind, value):
        return f"expected {_TYPES[spec.kind][1]}"
    if spec.one_of and value not in spec.one_of:
        return f"expected one of: {', '.join(str(choice) for choice in spec.one_of)}"
    if spec.between and not spec.between[0] <= value <= spec.between[1]:
        return f"value should be between {spec.between[0]} and {spec.between[1]}"
    if value == "":
        return "length must be at least 1"
    return spec.check(value) if spec.check else None


def _is_kind(kind: str, value: object) -> bool:
    # To Python a bool is an int as well.
    return isinstance(value, _TYPES[kind][0]) and (kind == "boolean" or not isinstance(value, bool))


def _element_errors(spec: Field, values: Any) -> Any:
    if isinstance(values, dict):
        return {name: error for name, value in values.items() if (error := _field_error(spec, value))}
    errors = [_field_error(spec, value) for value in values]
    return errors if any(errors) else None


def _flatten(errors: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(errors, str):
        yield f"{prefix}: {errors}"
        return
    if isinstance(errors, list):
        for position, error in enumerate(errors, 1):
            if error:
                yield from _flatten(error, f"{prefix}.{position}")
        return
    yield from errors.get("@entity", ())
    for name in sorted(set(errors) - {"@entity"}):
        yield from _flatten(errors[name], f"{prefix}.{name}" if prefix else name)


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, list | dict) else value


def _tag_error(tag: str) -> str | None:
    if "," in tag or "/" in tag or not all(char.isprintable() for char in tag):
        return f"invalid tag '{tag}': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"
    return None


def _id_error(value: str) -> str | None:
    return None if is_uuid(value) else "expected a valid UUID"


def _name_error(name: str) -> str | None:
    if re.fullmatch(r"[\w.\-~]+", name):
        return None
    return f"invalid value '{name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~"


def _service_path_error(path: str) -> str | None:
    if not path.startswith("/"):
        return "should start with: /"
    if "//" in path:
        return "must not have empty segments"
    if re.search(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]", path):
        return f"invalid path: '{path}' (characters outside of the reserved list of RFC 3986 found)"
    return None


def _route_path_error(path: str) -> str | None:
    if not path.startswith(("/", "~/")):
        return "should start with: / (fixed path) or ~/ (regex path)"
    if path.startswith("~"):
        try:
            re.compile(path[1:].replace("(?<", "(?P<"))
        except re.error as error:
            return f"invalid regex: '{path[1:]}' ({error})"
        return None
    if "//" in path:
        return "must not have empty segments"
    try:
        normal = normalize(path.encode().decode("latin-1")).encode("latin-1").decode(errors="replace")
    except BadPath:
        return "invalid url-encoded value"
    return None if normal == path else f"non-normalized path, consider use '{normal}' instead"


def _host_error(host: str) -> str | None:
    return None if re.fullmatch(r"\*?[A-Za-z0-9.\-_]+(\*|:\d+)?", host) else f"invalid hostname: {host}"


def _method_error(method: str) -> str | None:
    return None if HTTP_METHOD.fullmatch(method) else f"invalid value: {method}"


def _consumer_errors(consumer: Entity) -> Iterator[str]:
    if not consumer["username"] and not consumer["custom_id"]:
        yield "at least one of these fields must be non-empty: 'custom_id', 'username'"


def public_key_error(pem: str) -> str | None:
    """What Kong says of a public key that OpenSSL cannot read (it takes a private key too)."""
    for load in (load_pem_public_key, lambda data: load_pem_private_key(data, None)):
        try:
            load(pem.encode())
        except (ValueError, TypeError):
            continue
        # OpenSSL wants the lines of RFC 7468.
        return None if "\n" in pem.strip() else "invalid key"
    return "invalid key"


def _credential_errors(credential: Entity, errors: Errors) -> Iterator[str]:
    """RS*, PS* and EdDSA need their key when they are made; ES* only when they are used."""
    algorithm = credential["algorithm"]
    if algorithm is not None and not str(algorithm).startswith(("RS", "PS", "Ed")):
        return
    key = credential["rsa_public_key"]
    if key is None:
        errors["rsa_public_key"] = "required field missing"
    elif "rsa_public_key" not in errors and (error := public_key_error(key)):
        errors["rsa_public_key"] = error
    if "rsa_public_key" in errors and "algorithm" not in errors:
        yield "failed conditional validation given value of field 'algorithm'"


def _route_errors(route: Entity) -> Iterator[str]:
    if not any(route[name] for name in ("methods", "hosts", "headers", "paths", "snis")):
        yield "must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'"


_ID = Field("string", make=lambda: str(uuid.uuid4()), check=_id_error)
_TIME = Field("integer")
_TAGS = Field("set", element=Field("string", check=_tag_error))
_NAME = Field("string", check=_name_error)
_MILLISECONDS = Field("integer", default=60000, between=(1, 2147483646))
_PROTOCOLS = ("grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp")
_DIGESTS = ("256", "384", "512")
ALGORITHMS = (*(f"{family}{digest}" for family in ("HS", "RS", "ES", "PS") for digest in _DIGESTS), "EdDSA")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity as the Admin API and the store need to know it."""

    name: str
    fields: Mapping[str, Field]
    unique: tuple[tuple[str, ...], ...]
    endpoint_key: str | None = None
    durable: bool = False
    foreign: Mapping[str, str] = field(default_factory=dict)


CONSUMERS = Kind(
    "consumers",
    {
        "id": _ID,
        "username": Field("string"),
        "custom_id": Field("string"),
        "tags": _TAGS,
        "created_at": _TIME,
        "updated_at": _TIME,
    },
    unique=(("username",), ("custom_id",)),
    endpoint_key="username",
    durable=True,
)
JWT_SECRETS = Kind(
    "jwt_secrets",
    {
        "id": _ID,
        "key": Field("string", make=random_key),
        "secret": Field("string", make=random_key),
        "algorithm": Field("string", default="HS256", one_of=ALGORITHMS),
        "rsa_public_key": Field("string"),
        "consumer": Field("foreign", required=True),
        "tags": _TAGS,
        "created_at": _TIME,
    },
    unique=(("key",),),
    endpoint_key="key",
    durable=True,
    foreign={"consumer": "consumers"},
)
ACLS = Kind(
    "acls",
    {
        "id": _ID,
        "group": Field("string", required=True),
        "consumer": Field("foreign", required=True),
        "tags": _TAGS,
        "created_at": _TIME,
    },
    unique=(("consumer", "group"),),
    durable=True,
    foreign={"consumer": "consumers"},
)
SERVICES = Kind(
    "services",
    {
        "id": _ID,
        "name": _NAME,
        "protocol": Field("string", default="http", one_of=_PROTOCOLS),
        "host": Field("string", required=True),
        "port": Field("integer", default=80, between=(0, 65535)),
        "path": Field("string", check=_service_path_error),
        "retries": Field("integer", default=5, between=(0, 32767)),
        "connect_timeout": _MILLISECONDS,
        "read_timeout": _MILLISECONDS,
        "write_timeout": _MILLISECONDS,
        "enabled": Field("boolean", default=True),
        "tags": _TAGS,
        "client_certificate": Field("foreign"),
        "ca_certificates": Field("array"),
        "tls_verify": Field("boolean"),
        "tls_verify_depth": Field("integer"),
        "created_at": _TIME,
        "updated_at": _TIME,
    },
    unique=(("name",),),
    endpoint_key="name",
)
ROUTES = Kind(
    "routes",
    {
        "id": _ID,
        "name": _NAME,
        "protocols": Field("set", default=["http", "https"], element=Field("string")),
        "methods": Field("set", element=Field("string", check=_method_error)),
        "hosts": Field("array", element=Field("string", check=_host_error)),
        "paths": Field("array", element=Field("string", check=_route_path_error)),
        "headers": Field("map", element=Field("array", element=Field("string"))),
        "https_redirect_status_code": Field("integer", default=426, one_of=(426, 301, 302, 307, 308)),
        "regex_priority": Field("integer", default=0),
        "strip_path": Field("boolean", default=True),
        "path_handling": Field("string", default="v0", one_of=("v0", "v1")),
        "preserve_host": Field("boolean", default=False),
        "request_buffering": Field("boolean", default=True),
        "response_buffering": Field("boolean", default=True),
        "snis": Field("set"),
        "sources": Field("set"),
        "destinations": Field("set"),
        "tags": _TAGS,
        "service": Field("foreign"),
        "created_at": _TIME,
        "updated_at": _TIME,
    },
    unique=(("name",),),
    endpoint_key="name",
    foreign={"service": "services"},
)
PLUGINS = Kind(
    "plugins",
    {
        "id": _ID,
        "name": Field("string", required=True),
        "instance_name": Field("string"),
        "route": Field("foreign"),
        "service": Field("foreign"),
        "consumer": Field("foreign"),
        "config": Field("map"),
        "protocols": Field("set", default=["grpc", "grpcs", "http", "https"], element=Field("string")),
        "enabled": Field("boolean", default=True),
        "tags": _TAGS,
        "created_at": _TIME,
        "updated_at": _TIME,
    },
    unique=(("name", "route", "service", "consumer"),),
    foreign={"route": "routes", "service": "services", "consumer": "consumers"},
)
KINDS = {kind.name: kind for kind in (CONSUMERS, JWT_SECRETS, ACLS, SERVICES, ROUTES, PLUGINS)}


def validate(kind: Kind, entity: Entity) -> None:
    """Raises SchemaViolation. The configuration of a plugin is validated by the plugin."""
    errors = violations(kind.fields, entity)
    entity_errors: list[str] = []
    if kind is CONSUMERS:
        entity_errors = list(_consumer_errors(entity))
    elif kind is JWT_SECRETS:
        entity_errors = list(_credential_errors(entity, errors))
    elif kind is ROUTES and not errors:
        entity_errors = list(_route_errors(entity))
    if entity_errors:
        errors["@entity"] = entity_errors
    if errors:
        raise SchemaViolation(errors)
