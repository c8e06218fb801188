"""Keys and tokens for the cases: good ones, and all the ways in which one can be wrong."""

import base64
import hmac
import json
from functools import cached_property
from typing import Any, ClassVar

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

_HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Keys:
    """Throw-away keys by the names that the cases use, made when first needed."""

    secrets: ClassVar[dict[str, str]] = {"hs-A": "s" * 31 + "A", "hs-B": "s" * 31 + "B"}

    @cached_property
    def private(self) -> dict[str, Any]:
        return {
            "rsa-A": rsa.generate_private_key(65537, 2048),
            "rsa-B": rsa.generate_private_key(65537, 2048),
            "ec256-A": ec.generate_private_key(ec.SECP256R1()),
            "ec256-B": ec.generate_private_key(ec.SECP256R1()),
            "ec384-A": ec.generate_private_key(ec.SECP384R1()),
            "ed-A": ed25519.Ed25519PrivateKey.generate(),
        }

    @cached_property
    def pem(self) -> dict[str, str]:
        pems = {}
        for name, key in self.private.items():
            pems[f"{name}.key"] = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode()
            pems[f"{name}.pub"] = (
                key.public_key()
                .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
                .decode()
            )
        return pems

    def token(self, spec: dict[str, Any], now: float) -> str:
        """`spec` as a case gives it: header, claims ({"$now": n} is n seconds from now), sign, how, der, tamper."""
        if "raw" in spec:
            raw: str = spec["raw"]
            return raw
        header, claims = spec["header"], _at(spec["claims"], int(now))
        signed = ".".join(base64url(_json(part)) for part in (header, claims))
        token = f"{signed}.{base64url(self._sign(spec, signed.encode()))}"
        first, second, signature = token.split(".")
        match spec.get("tamper"):
            case "claims":
                return f"{first}.{base64url(_json(claims | {'x': 'tampered'}))}.{signature}"
            case "sig":
                return token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB")
            case "nosig":
                return f"{first}.{second}"
            case "emptysig":
                return f"{first}.{second}."
            case "extra":
                return f"{token}.zzz"
        return token

    def _sign(self, spec: dict[str, Any], data: bytes) -> bytes:
        name: str | None = spec.get("sign")
        if name is None:
            return b""
        if ":" in name:
            kind, _, which = name.partition(":")
            secret = self.pem[which] if kind == "pemsecret" else self.secrets[which]
            algorithm = spec.get("how") or (spec["header"]["alg"] if isinstance(spec["header"], dict) else "HS256")
            return hmac.digest(secret.encode(), data, f"sha{algorithm[2:]}")
        key = self.private[name]
        if isinstance(key, rsa.RSAPrivateKey):
            how = spec.get("how", "RS256")
            digest = _HASHES[how[2:]]
            pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
            return key.sign(data, pss if how.startswith("PS") else padding.PKCS1v15(), digest)
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(data)
        der = key.sign(data, ec.ECDSA(_HASHES[str(key.curve.key_size)]))
        if spec.get("der"):
            return der
        return b"".join(number.to_bytes(key.curve.key_size // 8) for number in decode_dss_signature(der))


def _json(part: Any) -> bytes:
    return part.encode() if isinstance(part, str) else json.dumps(part, separators=(",", ":")).encode()


def _at(value: Any, now: int) -> Any:
    if isinstance(value, dict):
        return now + value["$now"] if set(value) == {"$now"} else {key: _at(item, now) for key, item in value.items()}
    return value
