"""Kafka's topics, made from the catalogue of events; for CloudFormation as a custom resource of the stack."""

import json
from typing import Any

import urllib3
from aws_lambda_powertools.utilities.typing import LambdaContext
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from lms.events.catalogue import TOPICS
from lms.log import logger
from outbox_relay.kafka_access import kafka_access

_PARTITIONS = 4
_KAFKA_MS = 20_000
_ANSWER_TIMEOUT = urllib3.Timeout(connect=5, read=10)


class RetentionRefused(Exception):
    """Kafka refused the retention time of a topic."""


def ensure_topics(retention_days: int) -> list[str]:
    """Makes the topics that the cluster lacks, with as many replicas as it gives by default; their names.

    Every topic of the catalogue, made now or before, keeps its events for so many days.
    """
    retention = {"retention.ms": str(retention_days * 24 * 60 * 60 * 1_000)}
    admin = KafkaAdminClient(**kafka_access(), bootstrap_timeout_ms=_KAFKA_MS, request_timeout_ms=_KAFKA_MS)
    try:
        missing = sorted(set(TOPICS) - set(admin.list_topics()))
        if missing:
            admin.create_topics({name: {"num_partitions": _PARTITIONS, "configs": retention} for name in missing})
        _retain(admin, sorted(set(TOPICS) - set(missing)), retention)
        return missing
    finally:
        admin.close()


def _retain(admin: KafkaAdminClient, topics: list[str], retention: dict[str, str]) -> None:
    if not topics:
        return
    wanted = [ConfigResource(ConfigResourceType.TOPIC, name, retention) for name in topics]
    # Without looking up first what may be set, which would take a right more, and which a broker need not answer whole.
    answers = admin.alter_configs(wanted, raise_on_unknown=False, incremental=True)
    refused = {name: answer for name, answer in answers["topic"].items() if answer != "OK"}
    if refused:
        raise RetentionRefused(str(refused))


def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Answers CloudFormation's request: topics are made when the stack is or its catalogue grew, and never deleted.

    How long they keep events is set each time.
    """
    fault = None
    if event["RequestType"] != "Delete":
        try:
            made = ensure_topics(int(event["ResourceProperties"]["RetentionDays"]))
            logger.info("topics made", extra={"topics": made})
        except Exception as error:  # noqa: BLE001 (without an answer CloudFormation waits until its own time is up)
            logger.exception("topics cannot be made")
            fault = f"{type(error).__name__}: {error}"[:500]
    _answer(event, fault)


def _answer(event: dict[str, Any], fault: str | None) -> None:
    answer = {
        "Status": "FAILED" if fault else "SUCCESS",
        "Reason": fault or "The catalogue's topics exist.",
        # Another one would make CloudFormation delete what it takes for the old resource.
        "PhysicalResourceId": event.get("PhysicalResourceId", "topics"),
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # The address is signed for an empty type of content.
    headers = {"Content-Type": ""}
    with urllib3.PoolManager(timeout=_ANSWER_TIMEOUT, retries=3) as http:
        done = http.request("PUT", event["ResponseURL"], body=json.dumps(answer), headers=headers)
    logger.info("answered", extra={"answer": answer["Status"], "status": done.status})
