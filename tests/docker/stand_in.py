"""A `docker` for machines without one: it runs processes where docker-compose.yml names containers.

It understands the few commands that `localstack.compose` gives and reads the very file: a service gets the environment
that the file says, `--wait` waits, `stop` sends SIGTERM. What it cannot be: images, networks and volumes. Names of
services are resolved, and folders of containers found, by `container/sitecustomize.py`.
"""

import base64
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from localstack import broker, processes
from localstack.process import PidFile, Process, Running, stop
from localstack.settings import HOST, Settings
from operations.source import ROOT

FILE = ROOT / "localstack" / "docker-compose.yml"
PLACEHOLDER = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
# Where the emulator's image differs from a plain interpreter.
IMAGE = {"PYTHONOPTIMIZE": "2", "LOG_LEVEL": "INFO", "LAMBDA_EXECUTOR": "local"}
OPTIONS_WITH_A_VALUE = {"--project-name", "--file", "--profile", "--status", "--format", "--tail"}
TASKS = {"kong-migrations", "kong-config"}


def filled(text: str) -> str:
    return PLACEHOLDER.sub(lambda found: os.environ.get(found[1]) or found[2] or "", text)


@dataclass
class Engine:
    settings: Settings
    services: dict

    @property
    def run(self) -> Path:
        return self.settings.folder / "containers"

    @property
    def kong_data(self) -> Path:
        return self.run / "kong.sqlite"

    def part(self, name: str) -> Process:
        service = self.services[name]
        environment = {name: str(value) for name, value in service.get("environment", {}).items()}
        command, ready = {
            "ministack": self._ministack,
            "kafka": self._kafka,
            "mailpit": self._mailpit,
            "sms": self._sms,
            "kong-database": self._nothing,
            "kong": self._kong,
        }[name](service, environment)
        return Process(name, command, self._inside(environment), ROOT, ready, start_seconds=60, stop_seconds=60)

    def _ministack(self, service: dict, environment: dict) -> tuple:
        for name in ("STATE_DIR", "S3_DATA_DIR"):
            environment[name] = self._outside(service, environment[name])
        environment |= {"BIND_HOST": HOST, "PATH": f"{Path(os.environ['REHEARSAL_PYTHON']).parent}:{os.defpath}"}
        environment["TMPDIR"] = str(self.run / "tmp")
        (self.run / "tmp").mkdir(exist_ok=True)
        command = [os.environ["REHEARSAL_PYTHON"], "-m", "ministack"]
        return command, lambda: processes.answers(self.settings.emulator, "/_ministack/health")

    def _kafka(self, _: dict, environment: dict) -> tuple:
        environment |= broker.environment(self.settings)
        broker.create_storage(self.settings)
        return broker.command(self.settings), lambda: broker.ready(self.settings)

    def _mailpit(self, _: dict, environment: dict) -> tuple:
        environment |= processes.python_environment(self.settings)
        command = [sys.executable, "-m", "localstack.catcher"]
        return command, lambda: processes.answers(self.settings.mail, "/readyz")

    def _sms(self, service: dict, _: dict) -> tuple:
        words = [self._outside(service, word) for word in service["command"]]
        # No container keeps this one from the network.
        *words, host, port = words
        assert (host, port) == ("0.0.0.0", "8026")
        command = [sys.executable, *words[1:], HOST, str(self.settings.sms)]
        return command, lambda: processes.answers(self.settings.sms, "/readyz")

    def _nothing(self, _: dict, __: dict) -> tuple:
        return ["sleep", "infinity"], lambda: True

    def _kong(self, _: dict, environment: dict) -> tuple:
        command = [
            *(sys.executable, "-m", "localstack.gateway", "--config", str(self.settings.folder / "kong" / "kong.json")),
            *("--data", str(self.kong_data), "--proxy-port", str(self.settings.gateway)),
            *("--admin-port", str(self.settings.gateway_admin)),
            *("--client-max-body-size", environment["KONG_NGINX_PROXY_CLIENT_MAX_BODY_SIZE"].replace("k", "000")),
        ]
        return command, lambda: processes.answers(self.settings.gateway_admin, "/status")

    def _inside(self, environment: dict[str, str]) -> dict[str, str]:
        ports = {}
        for name, service in self.services.items():
            for published in service.get("ports", ()):
                _, outside, inside = published.split(":")
                ports[f"{name}:{inside}"] = int(outside)
        ports["kafka:29092"] = self.settings.broker
        mounts = {"/data/layer": str(self.settings.folder / "emulator" / "layer")}
        return {
            "PATH": os.defpath,
            "HOME": str(self.run),
            "PYTHONPATH": str(Path(__file__).parent / "container"),
            "REHEARSAL_PORTS": json.dumps(ports),
            "REHEARSAL_MOUNTS": json.dumps(mounts),
            **IMAGE,
            **environment,
        }

    def _outside(self, service: dict, path: str) -> str:
        for volume in service["volumes"]:
            source, target, *_ = volume.split(":")
            if source.startswith(("/", ".")) and path.startswith(f"{target}/"):
                return str((FILE.parent / source).resolve()) + path.removeprefix(target)
        return path

    def up(self, names: list[str]) -> None:
        for name in names:
            if PidFile(self.run / f"{name}.pid").pid() is None:
                (self.run / f"{name}.code").unlink(missing_ok=True)
                Running(self.process(name), self.run, self.run).wait_ready()

    def state(self, name: str) -> tuple[str, str]:
        alive = PidFile(self.run / f"{name}.pid").pid()
        return ("running", "Up (healthy)") if alive else ("exited", f"Exited ({self.code(name)})")

    def code(self, name: str) -> str:
        """Of a process that nobody here stopped: it was killed."""
        file = self.run / f"{name}.code"
        return file.read_text() if file.exists() else "137"

    def inspected(self, wanted: str, name: str) -> str:
        if wanted == "{{.State.ExitCode}}":
            return self.code(name)
        state, _ = self.state(name)
        return f"{state} {self.code(name)} 0 {'healthy' if state == 'running' else ''}"

    def running(self) -> list[str]:
        return [name for name in self.services if PidFile(self.run / f"{name}.pid").pid()]

    def stop(self, names: list[str]) -> None:
        for name in names:
            by_itself = stop(PidFile(self.run / f"{name}.pid"), 60)
            (self.run / f"{name}.code").write_text("0" if by_itself else "137")


