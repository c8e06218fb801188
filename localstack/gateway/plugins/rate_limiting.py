"""Limits by calendar second, minute, hour, day, month and year, counted in this process (policy local)."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from localstack.gateway.exchange import Exchange, Plugin
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Errors, Field

# Kong's own lengths: a month has 30 days, a year 365.
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "month": 2592000, "year": 31536000}
_REDIS = {
    "host": Field("string"),
    "port": Field("integer", default=6379),
    "timeout": Field("integer", default=2000),
    "username": Field("string"),
    "password": Field("string"),
    "database": Field("integer", default=0),
    "ssl": Field("boolean", default=False),
    "ssl_verify": Field("boolean", default=False),
    "server_name": Field("string"),
}


def _limit_error(value: float) -> str | None:
    return None if value > 0 else "value must be greater than 0"


class Counters:
    """How often each key was counted in the running window of each period. Older windows are forgotten."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, dict[tuple[str, ...], int]]] = {}

    def window(self, period: str, start: int) -> dict[tuple[str, ...], int]:
        current = self._windows.get(period)
        if current is None or current[0] != start:
            current = self._windows[period] = (start, {})
        return current[1]


class RateLimiting(Plugin):
    name = "rate-limiting"
    priority = 910
    consumer_scope = True
    fields: ClassVar[dict[str, Field]] = {
        **{period: Field("number", check=_limit_error) for period in _SECONDS},
        "limit_by": Field(
            "string",
            default="consumer",
            one_of=("consumer", "credential", "ip", "service", "header", "path", "consumer-group"),
        ),
        "header_name": Field("string"),
        "path": Field("string"),
        "policy": Field("string", default="local", one_of=("local",)),
        "fault_tolerant": Field("boolean", default=True),
        "hide_client_headers": Field("boolean", default=False),
        "error_code": Field("number", default=429),
        "error_message": Field("string", default="API rate limit exceeded"),
        "sync_rate": Field("number", default=-1),
        "redis": Field("record", fields=_REDIS),
        **{f"redis_{name}": spec for name, spec in _REDIS.items()},
    }

    def __init__(
        self, config: dict[str, Any], scope: tuple[str, str, str], counters: Counters, clock: Callable[[], float]
    ) -> None:
        super().__init__(config)
        self._scope = scope
        self._counters = counters
        self._clock = clock
        self._limits = {period: int(config[period]) for period in _SECONDS if config[period] is not None}

    @classmethod
    def check(cls, config: dict[str, Any], errors: Errors) -> list[str]:
        limits = [(period, config[period]) for period in _SECONDS if config[period] is not None]
        if not limits:
            names = ", ".join(f"'config.{period}'" for period in _SECONDS)
            return [f"at least one of these fields must be non-empty: {names}"]
        if not errors:
            for (shorter, low), (longer, high) in itertools.pairwise(limits):
                if high < low:
                    errors["@config"] = (
                        f"The limit for {longer}({high:.1f}) cannot be lower than the limit for {shorter}({low:.1f})"
                    )
        return []

    async def access(self, exchange: Exchange) -> Response | None:
        now = self._clock()
        key = (*self._scope, self._identifier(exchange))
        windows = {period: self._counters.window(period, _window_start(period, now)) for period in self._limits}
        remaining = {period: limit - windows[period].get(key, 0) for period, limit in self._limits.items()}
        exceeded = next((period for period in reversed(self._limits) if remaining[period] <= 0), None)
        reset = self._tell(exchange, remaining, exceeded, now)
        if exceeded is None:
            for counts in windows.values():
                counts[key] = counts.get(key, 0) + 1
            return None
        if not self.config["hide_client_headers"]:
            exchange.response_headers["Retry-After"] = reset
        return exchange.error(int(self.config["error_code"]), self.config["error_message"])

    def _identifier(self, exchange: Exchange) -> str:
        identifier: Any = None
        match self.config["limit_by"]:
            case "consumer":
                identifier = exchange.consumer and exchange.consumer["id"]
            case "credential":
                identifier = exchange.credential and exchange.credential["id"]
            case "service":
                identifier = exchange.service and exchange.service["id"]
            case "header":
                identifier = exchange.request.headers.get(self.config["header_name"] or "")
            case "path":
                identifier = self.config["path"] if exchange.raw_path == self.config["path"] else None
        return str(identifier or exchange.request.client_ip)

    def _tell(self, exchange: Exchange, remaining: dict[str, int], exceeded: str | None, now: float) -> str:
        """Sets the headers for the client; RateLimit-* are of the window with the least left. Returns its reset."""
        left = {
            period: max(0, count - 1 if exceeded in (None, period) else count) for period, count in remaining.items()
        }
        narrowest = min(left, key=lambda period: (left[period], -_SECONDS[period]))
        passed = int(now) - _window_start(narrowest, now)
        reset = str(max(1, _SECONDS[narrowest] - passed))
        if not self.config["hide_client_headers"]:
            for period, count in left.items():
                exchange.response_headers[f"X-RateLimit-Limit-{period.title()}"] = str(self._limits[period])
                exchange.response_headers[f"X-RateLimit-Remaining-{period.title()}"] = str(count)
            exchange.response_headers["RateLimit-Limit"] = str(self._limits[narrowest])
            exchange.response_headers["RateLimit-Remaining"] = str(left[narrowest])
            exchange.response_headers["RateLimit-Reset"] = reset
        return reset


def _window_start(period: str, now: float) -> int:
    second = int(now)
    if period in ("second", "minute", "hour", "day"):
        return second - second % _SECONDS[period]
    today = datetime.fromtimestamp(second, UTC).replace(hour=0, minute=0, second=0, day=1)
    return int((today if period == "month" else today.replace(month=1)).timestamp())
