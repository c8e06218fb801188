"""Wake the relay for events that were not published when the emulator ended: it keeps no streams."""

from __future__ import annotations

import json

from localstack import emulator
from localstack.deployed import Deployed
from localstack.settings import Settings

BATCH_SIZE = 100


def publish(settings: Settings, deployed: Deployed) -> int:
    """How many there were. The Outbox's sweep would find them two minutes later, as it does what fails here."""
    session, url = emulator.session(), settings.emulator_url
    pages = (
        session.client("dynamodb", endpoint_url=url)
        .get_paginator("scan")
        .paginate(
            # Only what is pending is in this index.
            TableName=deployed.physical("OutboxTable"),
            IndexName="due",
            ProjectionExpression="#subject, #sequence",
            ExpressionAttributeNames={"#subject": "subject", "#sequence": "sequence"},
        )
    )
    records = [{"eventName": "INSERT", "dynamodb": {"Keys": keys}} for page in pages for keys in page["Items"]]
    relay = session.client("lambda", endpoint_url=url)
    for begin in range(0, len(records), BATCH_SIZE):
        batch = json.dumps({"Records": records[begin : begin + BATCH_SIZE]}).encode()
        relay.invoke(FunctionName=deployed.physical("OutboxRelayFunction"), Payload=batch)
    return len(records)
