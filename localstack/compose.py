"""The place with Docker: the containers of docker-compose.yml, by the `docker compose` command."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from localstack.build import Artifact, Target
from localstack.embedded import architecture
from localstack.kong.filled import filled
from localstack.place import Neighbours
from localstack.process import PartFailed
from localstack.settings import ROOT, Settings
from localstack.unpacked import unpacked

FILE = ROOT / "localstack" / "docker-compose.yml"
PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
# Where ministack's container sees the folder `emulator` of the stack.
DATA = Path("/data")
KILLED = "137"


class Compose:
    """The containers of one Compose project; functions run in the emulator's container, or beside it."""

    # Of both emulators' functions: ministack's image has that Python, LocalStack heeds the template's runtime.
    target = Target("3.13", PLATFORMS[architecture()])

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._project = os.environ.get("COMPOSE_PROJECT_NAME", "lms")
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
        return unpacked(layer, self._settings.folder / "emulator" / "layer", DATA / "layer", self.target)

    def prepare(self) -> None:
        """Nothing: images are pulled by whatever needs them first."""

    def keep(self, folder: Path) -> None:
        """A dump of Kong's database."""
        self._up("kong-database")
        dump = self._compose("exec", "-T", "kong-database", "pg_dump", "--username", "kong", "kong")
        (folder / "kong.sql").write_text(dump)

    def go_back(self, folder: Path) -> None:
        """Both with their volumes."""
        self._compose("rm", "--stop", "--force", "--volumes", "kafka", "kong", "kong-database")
        self._docker("volume", "rm", "--force", f"{self._project}_kafka", f"{self._project}_kong")
        if (folder / "kong.sql").exists():
            self._up("kong-database")
            load = ("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--username", "kong", "kong")
            self._compose("exec", "-T", "kong-database", *load, given=(folder / "kong.sql").read_text())

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
        for task in ("kong-migrations", "kong-config"):
            self._compose("run", "--rm", "--no-deps", "-T", task)
        # A running Kong would not learn of what was imported.
        self._up("--no-deps", "--force-recreate", "kong")

    def running(self) -> list[str]:
        """The services whose containers run."""
        return self._compose("ps", "--services", "--status", "running").split()

    def emulating(self) -> bool:
        """Whether either emulator runs."""
        return bool({"ministack", "localstack"} & set(self.running()))

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
        return {**own, **self._settings.environment(), "LMS_USER": user}

    def _folder(self, name: str) -> Path:
        """One that a container sees: what Docker makes itself is root's."""
        folder = self._settings.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _up(self, *words: str) -> None:
        began = time.monotonic()
        self._compose("up", "--detach", "--wait", *words)
        names = " and ".join(word for word in words if not word.startswith("-"))
        self._tell(f"{names} serve{'' if ' and ' in names else 's'}, after {time.monotonic() - began:.0f} s")

    def _compose(self, *words: str, given: str = "") -> str:
        return self._run(self.command(*words), given)

    def _docker(self, *words: str) -> str:
        return self._run(["docker", *words])

    def _run(self, command: list[str], given: str = "") -> str:
        try:
            done = subprocess.run(
                command, env=self.environment(), input=given, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise PartFailed("Docker is needed for this, with its Compose plugin; without it: make run") from None
        if done.returncode:
            raise PartFailed(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout
