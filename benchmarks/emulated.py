"""An AWS emulator that lives as long as a benchmark; its capacity figures follow DynamoDB's rules."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

# Takes the developer's own variables away as it is imported: before this sets its own, and not after.
import tests.conftest  # noqa: F401
from localstack import emulator
from localstack.settings import HOST, Settings
from tests.template import ENVIRONMENT, create_queues, create_tables

_START_SECONDS = 30


@contextmanager
def emulated() -> Iterator[None]:
    """Leads this process to an emulator with the template's tables and queues and nothing in them.

    The functions' modules can be imported from then on: they read their settings as they are imported.
    """
    emulator.ensure_venv()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({"LMS_STACK_DIR": folder, "LMS_EMULATOR_PORT": str(free_port())})
        environment = emulator.environment(settings)
        for name in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"):
            Path(environment[name]).mkdir(parents=True, exist_ok=True)
        log = (Path(folder) / "log").open("w")
        process = subprocess.Popen(emulator.command(settings), env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(settings, process)
            os.environ.update(ENVIRONMENT, POWERTOOLS_LOG_LEVEL="ERROR", AWS_ENDPOINT_URL=settings.emulator_url)
            create_tables(boto3.client("dynamodb"))
            os.environ.update(create_queues(boto3.client("sqs")))
            yield
        finally:
            process.terminate()
            process.wait()


def wait_until_ready(settings: Settings, process: "subprocess.Popen[bytes]") -> None:
    """Until the emulator answers; its log is `log` in the settings' folder."""
    deadline = time.monotonic() + _START_SECONDS
    while not emulator.ready(settings):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the emulator does not start:\n{(settings.folder / 'log').read_text()}")
        time.sleep(0.1)


def free_port() -> int:
    """One that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
