"""The environment with Docker: the containers of docker-compose.yml, by the `docker compose` command."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from localstack.build import Artifact, Target
from localstack.embedded import architecture
from localstack.environment import Neighbours
from localstack.kong_import import filled
from localstack.layer_pointer import layer_pointer
from localstack.process import ProcessFailed
from localstack.saved import Saved
from localstack.settings import Settings
from localstack.supervisor import FoundationLost
from operations.source import ROOT

FILE = ROOT / "localstack" / "docker-compose.yml"
PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
# Where ministack's container sees the folder `emulator` of the stack.
DATA = Path("/data")
KILLED = "137"
# In the order in which they stop, the emulator last; one that others need is after them.
BESIDE = ("kong", "kong-database", "kafka", "mailpit", "sms")
PORTS = {"kafka": ("broker",), "kong": ("gateway", "gateway_admin"), "mailpit": ("smtp", "mail"), "sms": ("sms",)}
TASKS = ("kong-migrations", "kong-config")
DATABASE = ("exec", "-T", "kong-database")
DATABASE_USER = ("--host", "127.0.0.1", "--username", "kong", "kong")
LOOK_SECONDS = 3.0
POLL_SECONDS = 0.5
# Docker itself gives up sooner, by the health checks of the file; this is for a container that has none.
START_SECONDS = 900
LOG_LINES = "15"
NO_ENGINE = "Docker does not answer"


@dataclass(frozen=True)
class Container:
    """One service's, as Docker sees it: `state` is its word (running, exited, ...), `status` its sentence."""

    state: str
    status: str

    @property
    def lives(self) -> bool:
        """Docker keeps it running, or is about to."""
        return self.state in {"running", "restarting", "paused"}


ABSENT = Container("absent", "down")


