"""The stack's processes: what each runs, on which ports, and how to tell that it serves."""

from __future__ import annotations

import http.client
import os
import sys

from localstack import broker, emulator
from localstack.process import FRUGAL, PidFile, Process
from localstack.settings import HOST, Settings
from operations.kong.declarative import FILE
from operations.source import ROOT

# Started in this order; the emulator holds everybody's data.
ORDER = ("emulator", "broker", "catcher", "gateway", "msk_trigger")
PORTS = {
    "emulator": ("emulator",),
    "broker": ("broker",),
    "catcher": ("smtp", "mail"),
    "gateway": ("gateway", "gateway_admin"),
    "msk_trigger": (),
}
# 413 comes before 401; but the jwt plugin runs before request-size-limiting, so nginx has to look first.
MAX_BODY_BYTES = 256 * 1024
# Every call that a function is busy with is a process of some 80 MB; past this many the gateway lets calls wait.
UPSTREAM_CONCURRENCY = max(4, 2 * (os.cpu_count() or 1))


def emulator_process(settings: Settings) -> Process:
    """The AWS emulator; a clean stop writes its memory to disk."""
    folder = settings.folder / "emulator"
    return Process(
        name="emulator",
        command=emulator.command(settings),
        environment=emulator.environment(settings),
        folder=folder,
        ready=lambda: emulator.ready(settings),
        stop_seconds=60,
        foundation=True,
    )


def broker_process(settings: Settings) -> Process:
    """The Kafka broker."""
    return Process(
        name="broker",
        command=broker.command(settings),
        environment=broker.environment(settings),
        folder=settings.folder,
        ready=lambda: broker.ready(settings),
    )


def catcher_process(settings: Settings) -> Process:
    """Mail and SMS."""
    return Process(
        name="catcher",
        command=[sys.executable, "-m", "localstack.catcher"],
        environment=python_environment(settings),
        folder=ROOT,
        ready=lambda: answers(settings.mail, "/readyz"),
    )


def gateway_process(settings: Settings, api_id: str, secret: str) -> Process:
    """The stand-in for Kong, in front of the deployed API."""
    return Process(
        name="gateway",
        command=[
            *(sys.executable, "-m", "localstack.gateway"),
            *("--config", str(FILE)),
            *("--data", str(settings.folder / "gateway.sqlite")),
            *("--host", settings.host),
            *(("--behind-proxy",) if settings.behind_proxy else ()),
            *("--proxy-port", str(settings.gateway)),
            *("--admin-port", str(settings.gateway_admin)),
            *("--upstream-concurrency", str(UPSTREAM_CONCURRENCY)),
            *("--client-max-body-size", str(MAX_BODY_BYTES)),
        ],
        environment={
            **python_environment(settings),
            "UPSTREAM_URL": f"{settings.emulator_url}/_aws/execute-api/{api_id}",
            "GATEWAY_SECRET": secret,
        },
        folder=ROOT,
        ready=lambda: answers(settings.gateway_admin, "/status"),
    )


def msk_trigger_process(settings: Settings) -> Process:
    """What polls Kafka for the functions; it lets what is on its way arrive before it ends."""
    return Process(
        name="msk_trigger",
        command=[sys.executable, "-m", "localstack.msk_trigger"],
        environment=python_environment(settings),
        folder=ROOT,
        ready=lambda: _serving(settings),
    )


def _serving(settings: Settings) -> bool:
    """The trigger listens nowhere; it leaves its id where the settings say once its pollers run."""
    pid = PidFile(settings.run / "msk_trigger.pid").pid()
    return pid is not None and settings.trigger_serving.exists() and settings.trigger_serving.read_text() == str(pid)


def python_environment(settings: Settings) -> dict[str, str]:
    """Everything that a process written in Python sees."""
    # A developer's AWS profile and region are for AWS.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LMS_", "MAKE"))}
    return {**own, **settings.environment(), **FRUGAL, "PYTHONUNBUFFERED": "1"}


def answers(port: int, path: str) -> bool:
    """Whether a GET is answered with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
