"""python -m operations.kong.generate [--check]: writes kong.yml, or ends with status 1 when it is not up to date.

Each route of each function becomes one Kong route: an anchored regular expression and its methods. Who may call it is
the permission that the function itself declares, so the gateway and the functions cannot disagree.
"""

import argparse
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from operations.kong.declarative import FILE
from operations.source import applications

# An access token lives 15 minutes; the rest is for clocks that do not quite agree.
MAX_TOKEN_SECONDS = 960
CONSUMER_CALLS_A_MINUTE = 600
STRANGER_CALLS_A_MINUTE = 20
# From one address, to routes where a token that nobody can guess takes the place of a password: as many sessions go on
# behind it as there are people.
SESSION_CALLS_A_MINUTE = 600
# On one machine a whole class, and every test, comes from 127.0.0.1.
LOCAL_FACTOR = 100
GATEWAY_HEADER = "X-Gateway-Secret"
# What a page of another origin may read, beside the few headers that it always may.
_EXPOSED_HEADERS = (
    "Date",
    "ETag",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Kong-Request-Id",
    "X-Request-ID",
)

_BY_REFRESH_TOKEN = frozenset(
    [("POST", "/auth/refresh"), ("POST", "/auth/session/refresh"), ("DELETE", "/auth/session")]
)

_HEAD = """\
# Made by `python -m operations.kong.generate` from the permissions of the routes (`api`). Do not edit.
# ${UPSTREAM_URL} and ${GATEWAY_SECRET} are filled in from the environment.
"""
_PARAMETER = re.compile(r"(\{[^}]+\})")

Plugin = dict[str, Any]


@dataclass(frozen=True)
class Route:
    """A route as a function declares it; `roles` None is public."""

    name: str
    path: str
    methods: tuple[str, ...]
    roles: tuple[str, ...] | None

    @property
    def pattern(self) -> str:
        """Kong's path: a parameter is one segment, or with `:path` all that follow."""
        parts = [part.replace(".", r"\.") for part in _PARAMETER.split(self.path)]
        parts[1::2] = [".+" if parameter.endswith(":path}") else "[^/]+" for parameter in parts[1::2]]
        return f"~{''.join(parts)}$"

    @property
    def takes_from_strangers(self) -> bool:
        """Public and more than reading: sign-in, registration, payment."""
        return self.roles is None and "GET" not in self.methods

    @property
    def calls_a_minute(self) -> int:
        """How many of them from one address."""
        by_token = any((method, self.path) in _BY_REFRESH_TOKEN for method in self.methods)
        return SESSION_CALLS_A_MINUTE if by_token else STRANGER_CALLS_A_MINUTE


def declared_routes() -> list[Route]:
    """Every route of every function."""
    return sorted(_routes(), key=lambda route: (route.path, route.methods))


def _routes() -> Iterator[Route]:
    for service, app in applications().items():
        security = importlib.import_module("lms.security")
        for route in app.routes:
            roles = security.permission_of(route)
            yield Route(
                name=f"{service}-{route.name}".replace("_", "-"),
                path=route.path,
                # `lms.http` answers HEAD wherever there is GET.
                methods=tuple(sorted(route.methods | ({"HEAD"} if "GET" in route.methods else set()))),
                roles=None if roles is None else tuple(sorted(roles)),
            )


def declarative(routes: list[Route]) -> dict[str, Any]:
    """The file's content, in Kong's declarative format 3.0."""
    secret = {
        "remove": {"headers": [GATEWAY_HEADER]},
        "add": {"headers": [f"{GATEWAY_HEADER}:${{GATEWAY_SECRET}}"]},
    }
    api = {
        "name": "api",
        # Without the slash, Kong would ask for the root as if it had no path: .../ID, which is no API's.
        "url": "${UPSTREAM_URL}/",
        "plugins": [_plugin("request-transformer", **secret)],
        "routes": [*map(_kong_route, routes), _preflight()],
    }
    return {"_format_version": "3.0", "plugins": _global_plugins(), "services": [api]}


def _kong_route(route: Route) -> dict[str, Any]:
    return {
        "name": route.name,
        "paths": [route.pattern],
        "methods": list(route.methods),
        "strip_path": False,
        "plugins": list(_route_plugins(route)),
    }


def _preflight() -> dict[str, Any]:
    """Browsers ask for leave before a call; the cors plugin answers them here, whatever they ask about."""
    return {"name": "preflight", "paths": ["/"], "methods": ["OPTIONS"], "strip_path": False}


def _route_plugins(route: Route) -> Iterator[Plugin]:
    if route.roles is not None:
        yield _plugin(
            "jwt",
            claims_to_verify=["exp"],
            maximum_expiration=MAX_TOKEN_SECONDS,
            uri_param_names=[],
            cookie_names=[],
            run_on_preflight=False,
        )
        yield _plugin("acl", allow=list(route.roles))
    elif route.takes_from_strangers:
        yield _plugin("rate-limiting", minute=route.calls_a_minute * LOCAL_FACTOR, limit_by="ip", policy="local")


def _global_plugins() -> list[Plugin]:
    # No correlation-id: it sends back whatever a client sent. Kong names every request itself, see docs/decisions/0036.
    return [
        _plugin(
            "cors",
            origins=["*"],
            exposed_headers=list(_EXPOSED_HEADERS),
            max_age=600,
        ),
        _plugin("request-size-limiting", allowed_payload_size=256, size_unit="kilobytes"),
        _plugin("rate-limiting", minute=CONSUMER_CALLS_A_MINUTE * LOCAL_FACTOR, limit_by="consumer", policy="local"),
    ]


def _plugin(name: str, **config: Any) -> Plugin:
    return {"name": name, "config": config}


def text() -> str:
    """What kong.yml should hold."""
    return _HEAD + yaml.safe_dump(declarative(declared_routes()), sort_keys=False, width=120)


def main() -> int:
    parser = argparse.ArgumentParser(prog="operations.kong.generate", description="Write kong.yml.")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 when the file is not up to date")
    wanted = text()
    if not parser.parse_args().check:
        FILE.write_text(wanted)
        return 0
    if FILE.exists() and FILE.read_text() == wanted:
        return 0
    print("kong.yml is not up to date: run `python -m operations.kong.generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
