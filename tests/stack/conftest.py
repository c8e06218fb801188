"""The whole embedded stack, on ports and in a folder of its own; one for all tests of a run that need it."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from localstack import demo
from localstack.deployed import Deployed
from localstack.settings import DEFAULT_PORTS, Settings
from operations.source import ROOT

# The first is the same browser without its window, and costs a third of the CPU.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
# Below those of outgoing connections, on Linux and elsewhere.
_PORTS = range(10_000, 32_000)


class StackUnderTest:
    """Its addresses are in `settings`; `command` runs what a Makefile target would."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "AWS_"))},
            "LMS_STACK_DIR": str(folder),
            "LMS_DEMO": "people",
            **_free_ports(),
        }
        self.settings = Settings.from_environment(self.environment)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`command("invoke", "AuthFunction")`; its output is shown when a test fails."""
        done = subprocess.run(
            [sys.executable, "-m", "localstack", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout, done.stderr)
        return done


def _free_ports() -> Mapping[str, str]:
    ports = _ports_that_are_free()
    return {f"LMS_{name.upper()}_PORT": str(next(ports)) for name in DEFAULT_PORTS}


def _ports_that_are_free() -> Iterator[int]:
    """At random, as several runs look at once; none that the system gives to connections before the stack is there."""
    for port in random.sample(_PORTS, len(_PORTS)):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        yield port


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs the school, so that the rest can run beside it, on another stack."""
    for item in items:
        if isinstance(item, pytest.Function) and "school" in item.fixturenames:
            item.add_marker("school")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackUnderTest]:
    """Started with the first test that asks for it, with the demo people; stopped after the last."""
    running = StackUnderTest(tmp_path_factory.mktemp("stack"))
    started = running.command("up")
    assert started.returncode == 0, started.stdout + started.stderr
    yield running
    stopped = running.command("down")
    assert stopped.returncode == 0, stopped.stdout + stopped.stderr


@pytest.fixture(scope="session")
def school(stack: StackUnderTest) -> StackUnderTest:
    """The stack with everything that a first start makes: courses, their teachers, students."""
    settings = replace(stack.settings, demo="full")
    demo.make(settings, Deployed(settings), print)
    assert demo.made(settings) == "full"
    return stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH (Debian's package is `chromium-headless-shell`)")
    with sync_playwright() as playwright:
        # Root, as whom build machines run, has no sandbox. One process for all pages starts once, not with each page.
        flags = ["--no-sandbox", "--renderer-process-limit=1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
