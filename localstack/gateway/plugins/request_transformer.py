"""Changes to the request's headers, query arguments and method before the upstream sees them."""

import re
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from localstack.gateway.exchange import Exchange, Plugin, header_text
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Errors, Field

_PAIR = re.compile(r"([^:]+):*(.*)", re.DOTALL)
# In the order in which they are applied.
_STEPS = ("remove", "rename", "replace", "add", "append")


def _unsupported(pair: str) -> str | None:
    return "templates are not supported" if "$(" in pair else None


def _nothing_in(values: list[str]) -> str | None:
    return "transformations of the body are not supported" if values else None


_LISTS = {
    "headers": Field("array", default=[], element=Field("string", check=_unsupported)),
    "querystring": Field("array", default=[], element=Field("string", check=_unsupported)),
    "body": Field("array", default=[], check=_nothing_in),
}


class RequestTransformer(Plugin):
    name = "request-transformer"
    priority = 801
    consumer_scope = True
    fields: ClassVar[dict[str, Field]] = {
        "http_method": Field("string"),
        **{step: Field("record", fields=_LISTS) for step in _STEPS if step != "replace"},
        "replace": Field("record", fields={**_LISTS, "uri": Field("string", check=lambda _: "not supported")}),
    }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._headers = {step: _pairs(config[step]["headers"]) for step in _STEPS}
        self._query = {step: _pairs(config[step]["querystring"]) for step in _STEPS}

    @classmethod
    def check(cls, config: dict[str, Any], errors: Errors) -> list[str]:
        method = config["http_method"]
        if isinstance(method, str) and not re.fullmatch("[A-Z]+", method):
            errors["http_method"] = f"invalid value: {method}"
        return []

    async def access(self, exchange: Exchange) -> Response | None:
        self._transform_headers(exchange)
        if any(self._query.values()):
            self._transform_query(exchange)
        exchange.method = self.config["http_method"] or exchange.method
        return None

    def _transform_headers(self, exchange: Exchange) -> None:
        headers = exchange.headers
        for name, _ in self._headers["remove"]:
            headers.remove(name)
        for old, new in self._headers["rename"]:
            value = headers.get(old)
            if value is not None:
                headers.remove(old)
                headers.set(new, value)
        for name, value in self._headers["replace"]:
            if name in headers:
                headers.set(name, header_text(value))
        for name, value in self._headers["add"]:
            if name not in headers and name.lower() != "host":
                headers.add(name, header_text(value))
        for name, value in self._headers["append"]:
            headers.add(name, header_text(value))

    def _transform_query(self, exchange: Exchange) -> None:
        arguments = parse_qsl(exchange.query or "", keep_blank_values=True)
        for name, _ in self._query["remove"]:
            arguments = [pair for pair in arguments if pair[0] != name]
        for old, new in self._query["rename"]:
            arguments = [(new if name == old else name, value) for name, value in arguments]
        for name, value in self._query["replace"]:
            if any(pair[0] == name for pair in arguments):
                arguments = [pair for pair in arguments if pair[0] != name] + [(name, value)]
        for name, value in self._query["add"]:
            if not any(pair[0] == name for pair in arguments):
                arguments.append((name, value))
        arguments += self._query["append"]
        exchange.query = urlencode(arguments) or None


def _pairs(items: list[str]) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for item in items if (match := _PAIR.fullmatch(item))]
