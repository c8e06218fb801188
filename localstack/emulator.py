"""The AWS emulator: its own venv, how it is run, and clients that talk to it and to nothing else."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import urllib.request
from functools import cache
from pathlib import Path

import boto3
import botocore.loaders
import botocore.session

from localstack.settings import HOST, Settings
from operations.source import ROOT

REGION = "us-east-1"
ACCOUNT = "000000000000"
APPLICATION = "localstack.emulator_app:app"
LOCK = ROOT / "localstack" / "requirements.txt"
VENV = ROOT / ".build" / "emulator"
_KEEP_ALIVE_SECONDS = 75
_SHUTDOWN_SECONDS = 3
_COPY_SECONDS = 300


def ensure_venv() -> None:
    """Install the emulator from its hashed lock if that has changed since; safe when two stacks start at once."""
    VENV.parent.mkdir(exist_ok=True)
    with Path(f"{VENV}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = VENV / ".locked"
        wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print("installing the AWS emulator (once)", flush=True)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], check=True)
        subprocess.run(
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", VENV / "bin" / "python", LOCK], check=True
        )
        stamp.write_text(wanted)


def command(settings: Settings) -> list[str]:
    """Runs the emulator in the foreground.

    Not by its own `python -m ministack`: see docs/decisions/0018 and 0042.
    """
    server = [str(VENV / "bin" / "python"), "-m", "uvicorn", APPLICATION, "--http", "httptools"]
    # Not by PYTHONPATH: functions would see this folder too.
    server += ["--app-dir", str(ROOT), "--lifespan", "on"]
    address = ["--host", HOST, "--port", str(settings.emulator), "--timeout-keep-alive", str(_KEEP_ALIVE_SECONDS)]
    # It has headers and a log of its own, and who calls is who it is.
    headers = ["--no-proxy-headers", "--no-server-header", "--no-date-header"]
    log = ["--no-access-log", "--log-level", "warning"]
    return [*server, *address, *headers, *log, "--timeout-graceful-shutdown", str(_SHUTDOWN_SECONDS)]


def environment(settings: Settings) -> dict[str, str]:
    """Everything the emulator sees. Functions inherit it, so none of the developer's own variables are in it."""
    folder = settings.folder / "emulator"
    return {
        # Its own venv first: functions are started as plain `python3`.
        "PATH": os.pathsep.join([str(VENV / "bin"), os.defpath]),
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.emulator),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
        # Of each function one process stays; what a burst started besides ends soon after it.
        "LAMBDA_WARM_TTL_SECONDS": "20",
        "PYTHONUNBUFFERED": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def deployed(settings: Settings) -> None:
    """Have it copy its whole memory to disk, now that the template stands; later changes are in its journal."""
    request = urllib.request.Request(f"{settings.emulator_url}/_lms/deployed", method="POST")
    urllib.request.urlopen(request, timeout=_COPY_SECONDS).close()


def ready(settings: Settings) -> bool:
    """Whether the emulator answers."""
    try:
        with urllib.request.urlopen(f"{settings.emulator_url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def session() -> boto3.Session:
    """Credentials that no AWS account knows: a client made without the emulator's address reaches nothing."""
    core = botocore.session.get_session()
    core.register_component("data_loader", _loader())
    return boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION, botocore_session=core
    )


@cache
def _loader() -> botocore.loaders.Loader:
    """What describes clients, read once for all sessions: each would hold 10 MB of its own."""
    return botocore.loaders.create_loader()
