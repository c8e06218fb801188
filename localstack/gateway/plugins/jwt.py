"""Authentication by a token that one of the consumer's credentials signed."""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeGuard
from urllib.parse import unquote_plus

from localstack.gateway import jose
from localstack.gateway.errors import exit_json
from localstack.gateway.exchange import Exchange, Plugin, header_text
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Entity, Errors, Field
from localstack.gateway.store import Store

_BEARER = re.compile(r"\s*[Bb]earer\s+(.+)")


class _Unauthorized(Exception):
    """`claims` tells claim by claim what is wrong; without it the message is answered."""

    def __init__(self, message: str, claims: dict[str, str] | None = None, *, error: bool = True) -> None:
        super().__init__(message)
        self.body = claims or {"message": message}
        self.error = error


class Jwt(Plugin):
    name = "jwt"
    priority = 1450
    fields: ClassVar[dict[str, Field]] = {
        "uri_param_names": Field("set", default=["jwt"], element=Field("string")),
        "cookie_names": Field("set", default=[], element=Field("string")),
        "header_names": Field("set", default=["authorization"], element=Field("string")),
        "key_claim_name": Field("string", default="iss"),
        "secret_is_base64": Field("boolean", default=False),
        "claims_to_verify": Field("set", element=Field("string", one_of=("exp", "nbf"))),
        "anonymous": Field("string"),
        "run_on_preflight": Field("boolean", default=True),
        "maximum_expiration": Field("number", default=0, between=(0, 31536000)),
        "realm": Field("string"),
    }

    def __init__(self, config: dict[str, Any], store: Store, clock: Callable[[], float]) -> None:
        super().__init__(config)
        self._store = store
        self._clock = clock

    @classmethod
    def check(cls, config: dict[str, Any], errors: Errors) -> list[str]:
        claims = config["claims_to_verify"]
        if isinstance(claims, list) and claims and config["maximum_expiration"] and "exp" not in claims:
            errors.setdefault("claims_to_verify", "expected to contain: exp")
            return ["failed conditional validation given value of field 'config.maximum_expiration'"]
        return []

    async def access(self, exchange: Exchange) -> Response | None:
        config = self.config
        if exchange.request.method == "OPTIONS" and not config["run_on_preflight"]:
            return None
        try:
            credential, consumer = self._authenticate(exchange)
        except _Unauthorized as refusal:
            if config["anonymous"]:
                return self._pass_anonymous(exchange)
            challenge = f'Bearer realm="{config["realm"]}"' if config["realm"] else "Bearer"
            if refusal.error:
                challenge += ' error="invalid_token"'
            return exit_json(401, refusal.body, ("WWW-Authenticate", challenge))
        _identify(exchange, consumer, credential)
        return None

    def _pass_anonymous(self, exchange: Exchange) -> Response | None:
        anonymous = self.config["anonymous"]
        consumer = self._store.get("consumers", anonymous) or self._store.find("consumers", username=anonymous)
        if consumer is None:
            return exchange.error(500, "An unexpected error occurred")
        _identify(exchange, consumer, None)
        return None

    def _authenticate(self, exchange: Exchange) -> tuple[Entity, Entity]:
        config = self.config
        tokens = set(self._tokens(exchange))
        if not tokens:
            raise _Unauthorized("Unauthorized", error=False)
        if len(tokens) > 1:
            raise _Unauthorized("Multiple tokens provided")
        text = tokens.pop()
        if text is None:
            raise _Unauthorized("Unrecognizable token")
        try:
            token = jose.parse(text)
        except jose.BadToken as bad:
            raise _Unauthorized(f"Bad token; {bad}") from bad
        credential = self._credential(token)
        self._verify_signature(token, credential)
        self._verify_claims(token.claims)
        consumer = self._store.get("consumers", credential["consumer"]["id"])
        if consumer is None:
            raise _Unauthorized(f"Could not find consumer for '{config['key_claim_name']}={credential['key']}'")
        return credential, consumer

    def _tokens(self, exchange: Exchange) -> Iterator[str | None]:
        """Every token in the request; None for an argument without a value."""
        config, headers = self.config, exchange.request.headers
        if config["uri_param_names"] and exchange.raw_query:
            for argument in exchange.raw_query.split("&"):
                name, has_value, value = argument.partition("=")
                if unquote_plus(name) not in config["uri_param_names"]:
                    continue
                if not has_value:
                    yield None
                elif value:
                    yield unquote_plus(value, "latin-1")
        for name in config["cookie_names"]:
            cookie = _cookie(headers.all("cookie"), name)
            if cookie:
                yield cookie
        for name in config["header_names"]:
            bearer = _BEARER.search(headers.get(name) or "")
            if bearer:
                yield bearer[1]

    def _credential(self, token: jose.Token) -> Entity:
        claim = self.config["key_claim_name"]
        key = token.claims.get(claim)
        if key is None or key is False:
            key = token.header.get(claim)
        if key is None or key is False:
            raise _Unauthorized(f"No mandatory '{claim}' in claims")
        if not isinstance(key, str) or key == "":
            raise _Unauthorized(f"Invalid '{claim}' in claims")
        credential = self._store.find("jwt_secrets", key=key)
        if credential is None:
            raise _Unauthorized(f"No credentials found for given '{claim}'")
        return credential

    def _verify_signature(self, token: jose.Token, credential: Entity) -> None:
        algorithm: str = credential["algorithm"]
        if token.header["alg"] != algorithm:
            raise _Unauthorized("Invalid algorithm")
        text: str | None = credential["secret" if algorithm.startswith("HS") else "rsa_public_key"]
        key = text.encode() if text else None
        if text and self.config["secret_is_base64"]:
            key = jose.decode_base64(text) if text.isascii() else None
        if not key:
            raise _Unauthorized("Invalid key/secret")
        try:
            genuine = jose.verify(token, key)
        except jose.BadKey as bad:
            raise _Unauthorized("Invalid key/secret") from bad
        if not genuine:
            raise _Unauthorized("Invalid signature")

    def _verify_claims(self, claims: dict[str, Any]) -> None:
        now = int(self._clock())
        checked = {name: _claim_error(name, claims, now) for name in self.config["claims_to_verify"] or ()}
        wrong = {name: error for name, error in checked.items() if error}
        if wrong:
            raise _Unauthorized("claims", wrong)
        maximum = self.config["maximum_expiration"]
        expires = claims.get("exp")
        if maximum and (not _is_number(expires) or not expires - now <= maximum):
            raise _Unauthorized("claims", {"exp": "exceeds maximum allowed expiration"})


def _claim_error(name: str, claims: dict[str, Any], now: int) -> str | None:
    value = claims.get(name)
    if not _is_number(value):
        return "must be a number"
    # Written so that NaN, which JSON readers take, passes neither.
    if name == "exp":
        return None if value > now else "token expired"
    return None if value <= now else "token not valid yet"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cookie(headers: list[str], name: str) -> str | None:
    for pair in ";".join(headers).split(";"):
        key, _, value = pair.strip().partition("=")
        if key.lower() == name.lower():
            return value
    return None


def _identify(exchange: Exchange, consumer: Entity, credential: Entity | None) -> None:
    """Tells the upstream who calls, over whatever the client said of itself."""
    exchange.consumer = consumer
    exchange.credential = credential
    identity = {
        "X-Consumer-ID": consumer["id"],
        "X-Consumer-Custom-ID": consumer["custom_id"],
        "X-Consumer-Username": consumer["username"],
        "X-Credential-Identifier": credential and credential["key"],
        "X-Anonymous-Consumer": None if credential else "true",
    }
    for name, value in identity.items():
        if value:
            exchange.headers.set(name, header_text(value))
        else:
            exchange.headers.remove(name)
