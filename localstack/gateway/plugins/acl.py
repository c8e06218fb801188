"""Authorization by the consumer's groups."""

from typing import Any, ClassVar

from localstack.gateway.exchange import Exchange, Plugin, header_text
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Errors, Field
from localstack.gateway.store import Store


class Acl(Plugin):
    name = "acl"
    priority = 950
    fields: ClassVar[dict[str, Field]] = {
        "allow": Field("array", element=Field("string")),
        "deny": Field("array", element=Field("string")),
        "hide_groups_header": Field("boolean", default=False),
        "always_use_authenticated_groups": Field("boolean", default=False),
    }

    def __init__(self, config: dict[str, Any], store: Store) -> None:
        super().__init__(config)
        self._store = store

    @classmethod
    def check(cls, config: dict[str, Any], errors: Errors) -> list[str]:
        del errors
        allow, deny = config["allow"], config["deny"]
        wrong = []
        if bool(allow) == bool(deny):
            wrong.append("exactly one of these fields must be non-empty: 'config.allow', 'config.deny'")
        if not allow and not deny:
            wrong.append("at least one of these fields must be non-empty: 'config.allow', 'config.deny'")
        return wrong

    async def access(self, exchange: Exchange) -> Response | None:
        if exchange.consumer is None:
            return exchange.error(401, "Unauthorized")
        groups = [acl["group"] for acl in self._store.children("acls", "consumer", exchange.consumer["id"])]
        denied = self.config["deny"]
        named = not set(denied or self.config["allow"]).isdisjoint(groups)
        if named == bool(denied):
            return exchange.error(403, "You cannot consume this service")
        if not self.config["hide_groups_header"]:
            exchange.headers.set("X-Consumer-Groups", header_text(", ".join(groups)))
        return None
