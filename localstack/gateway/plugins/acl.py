"""Authorization by the consumer's groups."""

from pydantic import Field

from localstack.gateway.exchange import Answer, Exchange
from localstack.gateway.plugins.base import Options, Plugin


class AclOptions(Options):
    allow: list[str] = Field(min_length=1)


class Acl(Plugin[AclOptions]):
    name = "acl"
    options = AclOptions

    async def access(self, exchange: Exchange) -> Answer | None:
        if exchange.consumer is None:
            return exchange.refuse(401, "Unauthorized")
        groups = [group.name for group in self.surroundings.consumers.groups(exchange.consumer.id)]
        if set(self.config.allow).isdisjoint(groups):
            return exchange.refuse(403, "You cannot consume this service")
        exchange.headers["X-Consumer-Groups"] = ", ".join(groups)
        return None
