"""The environment without Docker: processes of this machine, kept running by the supervisor."""

from __future__ import annotations

import platform
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from localstack import broker, emulator, processes
from localstack.build import HERE, Artifact
from localstack.environment import Neighbours
from localstack.journal import Folder
from localstack.layer_pointer import layer_pointer
from localstack.ports import refuse_taken
from localstack.process import Process
from localstack.settings import HOST, Settings
from localstack.supervisor import Supervisor


class Embedded:
    """The processes of `processes`; functions run beside them and see what this process sees."""

    target = HERE

    def __init__(self, settings: Settings, supervisor: Supervisor, start: Callable[[Process], None]) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._start = start

    @property
    def neighbours(self) -> Neighbours:
        """The very addresses of the settings."""
        settings = self._settings
        return Neighbours(
            emulator_url=settings.emulator_url,
            kong_admin_url=settings.gateway_admin_url,
            bootstrap_servers=settings.bootstrap_servers,
            smtp_host=HOST,
            smtp_port=settings.smtp,
            twilio_url=settings.sms_url,
            architecture=architecture(),
        )

    def layer(self, layer: Artifact) -> Artifact:
        """A pointer to the unpacked layer."""
        return layer_pointer(layer, self._settings.folder / "emulator" / "layer")

    def prepare(self) -> None:
        """Free ports, and the emulator's venv."""
        refuse_taken(self._settings)
        emulator.ensure_venv()

    def recover(self) -> bool:
        """The emulator has a journal; what a first run left that was cut off before the template stood is dropped."""
        folder = self._settings.folder / "emulator"
        if Folder(folder / "state").newest() is None:
            for stale in (folder / "state", folder / "s3"):
                shutil.rmtree(stale, ignore_errors=True)
        return True

    def deployed(self) -> None:
        """A copy of the emulator's memory, to which the journal adds."""
        emulator.deployed(self._settings)

    def stopped(self) -> bool:
        """Always: the journal has everything."""
        return True

    def start_emulator(self) -> None:
        """With an empty folder for what its functions leave behind."""
        _empty_aside(self._settings.folder / "emulator" / "tmp")
        self._start(processes.emulator_process(self._settings))

    def start_broker(self) -> None:
        """With its bucket."""
        broker.create_storage(self._settings)
        self._start(processes.broker_process(self._settings))

    def start_catcher(self) -> None:
        """Mail and SMS."""
        self._start(processes.catcher_process(self._settings))

    def start_gateway(self, api_id: str, secret: str) -> None:
        """The stand-in for Kong."""
        self._start(processes.gateway_process(self._settings, api_id, secret))

    def look(self) -> None:
        """Nothing: every process is the supervisor's."""

    def running(self) -> list[str]:
        """Whatever was started."""
        return self._supervisor.names()

    def stop(self) -> bool:
        """In the reverse of the order in which they were started; the journal has whatever a kill would have cost."""
        for name in reversed(processes.ORDER):
            self._supervisor.stop(name)
        return True


def architecture() -> str:
    """This machine's processor, as Lambda names it."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def _empty_aside(folder: Path) -> None:
    """Hand over an empty folder at once; removing the thousands of files of earlier functions takes seconds."""
    old = folder.with_name(f"{folder.name}-{time.time_ns()}")
    if folder.exists():
        folder.rename(old)
    folder.mkdir(parents=True)
    for stale in folder.parent.glob(f"{folder.name}-*"):
        threading.Thread(target=shutil.rmtree, args=(stale,), kwargs={"ignore_errors": True}, daemon=True).start()
