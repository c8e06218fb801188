"""`make run-docker` on a machine without Docker: the same code, with processes in the containers' places.

    make rehearsal

What this shows and what it cannot is in docs/docker.md. It takes some minutes, so it is no part of `make test`.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from localstack import emulator
from localstack.demo.people import STUDENT
from localstack.process import PidFile, stop
from localstack.settings import DEFAULT_PORTS, Settings
from operations.source import ROOT

STAND_IN = Path(__file__).with_name("stand_in.py")


class Rehearsal:
    def __init__(self, folder: Path, python: Path) -> None:
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        docker = bin_folder / "docker"
        docker.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} {STAND_IN} "$@"\n')
        docker.chmod(0o755)
        probes = {name: socket.create_server(("127.0.0.1", 0)) for name in DEFAULT_PORTS}
        ports = {f"LMS_{name.upper()}_PORT": str(probe.getsockname()[1]) for name, probe in probes.items()}
        for probe in probes.values():
            probe.close()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "AWS_"))},
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "LMS_ENVIRONMENT": "docker",
            "LMS_STACK_DIR": str(folder / "stack"),
            "LMS_DEMO": "people",
            "REHEARSAL_PYTHON": str(python),
            **ports,
        }
        self.settings = Settings.from_environment(self.environment)

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "localstack", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout, done.stderr)
        assert done.returncode == 0
        return done.stdout

    def logged_in(self) -> httpx.Response:
        form = {"username": STUDENT, "password": self.settings.demo_password}
        return httpx.post(f"{self.settings.gateway_url}/auth/login", data=form, timeout=60, trust_env=False)


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of the emulator's image, with what the embedded emulator has installed."""
    venv = ROOT / ".build" / "rehearsal"
    uv = Path(sys.executable).with_name("uv")
    base = os.environ.get("REHEARSAL_BASE", "3.13")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", base, venv], check=True)
    python = venv / "bin" / "python"
    subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, emulator.LOCK], check=True)
    return python


@pytest.fixture(scope="module")
def rehearsal(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("docker"), python)
    try:
        rehearsal.command("up")
        yield rehearsal
    finally:
        rehearsal.command("down")
        rehearsal.command("reset")


def test_the_demo_people_can_log_in(rehearsal: Rehearsal) -> None:
    """So events went through Kafka to the functions, accounts to Kong's Admin API, invitations to the mails."""
    assert rehearsal.logged_in().status_code == 200


def test_functions_run_on_the_images_python_with_the_layer_built_for_it(rehearsal: Rehearsal) -> None:
    (layer,) = (rehearsal.settings.folder / "emulator" / "layer").glob("*/python/pydantic_core")
    assert [path.name for path in layer.glob("*.so")] == ["_pydantic_core.cpython-313-x86_64-linux-gnu.so"]
    assert list((layer.parent / "lms" / "__pycache__").glob("*.cpython-313.pyc"))


def test_a_text_message_is_shown_by_its_own_catcher(rehearsal: Rehearsal) -> None:
    call = f"{rehearsal.settings.sms_url}/2010-04-01/Accounts/AClocal/Messages.json"
    form = {"To": "+923001234567", "From": "+15005550006", "Body": "A code"}
    assert httpx.post(call, data=form, trust_env=False, timeout=60).status_code == 201
    assert "A code" in httpx.get(rehearsal.settings.sms_url, trust_env=False, timeout=60).text


def test_a_recorded_event_is_answered(rehearsal: Rehearsal) -> None:
    answer = json.loads(rehearsal.command("invoke", "AuthFunction", "events/auth_login.json"))
    assert answer["statusCode"] == 401


def test_status_names_the_containers(rehearsal: Rehearsal) -> None:
    status = rehearsal.command("status")
    assert all(f"\n{name} " in status for name in ("ministack", "kafka", "mailpit", "sms", "kong-database", "kong"))


def test_a_container_that_dies_is_started_again(rehearsal: Rehearsal) -> None:
    file = PidFile(rehearsal.settings.folder / "containers" / "kong.pid")
    assert stop(file, 0) is False
    log = rehearsal.settings.logs / "supervisor.log"
    for _ in range(120):
        if "kong serves" in log.read_text().partition("kong died")[2]:
            break
        time.sleep(0.5)
    rehearsal.command("status")
    assert rehearsal.logged_in().status_code == 200


def test_what_was_made_outlives_a_stop(rehearsal: Rehearsal) -> None:
    rehearsal.command("down")
    assert PidFile(rehearsal.settings.folder / "containers" / "ministack.pid").pid() is None
    rehearsal.command("up")
    assert rehearsal.logged_in().status_code == 200
    made = (rehearsal.settings.logs / "supervisor.log").read_text()
    assert made.count("making the demo people") == 1
    assert made.count("the last stop was not clean") == 0


def test_after_a_killed_emulator_kafka_starts_anew(rehearsal: Rehearsal) -> None:
    assert stop(PidFile(rehearsal.settings.folder / "containers" / "ministack.pid"), 0) is False
    # The supervisor may have noticed, and be at its own new start.
    rehearsal.command("down")
    rehearsal.command("up")
    assert "the last stop was not clean" in (rehearsal.settings.logs / "supervisor.log").read_text()
    assert rehearsal.logged_in().status_code == 200