class Compose:
    """The containers of one Compose project; functions run in the emulator's container, or beside it."""

    # What functions run on in both emulators: ministack's image has it, LocalStack heeds the template's runtime.
    target = Target("3.13", PLATFORMS[architecture()])

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._report = report
        # Containers and volumes belong to the folder whose data they go with.
        own = hashlib.sha256(str(settings.folder).encode()).hexdigest()[:8]
        self._project = os.environ.get("COMPOSE_PROJECT_NAME", f"lms-{own}")
        self._looked = time.monotonic()
        self._saved = Saved(settings)
        self.services = (*BESIDE, settings.aws)
        self.network = f"{self._project}_default"
        self.neighbours = Neighbours(
            emulator_url=f"http://{settings.aws}:{settings.emulator}",
            kong_admin_url="http://kong:8001",
            bootstrap_servers="kafka:29092",
            smtp_host="mailpit",
            smtp_port=1025,
            twilio_url="http://sms:8026",
            architecture=architecture(),
        )

    def layer(self, layer: Artifact) -> Artifact:
        """For ministack a pointer to the layer unpacked where its container sees it; LocalStack unpacks one itself."""
        if self._settings.aws == "localstack":
            return layer
        return layer_pointer(layer, self._settings.folder / "emulator" / "layer", DATA / "layer", self.target)

    def prepare(self) -> None:
        """An engine, its Compose plugin, and every image."""
        self._docker("version", "--format", "{{.Server.Version}}", needed=NO_ENGINE)
        self._docker("compose", "version", needed="Docker needs its Compose plugin, version 2 (`docker compose`)")
        wanted: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
        for image in dict.fromkeys(wanted[name]["image"] for name in (*self.services, *TASKS)):
            if self._call(["docker", "image", "inspect", image]).returncode:
                self._report(f"pulling {image} (once)")
                self._docker("pull", "--quiet", image, needed=f"{image} cannot be pulled")

    def recover(self) -> bool:
        """After anything but a clean stop, everything goes back to the last one."""
        return self._saved.prepare(self)

    def deployed(self) -> None:
        """From now on a stop leaves something to start from."""
        self._saved.deployed()

    def stopped(self) -> bool:
        """Not in the middle of a deployment."""
        return self._saved.stopped()

    def keep(self, folder: Path) -> None:
        """A dump of Kong's database."""
        self._up("kong-database")
        (folder / "kong.sql").write_text(self._compose(*DATABASE, "pg_dump", *DATABASE_USER))

    def go_back(self, folder: Path) -> None:
        """Both with their volumes."""
        self._compose("rm", "--stop", "--force", "--volumes", "kafka", "kong", "kong-database")
        self._docker("volume", "rm", "--force", f"{self._project}_kafka", f"{self._project}_kong")
        if (folder / "kong.sql").exists():
            self._up("kong-database")
            load = ("psql", "--quiet", "--set", "ON_ERROR_STOP=1", *DATABASE_USER)
            self._compose(*DATABASE, *load, given=(folder / "kong.sql").read_text())

    def start_emulator(self) -> None:
        """The one that the settings name."""
        self._folder("emulator")
        self._up(self._settings.aws)

    def start_broker(self) -> None:
        """Kafka itself."""
        self._up("kafka")

    def start_catcher(self) -> None:
        """Mailpit, and the catcher of SMS."""
        self._folder("sms")
        self._up("mailpit", "sms")

    def start_gateway(self, api_id: str, secret: str) -> None:
        """Kong, from its database, into which the same kong.yml is imported that the stand-in reads."""
        upstream = f"{self.neighbours.emulator_url}/_aws/execute-api/{api_id}"
        file = self._folder("kong") / "kong.json"
        file.write_text(filled({"UPSTREAM_URL": upstream, "GATEWAY_SECRET": secret}))
        # The container's own user reads it; on this machine its folder keeps others away.
        file.chmod(0o644)
        self._up("kong-database")
        for task in TASKS:
            self._compose("run", "--rm", "--no-deps", "-T", task)
        # A running Kong would not learn of what was imported.
        self._compose("rm", "--stop", "--force", "--volumes", "kong")
        self._up("kong")

    def containers(self) -> dict[str, Container]:
        """The container of each service that the stack has, and others that still run."""
        ours = ("--filter", f"label=com.docker.compose.project={self._project}")
        no_tasks = ("--filter", "label=com.docker.compose.oneoff=False")
        wanted = '{{.Label "com.docker.compose.service"}}\t{{.State}}\t{{.Status}}'
        found = {}
        listed = self._docker("ps", "--all", *ours, *no_tasks, "--format", wanted, needed=NO_ENGINE)
        for line in listed.splitlines():
            service, state, status = line.split("\t")
            found[service] = Container(state, status)
        others = {name: one for name, one in found.items() if one.lives}
        return {**{name: found.get(name, ABSENT) for name in self.services}, **others}

    def running(self) -> list[str]:
        """The services whose containers run."""
        return [name for name, container in self.containers().items() if container.lives]

    def look(self) -> None:
        """Every few seconds: start again what died, but for the emulator, whose memory died with it.

        Docker has a restart policy for most; what it gave up, or somebody killed, is left to us. Raises FoundationLost.
        """
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        containers = self.containers()
        if not containers[self._settings.aws].lives:
            raise FoundationLost(f"{self._settings.aws} died ({containers[self._settings.aws].status})")
        # The database before Kong.
        for name in reversed(BESIDE):
            if not containers[name].lives:
                self._report(f"{name} died ({containers[name].status}); starting it again")
                try:
                    self._up(name)
                except ProcessFailed as failure:
                    self._report(str(failure))
        self._looked = time.monotonic()

    def stop(self) -> bool:
        """Everything but the emulator first."""
        running = self.running()
        emulators = [name for name in running if name in {"ministack", "localstack"}]
        if others := [name for name in running if name not in emulators]:
            self._compose("stop", *others)
        if not emulators:
            return False
        containers = self._compose("ps", "--quiet", *emulators).split()
        self._compose("stop", *emulators)
        codes = self._docker("inspect", "--format", "{{.State.ExitCode}}", *containers).split()
        return KILLED not in codes

    def remove(self) -> None:
        """Containers, networks and volumes."""
        self._compose("down", "--volumes", "--remove-orphans")

    def command(self, *words: str) -> list[str]:
        """`docker compose` for this project."""
        files = ["--project-name", self._project, "--file", str(FILE)]
        return ["docker", "compose", *files, "--profile", "ministack", "--profile", "localstack", *words]

    def environment(self) -> dict[str, str]:
        """What docker-compose.yml fills in."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "AWS_"))}
        user = os.environ.get("LMS_USER", f"{os.getuid()}:{os.getgid()}")
        return {**own, **self._settings.environment(), "LMS_USER": user, "COMPOSE_PROJECT_NAME": self._project}

    def _folder(self, name: str) -> Path:
        """One that a container sees: what Docker makes itself is root's."""
        folder = self._settings.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _up(self, *names: str) -> None:
        """Start services and wait until each is healthy; raises ProcessFailed as soon as one is not going to be."""
        began = time.monotonic()
        self._compose("up", "--detach", "--no-deps", *names)
        for name in names:
            self._wait(name, began + START_SECONDS)
        serving = " and ".join(names)
        self._report(f"{serving} serve{'' if len(names) > 1 else 's'}, after {time.monotonic() - began:.0f} s")

    def _wait(self, name: str, deadline: float) -> None:
        [container] = self._compose("ps", "--all", "--quiet", name).split()
        wanted = "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} {{with .State.Health}}{{.Status}}{{end}}"
        before = None
        while True:
            state, code, restarts, *health = self._docker("inspect", "--format", wanted, container).split()
            before = before or restarts
            if state == "running" and restarts == before and health == ["healthy"]:
                return
            if state not in {"created", "running"} or restarts != before:
                raise ProcessFailed(f"{name} ended at its start (exit code {code}):\n{self._tail(container)}")
            if health == ["unhealthy"] or time.monotonic() > deadline:
                raise ProcessFailed(f"{name} runs but is not healthy:\n{self._tail(container)}")
            time.sleep(POLL_SECONDS)

    def _tail(self, container: str) -> str:
        logged = self._call(["docker", "logs", "--tail", LOG_LINES, container])
        return f"{logged.stdout}{logged.stderr}".rstrip()

    def _compose(self, *words: str, given: str = "") -> str:
        return self._run(self.command(*words), given)

    def _docker(self, *words: str, needed: str = "") -> str:
        return self._run(["docker", *words], needed=needed)

    def _run(self, command: list[str], given: str = "", needed: str = "") -> str:
        done = self._call(command, given)
        if done.returncode:
            raise ProcessFailed(f"{needed or ' '.join(command)}: {done.stdout}{done.stderr}".rstrip())
        return done.stdout

    def _call(self, command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                command, env=self.environment(), input=given, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise ProcessFailed("Docker is needed for this, with its Compose plugin; without it: make run") from None
