"""Where this stack listens and keeps its files: everything that tells one stack from another on the same machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from operations.source import ROOT

HOST = "127.0.0.1"

DEFAULT_PORTS = {
    "gateway": 8000,
    "gateway_admin": 8001,
    "smtp": 1025,
    "mail": 8025,
    "emulator": 4566,
    "broker": 9092,
    # Of the containers alone: the embedded catcher takes SMS where it takes mail.
    "sms": 8026,
}

EnvironmentKind = Literal["embedded", "docker"]
FOLDERS: dict[EnvironmentKind, str] = {"embedded": ".stack", "docker": ".stack-docker"}
Emulator = Literal["ministack", "localstack"]

DemoData = Literal["none", "people", "full"]
# Each holds what those before it do.
DEMO_DATA: tuple[DemoData, ...] = get_args(DemoData)


class InvalidSetting(ValueError):
    """An environment variable holds something that cannot be meant."""


@dataclass(frozen=True)
class Settings:
    """One stack's kind, ports and folder.

    `LMS_ENVIRONMENT=docker` is the containers of docker-compose.yml instead of the embedded processes; there
    `LOCALSTACK_AUTH_TOKEN` chooses LocalStack instead of ministack. Every port is a variable of its own
    (`LMS_GATEWAY_PORT`, ...); `LMS_PORT_OFFSET` shifts those that are not set, so that a second stack needs no more
    than an offset and another `LMS_STACK_DIR`.
    """

    folder: Path
    gateway: int
    gateway_admin: int
    smtp: int
    mail: int
    emulator: int
    broker: int
    sms: int
    kind: EnvironmentKind
    aws: Emulator
    demo_password: str
    demo: DemoData

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Raises InvalidSetting, naming the variable."""
        offset = _integer(environ, "LMS_PORT_OFFSET", 0)
        ports = {
            name: _port(environ, f"LMS_{name.upper()}_PORT", default + offset)
            for name, default in DEFAULT_PORTS.items()
        }
        if len(set(ports.values())) < len(ports):
            raise InvalidSetting(f"two processes cannot share a port: {ports}")
        kind = _kind(environ.get("LMS_ENVIRONMENT", "embedded"))
        licensed = kind == "docker" and environ.get("LOCALSTACK_AUTH_TOKEN")
        return cls(
            folder=(ROOT / environ.get("LMS_STACK_DIR", FOLDERS[kind])).resolve(),
            kind=kind,
            aws="localstack" if licensed else "ministack",
            demo_password=environ.get("LMS_DEMO_PASSWORD", "Learn-by-doing-1"),
            demo=_demo_data(environ.get("LMS_DEMO", "full")),
            **ports,
        )

    def environment(self) -> dict[str, str]:
        """The variables from which a process of this stack reads the same settings."""
        ports = {f"LMS_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        return {**ports, "LMS_STACK_DIR": str(self.folder), "LMS_ENVIRONMENT": self.kind}

    @property
    def ports(self) -> dict[str, int]:
        """Every port that the stack listens on, by name."""
        return {name: getattr(self, name) for name in DEFAULT_PORTS}

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """A locked file for each living process."""
        return self.folder / "run"

    @property
    def ready(self) -> Path:
        """Exists while everything serves."""
        return self.run / "ready"

    @property
    def trigger_serving(self) -> Path:
        """Holds the process id of the Kafka trigger whose pollers run."""
        return self.run / "msk_trigger.serving"

    @property
    def gateway_url(self) -> str:
        """Where clients go."""
        return f"http://{HOST}:{self.gateway}"

    @property
    def gateway_admin_url(self) -> str:
        """The gateway's Admin API, for the provisioning function alone."""
        return f"http://{HOST}:{self.gateway_admin}"

    @property
    def emulator_url(self) -> str:
        """Every AWS service."""
        return f"http://{HOST}:{self.emulator}"

    @property
    def bootstrap_servers(self) -> str:
        """What Kafka clients connect to."""
        return f"{HOST}:{self.broker}"

    @property
    def mail_url(self) -> str:
        """The page, and Mailpit's calls; embedded, Twilio's too."""
        return f"http://{HOST}:{self.mail}"

    @property
    def sms_url(self) -> str:
        """The page of SMS, and Twilio's calls."""
        return f"http://{HOST}:{self.sms}" if self.kind == "docker" else self.mail_url


def _kind(wanted: str) -> EnvironmentKind:
    for kind in FOLDERS:
        if kind == wanted:
            return kind
    raise InvalidSetting(f"LMS_ENVIRONMENT must be one of {', '.join(FOLDERS)}, not {wanted!r}")


def _demo_data(wanted: str) -> DemoData:
    for amount in DEMO_DATA:
        if amount == wanted:
            return amount
    raise InvalidSetting(f"LMS_DEMO must be one of {', '.join(DEMO_DATA)}, not {wanted!r}")


def _integer(environ: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(environ.get(name, default))
    except ValueError:
        raise InvalidSetting(f"{name} must be a whole number, not {environ[name]!r}") from None


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    port = _integer(environ, name, default)
    if not 1 <= port <= 65535:
        raise InvalidSetting(f"{name} would be {port}, which is no port")
    return port
