"""Make the secrets that the template names, as far as they do not exist: CloudFormation's own are not fit for keys.

    python -m operations.bootstrap [--endpoint-url URL] [--config lms/config] [--signing-keys lms/signing-keys]

On AWS run it per account and region before the first `sam deploy`, and before one of a version that takes a key more,
with the usual AWS credentials.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import secrets
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CONFIG_SECRET = "lms/config"
SIGNING_KEYS_SECRET = "lms/signing-keys"
CONFIG_FIELDS = ("gateway", "cursor", "event", "unsubscribe", "pepper", "webhook")


def ensure_secrets(
    client: SecretsManagerClient, config_name: str = CONFIG_SECRET, signing_keys_name: str = SIGNING_KEYS_SECRET
) -> list[str]:
    """Create what is missing and name it; nothing that exists is touched, since every session hangs on it."""
    wanted = {config_name: config(), signing_keys_name: signing_keys()}
    made = [name for name, value in wanted.items() if _create(client, name, json.dumps(value))]
    return made if config_name in made else [*made, *_add_fields(client, config_name)]


def config() -> dict[str, str]:
    """32 random bytes a field, in base64url without padding."""
    return {field: secrets.token_urlsafe(32) for field in CONFIG_FIELDS}


def signing_keys() -> dict[str, object]:
    """A fresh ES256 key (PKCS8 PEM) under its RFC 7638 thumbprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    kid = thumbprint(key.public_key())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"current": kid, "keys": {kid: pem}}


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """RFC 7638 of a P-256 key: its required members in lexical order, without white space, hashed by SHA-256."""
    numbers = key.public_numbers()
    x, y = (_base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    members = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    return _base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _add_fields(client: SecretsManagerClient, name: str) -> list[str]:
    """Gives a secret of an earlier version the keys that came since."""
    held = json.loads(client.get_secret_value(SecretId=name)["SecretString"])
    missing = {field: value for field, value in config().items() if field not in held}
    if missing:
        client.put_secret_value(SecretId=name, SecretString=json.dumps({**held, **missing}))
    return [f"{name} ({field})" for field in missing]


def _create(client: SecretsManagerClient, name: str, value: str) -> bool:
    try:
        client.create_secret(Name=name, SecretString=value)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceExistsException":
            return False
        raise
    return True


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m operations.bootstrap", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--endpoint-url", help="an emulator's address; AWS itself without it")
    parser.add_argument("--config", default=CONFIG_SECRET, help="name of the secret with the symmetric keys")
    parser.add_argument("--signing-keys", default=SIGNING_KEYS_SECRET, help="name of the secret with the ES256 keys")
    options = parser.parse_args()
    client = boto3.client("secretsmanager", endpoint_url=options.endpoint_url)
    made = ensure_secrets(client, options.config, options.signing_keys)
    print("made:", ", ".join(made) or "nothing, all were there")


if __name__ == "__main__":
    main()