def main(words: list[str]) -> int:
    settings = Settings.from_environment(os.environ)
    with (settings.folder / "docker.log").open("a") as log:
        print(*words, file=log)
    document = yaml.safe_load(filled(FILE.read_text()))
    engine = Engine(settings, document["services"])
    engine.run.mkdir(parents=True, exist_ok=True)
    if words[0] == "volume":
        assert words[1:3] == ["rm", "--force"]
        for name in words[3:]:
            _remove_volume(engine, name.rpartition("_")[2], document["volumes"])
        return 0
    if words[0] == "inspect":
        print("\n".join(engine.inspected(words[2], name) for name in words[3:]))
        return 0
    if words[0] == "ps":
        for name in engine.services:
            if (engine.run / f"{name}.pid").exists():
                print(name, *engine.state(name), sep="\t")
        return 0
    if words[0] in ("version", "image") or words == ["compose", "version"]:
        return 0
    assert words[0] == "compose"
    options, rest = [], words[1:]
    while rest[0].startswith("-"):
        assert rest[0] in OPTIONS_WITH_A_VALUE
        options, rest = [*options, *rest[:2]], rest[2:]
    assert str(FILE) in options
    return _compose(engine, rest[0], rest[1:])


def _remove_volume(engine: Engine, name: str, known: dict) -> None:
    assert name in known
    if name == "kafka":
        broker.forget_storage(engine.settings)
    elif name == "kong":
        engine.kong_data.unlink(missing_ok=True)


def _kong_database(engine: Engine, words: list[str]) -> None:
    """Dumps and loads what the gateway in Kong's place keeps; it does not run meanwhile."""
    assert words[:2] == ["-T", "kong-database"]
    if words[2] == "pg_dump":
        data = engine.kong_data
        print(base64.b64encode(data.read_bytes()).decode() if data.exists() else "")
    elif content := base64.b64decode(sys.stdin.read()):
        engine.kong_data.write_bytes(content)


def _compose(engine: Engine, verb: str, words: list[str]) -> int:
    names = [word for word in words if word in engine.services]
    flags = {word for word in words if word.startswith("-")}
    if verb == "up":
        assert flags == {"--detach", "--no-deps"}
        engine.up(names)
    elif verb == "run":
        assert flags == {"--rm", "--no-deps", "-T"}
        assert set(names) <= TASKS
    elif verb == "ps":
        assert "--quiet" in flags
        print("\n".join(names))
    elif verb == "exec":
        _kong_database(engine, words)
    elif verb in ("stop", "rm"):
        engine.stop(names)
    elif verb == "down":
        engine.stop(engine.running())
        shutil.rmtree(engine.run)
    else:
        raise SystemExit(f"unknown command: {verb} {words}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
