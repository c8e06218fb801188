"""The plugins that kong.yml may use: each a small handler, run in the order of Kong's own priorities."""

from typing import Any

from localstack.gateway.plugins.acl import Acl
from localstack.gateway.plugins.base import Plugin
from localstack.gateway.plugins.cors import Cors
from localstack.gateway.plugins.jwt import Jwt
from localstack.gateway.plugins.rate_limiting import RateLimiting
from localstack.gateway.plugins.request_size_limiting import RequestSizeLimiting
from localstack.gateway.plugins.request_transformer import RequestTransformer

PLUGINS: dict[str, type[Plugin[Any]]] = {
    plugin.name: plugin for plugin in (Cors, Jwt, RequestSizeLimiting, Acl, RateLimiting, RequestTransformer)
}
"""By name, the one of the highest priority first."""

__all__ = ["PLUGINS", "Plugin"]
