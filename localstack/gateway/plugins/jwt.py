"""Authentication by an ES256 token that one of the consumer's credentials signed."""

import json
import re
from functools import lru_cache
from typing import Any, Literal, TypeGuard

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWS
from jwt.algorithms import ECAlgorithm, get_default_algorithms
from jwt.exceptions import InvalidKeyError, InvalidTokenError
from jwt.types import SigOptions
from pydantic import Field

from localstack.gateway.consumers import Credential
from localstack.gateway.exchange import Answer, Exchange, json_answer
from localstack.gateway.plugins.base import Options, Plugin

_BEARER = re.compile(r"\s*[Bb]earer\s+(.+)")
_ALGORITHM = "ES256"
_ES256 = get_default_algorithms()[_ALGORITHM]
assert isinstance(_ES256, ECAlgorithm)
# What Kong takes for an algorithm at all; a token of another than the credential's is refused in other words.
_KNOWN = frozenset([f"{family}{bits}" for family in ("HS", "RS", "ES", "PS") for bits in (256, 384, 512)] + ["EdDSA"])
_UNVERIFIED: SigOptions = {"verify_signature": False}


class JwtOptions(Options):
    claims_to_verify: tuple[Literal["exp"]]
    maximum_expiration: int = Field(default=0, ge=0)
    # Kong would look for tokens in addresses and cookies too, if it were not told otherwise.
    uri_param_names: tuple[()]
    cookie_names: tuple[()] = ()
    run_on_preflight: bool = True


class _Unauthorized(Exception):
    """`body` says claim by claim what is wrong, or gives one message."""

    def __init__(self, message: str, claims: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.body = claims or {"message": message}


class Jwt(Plugin[JwtOptions]):
    name = "jwt"
    options = JwtOptions

    async def access(self, exchange: Exchange) -> Answer | None:
        if exchange.method == "OPTIONS" and not self.config.run_on_preflight:
            return None
        bearer = _BEARER.search(exchange.request_headers.get("Authorization", ""))
        if bearer is None:
            return _challenge("Bearer", {"message": "Unauthorized"})
        try:
            credential = self._authenticate(bearer[1])
        except _Unauthorized as refusal:
            return _challenge('Bearer error="invalid_token"', refusal.body)
        consumer = self.surroundings.consumers.get(credential.consumer_id)
        assert consumer is not None
        exchange.consumer = consumer
        identity = {
            "X-Consumer-ID": consumer.id,
            "X-Consumer-Custom-ID": consumer.custom_id,
            "X-Consumer-Username": consumer.username,
            "X-Credential-Identifier": credential.key,
            "X-Anonymous-Consumer": None,
        }
        # Over whatever the client said of itself.
        for name, value in identity.items():
            exchange.headers.popall(name, None)
            if value:
                exchange.headers[name] = _one_line(value)
        return None

    def _authenticate(self, token: str) -> Credential:
        header, claims, signed, signature = _parse(token)
        key = claims.get("iss", header.get("iss"))
        if key is None or key is False:
            raise _Unauthorized("No mandatory 'iss' in claims")
        if not isinstance(key, str) or key == "":
            raise _Unauthorized("Invalid 'iss' in claims")
        credential = self.surroundings.consumers.find_credential(key)
        if credential is None:
            raise _Unauthorized("No credentials found for given 'iss'")
        if header["alg"] != _ALGORITHM:
            raise _Unauthorized("Invalid algorithm")
        if not _ES256.verify(signed, _public_key(credential.rsa_public_key), signature):
            raise _Unauthorized("Invalid signature")
        self._verify_expiry(claims)
        return credential

    def _verify_expiry(self, claims: dict[str, Any]) -> None:
        now = int(self.surroundings.clock())
        expires = claims.get("exp")
        if not _is_number(expires):
            raise _Unauthorized("claims", {"exp": "must be a number"})
        # Written so that NaN, which JSON readers take, does not pass.
        if not expires > now:
            raise _Unauthorized("claims", {"exp": "token expired"})
        maximum = self.config.maximum_expiration
        if maximum and not expires - now <= maximum:
            raise _Unauthorized("claims", {"exp": "exceeds maximum allowed expiration"})


def _parse(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, claims, what is signed, and the signature. Raises _Unauthorized."""
    try:
        parts = PyJWS(algorithms=list(_KNOWN)).decode_complete(token.encode(errors="replace"), options=_UNVERIFIED)
        claims = json.loads(parts["payload"])
    except (InvalidTokenError, ValueError, RecursionError) as error:
        raise _Unauthorized("Bad token; invalid JSON") from error
    header = parts["header"]
    if not isinstance(claims, dict):
        raise _Unauthorized("Bad token; invalid JSON")
    if not isinstance(header.get("alg"), str) or header["alg"] not in _KNOWN:
        raise _Unauthorized("Bad token; invalid alg")
    return header, claims, token.rpartition(".")[0].encode(), parts["signature"]


@lru_cache(maxsize=1024)
def _public_key(pem: str) -> EllipticCurvePublicKey:
    try:
        key = _ES256.prepare_key(pem)
    except (ValueError, TypeError, InvalidKeyError) as error:
        raise _Unauthorized("Invalid key/secret") from error
    return key if isinstance(key, EllipticCurvePublicKey) else key.public_key()


def _challenge(challenge: str, body: dict[str, str]) -> Answer:
    answer = json_answer(401, body)
    answer.headers["WWW-Authenticate"] = challenge
    return answer


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_line(value: str) -> str:
    """A value for a header: control characters, which could end the line, are encoded."""
    return "".join(f"%{ord(char):02X}" if char < " " or char == "\x7f" else char for char in value)
