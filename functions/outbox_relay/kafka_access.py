"""How the brokers are reached: the same for the producer and for a question about a topic."""

import json
from typing import Any

from lms.aws import client
from lms.settings import SettingsError, setting


def kafka_access() -> dict[str, Any]:
    """The connection arguments of a kafka-python client.

    `KAFKA_SECURITY` is `msk-iam` (the function's role, in `AWS_REGION`), `sasl` (SCRAM over TLS, with the username and
    password of the secret `KAFKA_SECRET_ARN`) or `plaintext` (one machine alone).
    """
    servers = {"bootstrap_servers": setting("KAFKA_BOOTSTRAP_SERVERS").split(",")}
    match setting("KAFKA_SECURITY"):
        case "plaintext":
            return servers
        case "msk-iam":
            return {**servers, "security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM"}
        case "sasl":
            credentials = _credentials(setting("KAFKA_SECRET_ARN"))
            return {
                **servers,
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": credentials["username"],
                "sasl_plain_password": credentials["password"],
            }
        case other:
            raise SettingsError(f"KAFKA_SECURITY is {other}, not msk-iam, sasl or plaintext")


def _credentials(secret_id: str) -> dict[str, str]:
    answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    credentials: dict[str, str] = json.loads(answer["SecretString"])
    return credentials
