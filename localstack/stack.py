"""The ordered start and stop of everything, and what keeps the data of the processes in step with one another.

Whatever ended the run before, a start goes on from what was answered (`journaled`), the broker's records and the
consumers' offsets included, and publishes the events that were still to be published. In Docker the emulator keeps no
journal: there a start without the marker of a clean stop goes back to the last one (`saved`) and makes the topics anew.
Nothing that the tables know is lost by that: what their Outbox holds as pending is published, and what it holds as
published had been consumed when the tables were written, since a stop lets consumers finish first.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from localstack import demo, emulator, pending_events, processes, warming
from localstack.compose import Compose
from localstack.deploy import deploy
from localstack.deployed import Deployed
from localstack.embedded import Embedded
from localstack.emulator_fixes import apply_fixes
from localstack.environment import Environment
from localstack.process import PidFile, Process, ProcessFailed, stop
from localstack.settings import Settings
from localstack.supervisor import FoundationLost, Supervisor
from operations import bootstrap
from operations.source import ROOT

TEMPLATE = ROOT / "template.yaml"
RESTART_PAUSE_SECONDS = 0.5
TOPICS_PATH = os.pathsep.join(str(ROOT / folder) for folder in ("functions", "layers/shared"))


class Stack:
    """One stack, kept running by this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._began = time.monotonic()
        self._supervisor = Supervisor(settings.run, settings.logs, self._report)
        self.environment: Environment = (
            Compose(settings, self._report)
            if settings.kind == "docker"
            else Embedded(settings, self._supervisor, self._start_process)
        )

    def _report(self, line: str) -> None:
        print(f"[{time.monotonic() - self._began:6.1f} s] {line}", flush=True)

    def serve(self, saving: threading.Event, announce: Callable[[], None]) -> None:
        """Start, announce it, keep running until an exception, such as a signal's, ends it; then stop.

        When `saving` is set, stop cleanly and start again, so that all data is on disk.
        """
        try:
            while True:
                try:
                    self._start()
                    # Clients are cycles, which Python would look for much later: 20 MB.
                    gc.collect()
                    self._report("ready")
                    announce()
                    self._settings.ready.touch()
                    self._supervisor.watch(saving, self.environment.look)
                except FoundationLost as lost:
                    self._report(f"{lost}; stopping the rest to start again in order")
                    self._settings.ready.unlink(missing_ok=True)
                    self._supervisor.stop_all()
                    time.sleep(RESTART_PAUSE_SECONDS)
                else:
                    self._began = time.monotonic()
                    self._report("saving: a clean stop and a new start")
                    self._stop()
                    saving.clear()
        finally:
            self._stop()

    def _start(self) -> None:
        settings = self._settings
        if stop_leftovers(settings):
            self._report("stopped what an earlier run had left behind")
        self.environment.prepare()
        if settings.mail_server and (trouble := settings.mail_server.check()):
            self._report(trouble)
        self._start_emulator()
        with ThreadPoolExecutor() as pool:
            # Neither needs what the deployment makes.
            aside = [pool.submit(self._start_broker), pool.submit(self.environment.start_catcher)]
            deployed = self._deploy()
            _wait(aside)
            self.environment.deployed()
            published = pool.submit(pending_events.publish, settings, deployed)
            warmed = pool.submit(warming.warm, settings, deployed)
            triggering = pool.submit(self._start_process, processes.msk_trigger_process(settings))
            if settings.is_open:
                demo.refuse_known_passwords(settings, deployed)
            self.environment.start_gateway(deployed.api_id, self._gateway_secret())
            _wait([triggering])
            self._report(f"{warmed.result()} functions are awake")
            if found := published.result():
                self._report(f"{found} events of the run before were still to be published")
        demo.make(settings, deployed, self._report)

    def _start_process(self, process: Process) -> None:
        self._supervisor.start(process)
        where = ", ".join(str(self._settings.ports[name]) for name in processes.PORTS[process.name])
        self._report(f"{process.name} serves" + (f" on {where}" if where else ""))

    def _start_emulator(self) -> None:
        if not self.environment.recover():
            self._report("the last stop was not clean: everything goes back to the one before")
        self.environment.start_emulator()

    def _start_broker(self) -> None:
        self.environment.start_broker()
        # A process of its own: the Kafka client takes long to import, and the catalogue lives in the functions' layer.
        made = subprocess.run(
            [sys.executable, "-m", "localstack.topics"],
            cwd=ROOT,
            env={**processes.python_environment(self._settings), "PYTHONPATH": TOPICS_PATH},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ProcessFailed(f"no topics: {made.stderr}")
        self._report(made.stdout.strip())

    def _deploy(self) -> Deployed:
        settings = self._settings
        bootstrap.ensure_secrets(emulator.session().client("secretsmanager", endpoint_url=settings.emulator_url))
        self._report("building and deploying template.yaml")
        changed = deploy(settings, TEMPLATE, self.environment)
        deployed = Deployed(settings)
        apply_fixes(settings, deployed)
        self._report("deployed" if changed else "deployed already: nothing has changed")
        return deployed

    def _gateway_secret(self) -> str:
        client = emulator.session().client("secretsmanager", endpoint_url=self._settings.emulator_url)
        secret = json.loads(client.get_secret_value(SecretId=bootstrap.CONFIG_SECRET)["SecretString"])
        # Functions take an older one beside it while it is changed.
        return str(secret["gateway"]).split()[0]

    def _stop(self) -> None:
        """The trigger first: it lets consumers finish, who still need the gateway's Admin API and the broker."""
        self._settings.ready.unlink(missing_ok=True)
        if not self.environment.running():
            # A signal may have come before an earlier run's processes were all stopped.
            stop_leftovers(self._settings)
            return
        self._report("stopping")
        with _signals_deferred():
            self._supervisor.stop("msk_trigger")
            if self.environment.stop() and self.environment.stopped():
                self._report("stopped; all data is on disk")
            else:
                self._report("stopped; the next start goes back to the last clean stop")


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Hold back what asks for a stop until the one under way is done: half of one would lose data."""
    arrived: list[int] = []
    before = {
        number: signal.signal(number, lambda received, _: arrived.append(received))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if arrived:
            signal.raise_signal(arrived[0])


def stop_leftovers(settings: Settings) -> list[str]:
    """Stop, in order, the processes that a killed supervisor left running, and name them."""
    left = [name for name in reversed(processes.ORDER) if PidFile(settings.run / f"{name}.pid").pid()]
    for name in left:
        stop(PidFile(settings.run / f"{name}.pid"), seconds=60)
    if settings.kind == "docker":
        containers = Compose(settings, print)
        left += containers.running()
        if containers.stop():
            containers.stopped()
    return left


def _wait(futures: list[Future[None]]) -> None:
    for future in futures:
        future.result()
