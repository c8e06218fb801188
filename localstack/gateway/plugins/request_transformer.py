"""Headers that the upstream is not to see from a client, and those that it is to see from the gateway."""

from typing import Annotated

from pydantic import AfterValidator

from localstack.gateway.exchange import Answer, Exchange
from localstack.gateway.plugins.base import Options, Plugin


def _pair(text: str) -> str:
    if ":" not in text or "$(" in text or any(character < " " for character in text):
        raise ValueError("expected NAME:VALUE, without a template")
    return text


class Remove(Options):
    headers: list[str]


class Add(Options):
    headers: list[Annotated[str, AfterValidator(_pair)]]


class RequestTransformerOptions(Options):
    remove: Remove
    add: Add


class RequestTransformer(Plugin[RequestTransformerOptions]):
    name = "request-transformer"
    options = RequestTransformerOptions

    async def access(self, exchange: Exchange) -> Answer | None:
        for name in self.config.remove.headers:
            exchange.headers.popall(name, None)
        for pair in self.config.add.headers:
            exchange.headers.setdefault(*pair.split(":", 1))
        return None
