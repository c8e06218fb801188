"""Limits by calendar minute, counted in this process (policy local)."""

from typing import Literal

from pydantic import Field

from localstack.gateway.exchange import Answer, Exchange
from localstack.gateway.plugins.base import Options, Plugin, Surroundings


class RateLimitingOptions(Options):
    minute: int = Field(gt=0)
    limit_by: Literal["consumer", "ip"]
    policy: Literal["local"]


class RateLimiting(Plugin[RateLimitingOptions]):
    name = "rate-limiting"
    options = RateLimitingOptions

    def __init__(self, config: RateLimitingOptions, surroundings: Surroundings) -> None:
        super().__init__(config, surroundings)
        self._minute = 0
        self._counts: dict[str, int] = {}

    async def access(self, exchange: Exchange) -> Answer | None:
        minute, second = divmod(int(self.surroundings.clock()), 60)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        # Strangers count by their address.
        by_consumer = self.config.limit_by == "consumer"
        who = exchange.consumer.id if by_consumer and exchange.consumer else exchange.client_ip
        counted = self._counts.get(who, 0)
        refused = counted >= self.config.minute
        limit, remaining, reset = (
            str(self.config.minute),
            str(max(0, self.config.minute - counted - 1)),
            str(60 - second),
        )
        exchange.answer_headers |= {
            "X-RateLimit-Limit-Minute": limit,
            "X-RateLimit-Remaining-Minute": remaining,
            "RateLimit-Limit": limit,
            "RateLimit-Remaining": remaining,
            "RateLimit-Reset": reset,
        }
        if refused:
            exchange.answer_headers["Retry-After"] = reset
            return exchange.refuse(429, "API rate limit exceeded")
        self._counts[who] = counted + 1
        return None
