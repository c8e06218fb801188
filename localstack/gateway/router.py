"""Which route a request takes: Kong's `traditional_compatible` router."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from localstack.gateway.headers import Headers
from localstack.gateway.schema import Entity

_HOST_PORT = re.compile(r"^(.*):(\d+)$")


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the part of the path that its own path matched ("" for a route without paths)."""

    route: Entity
    matched_path: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One path of one route: Kong ranks the paths of a route apart from each other."""

    route: Entity
    priority: tuple[int, bool, int, bool, int, int]
    methods: frozenset[str]
    hosts: tuple[str, ...]
    headers: dict[str, frozenset[str]]
    prefix: str
    regex: re.Pattern[str] | None

    def match(self, host: str, path: str, headers: Headers) -> str | None:
        """What of the path it matches, None when the route is not for this request."""
        if self.regex is not None:
            found = self.regex.match(path)
            matched = found[0] if found else None
        else:
            matched = self.prefix if path.startswith(self.prefix) else None
        if matched is None or (self.hosts and not any(_host_matches(pattern, host) for pattern in self.hosts)):
            return None
        for name, values in self.headers.items():
            if not values.intersection(value.lower() for value in headers.all(name)):
                return None
        return matched


class Router:
    """Made anew whenever routes change."""

    def __init__(self, routes: Iterable[Entity]) -> None:
        entries = [entry for route in routes for entry in _entries(route)]
        self._entries = sorted(entries, key=lambda entry: entry.priority, reverse=True)
        self._by_method: dict[str, list[_Entry]] = {}

    def find(self, method: str, host: str, path: str, headers: Headers) -> Match | None:
        """The route of highest priority that matches; of equals, the one made first. `path` is normalised."""
        port = _HOST_PORT.match(host)
        bare_host = port[1] if port else host
        for entry in self._of_method(method):
            matched = entry.match(bare_host, path, headers)
            if matched is not None:
                return Match(entry.route, matched)
        return None

    def _of_method(self, method: str) -> list[_Entry]:
        entries = self._by_method.get(method)
        if entries is None:
            entries = [entry for entry in self._entries if not entry.methods or method in entry.methods]
            # The parser knows a few dozen methods and refuses all others, so this stays small.
            self._by_method[method] = entries
        return entries


def path_regex(pattern: str) -> re.Pattern[str]:
    """A `~` path of a route. Raises re.error."""
    return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern.removeprefix("~")))


def _entries(route: Entity) -> Iterable[_Entry]:
    methods, hosts, headers = route["methods"] or (), route["hosts"] or (), route["headers"] or {}
    attributes = sum(1 for attribute in (methods, hosts, headers, route["paths"]) if attribute)
    plain_hosts = bool(hosts) and not any("*" in host for host in hosts)
    for path in route["paths"] or ("",):
        is_regex = path.startswith("~")
        # Requests are bytes read as latin-1, the configuration is text.
        raw_path = path.encode().decode("latin-1")
        yield _Entry(
            route=route,
            priority=(
                attributes,
                plain_hosts,
                len(headers),
                is_regex,
                route["regex_priority"] if is_regex else 0,
                0 if is_regex else len(raw_path),
            ),
            methods=frozenset(methods),
            hosts=tuple(hosts),
            headers={name.lower(): frozenset(value.lower() for value in values) for name, values in headers.items()},
            prefix=raw_path,
            regex=path_regex(raw_path) if is_regex else None,
        )


def _host_matches(pattern: str, host: str) -> bool:
    if pattern.startswith("*"):
        return host.endswith(pattern[1:])
    if pattern.endswith("*"):
        return host.startswith(pattern[:-1])
    return host == pattern
