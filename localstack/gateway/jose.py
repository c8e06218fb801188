"""JSON Web Tokens as Kong's jwt plugin reads them, and the verification of their signatures."""

import base64
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from localstack.gateway.schema import ALGORITHMS

_HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class BadToken(ValueError):
    """What cannot be read as a token; the message is Kong's."""


class BadKey(ValueError):
    """A credential whose key cannot be read."""


@dataclass(frozen=True, slots=True)
class Token:
    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def decode_base64(text: str) -> bytes | None:
    """URL-safe or plain base64, padded or not, read up to the first "="; None when it is neither."""
    data = text.encode("latin-1").replace(b"-", b"+").replace(b"_", b"/").partition(b"=")[0]
    if _NOT_BASE64.search(data) or len(data) % 4 == 1:
        return None
    return base64.b64decode(data + b"=" * (-len(data) % 4))


def parse(token: str) -> Token:
    """Reads a token without verifying it. Raises BadToken."""
    parts = token.split(".", 2)
    if len(parts) != 3:
        raise BadToken("invalid JSON")
    header, claims = _json_object(parts[0]), _json_object(parts[1])
    if header.get("alg") not in ALGORITHMS:
        raise BadToken("invalid alg")
    signature = decode_base64(parts[2])
    if signature is None:
        raise BadToken("invalid signature")
    return Token(header, claims, f"{parts[0]}.{parts[1]}".encode("latin-1"), signature)


def _json_object(part: str) -> dict[str, Any]:
    data = decode_base64(part)
    try:
        value = json.loads(data.decode("utf-8", "surrogateescape")) if data else None
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list | str):
        # Lua finds no fields in these; in anything else it fails.
        return {}
    if not isinstance(value, dict):
        raise BadToken("invalid JSON")
    return value


def verify(token: Token, key: bytes) -> bool:
    """Whether the signature is that of `key` (a secret for HS*, a PEM for the others). Raises BadKey."""
    algorithm: str = token.header["alg"]
    if algorithm.startswith("HS"):
        return hmac.compare_digest(hmac.digest(key, token.signed, f"sha{algorithm[2:]}"), token.signature)
    check = _CHECKS[algorithm[:2]]
    try:
        return check(algorithm, _load(key), token)
    except InvalidSignature:
        return False


@lru_cache(maxsize=1024)
def _load(pem: bytes) -> PublicKeyTypes:
    try:
        return load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        pass
    try:
        return load_pem_private_key(pem, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey from error


def _rsa(algorithm: str, key: PublicKeyTypes, token: Token) -> bool:
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    digest = _HASHES[algorithm[2:]]
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if algorithm.startswith("PS"):
        scheme = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
    key.verify(token.signature, token.signed, scheme, digest)
    return True


def _ecdsa(algorithm: str, key: PublicKeyTypes, token: Token) -> bool:
    """RFC 7518, 3.4: the two numbers side by side at the curve's full width, never DER; one curve an algorithm."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, _CURVES[algorithm]):
        return False
    width = (key.curve.key_size + 7) // 8
    if len(token.signature) != 2 * width:
        return False
    r, s = (int.from_bytes(half) for half in (token.signature[:width], token.signature[width:]))
    key.verify(encode_dss_signature(r, s), token.signed, ec.ECDSA(_HASHES[algorithm[2:]]))
    return True


def _eddsa(algorithm: str, key: PublicKeyTypes, token: Token) -> bool:
    del algorithm
    if not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return False
    key.verify(token.signature, token.signed)
    return True


_CHECKS: dict[str, Callable[[str, PublicKeyTypes, Token], bool]] = {"RS": _rsa, "PS": _rsa, "ES": _ecdsa, "Ed": _eddsa}
