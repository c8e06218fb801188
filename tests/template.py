"""`template.yaml` as tests see it: its resources, its tables and queues on moto, an environment for all functions."""

import re
from typing import Any

import yaml

from operations.source import ROOT

REGION = "eu-central-1"
_QUEUES = f"https://sqs.{REGION}.amazonaws.com/123456789012"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads CloudFormation's short forms (`!Ref x`) as `{"Ref": x}`."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)

TEMPLATE: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == kind
    }


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


ENVIRONMENT = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_SERVICE_NAME": "tests",
    "GATEWAY_SECRET": "gateway-secret-of-the-tests-0123456789",
    "CURSOR_KEY": "cursor-key-of-the-tests-0123456789-0123",
    "EVENT_KEY": "event-key-of-the-tests-0123456789-0123",
    "UNSUBSCRIBE_KEY": "unsubscribe-key-of-the-tests-0123456789",
    "CODE_PEPPER": "pepper-of-the-tests-0123456789-0123456",
    "WEBHOOK_SECRET": "webhook-secret-of-the-tests-0123456789",
    "SIGNING_KEYS_SECRET": "lms/signing-keys",
    "KONG_ADMIN_URL": "http://127.0.0.1:9",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "FILES_ORIGIN": "https://assets.s3.eu-central-1.amazonaws.com",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "KAFKA_SECURITY": "plaintext",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "9",
    "SMTP_SECURITY": "none",
    "MAIL_FROM": "no-reply@lms.example",
    "TWILIO_URL": "http://127.0.0.1:9",
    "TWILIO_ACCOUNT_SID": "AC00",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
    "STRANGER_SIGN_INS_PER_MINUTE": "5",
    "AUTH_INTERNAL_FUNCTION": "AuthInternalFunction",
    **{_snake(name): name for name in resources("AWS::DynamoDB::Table")},
    **{f"{_snake(name)}_URL": f"{_QUEUES}/{name}" for name in resources("AWS::SQS::Queue")},
    **{_snake(name): name.lower() for name in resources("AWS::S3::Bucket")},
}


def create_tables(dynamodb: Any) -> None:
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    for name, table in resources("AWS::DynamoDB::Table").items():
        stream = table.get("StreamSpecification")
        dynamodb.create_table(
            TableName=name,
            **{key: table[key] for key in wanted if key in table},
            **({"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}),
        )


def create_queues(sqs: Any) -> dict[str, str]:
    """The variables that lead functions to them."""
    return {
        f"{_snake(name)}_URL": sqs.create_queue(QueueName=name)["QueueUrl"] for name in resources("AWS::SQS::Queue")
    }
