"""Where this stack listens and keeps its files: everything that tells one stack from another on the same machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from localstack.mail_server import InvalidMailServer, MailServer
from operations.source import ROOT

HOST = "127.0.0.1"

DEFAULT_PORTS = {
    "gateway": 8000,
    "gateway_admin": 8001,
    "smtp": 1025,
    "mail": 8025,
    "emulator": 4566,
    "broker": 9092,
    # In Docker alone: the embedded catcher takes SMS where it takes mail.
    "sms": 8026,
}

EnvironmentKind = Literal["embedded", "docker"]
FOLDERS: dict[EnvironmentKind, str] = {"embedded": ".stack", "docker": ".stack-docker"}
Emulator = Literal["ministack", "localstack"]

DEFAULT_DEMO_PASSWORD = "Learn-by-doing-1"
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

    `LMS_HOST` is the address at which the gateway listens, and the gateway alone. `LMS_PUBLIC_URL` is where people find
    it, where that is another: behind a server with HTTPS, which then says for whom it asks (`X-Forwarded-For`).
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
    host: str = HOST
    behind_proxy: bool = False
    public_url: str = ""
    mail_server: MailServer | None = None

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
        host = _host(environ.get("LMS_HOST", HOST), kind)
        given_url = environ.get("LMS_PUBLIC_URL", "")
        mail_server = _mail_server(environ, kind)
        licensed = kind == "docker" and environ.get("LOCALSTACK_AUTH_TOKEN")
        return cls(
            folder=(ROOT / environ.get("LMS_STACK_DIR", FOLDERS[kind])).resolve(),
            kind=kind,
            aws="localstack" if licensed else "ministack",
            demo_password=environ.get("LMS_DEMO_PASSWORD", DEFAULT_DEMO_PASSWORD),
            demo=_demo_data(environ.get("LMS_DEMO", "none" if mail_server else "full"), mail_server),
            host=host,
            behind_proxy=bool(given_url),
            public_url=_public_url(given_url) if given_url else f"http://{_seen_as(host)}:{ports['gateway']}",
            mail_server=mail_server,
            **ports,
        )

    def environment(self) -> dict[str, str]:
        """The variables from which a process of this stack reads the same settings."""
        ports = {f"LMS_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        own = {"LMS_HOST": self.host, "LMS_STACK_DIR": str(self.folder), "LMS_ENVIRONMENT": self.kind}
        return {**ports, **own, **({"LMS_PUBLIC_URL": self.public_url} if self.behind_proxy else {})}

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
    def gateway_host(self) -> str:
        """Where this machine reaches the gateway."""
        return HOST if self.host == "0.0.0.0" else self.host

    @property
    def gateway_url(self) -> str:
        """Where clients on this machine go; all others to `public_url`."""
        return f"http://{self.gateway_host}:{self.gateway}"

    @property
    def is_open(self) -> bool:
        """Whether others than this machine's users reach the gateway."""
        return not all(_is_loopback(host) for host in (self.host, urlsplit(self.public_url).hostname or HOST))

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


def _host(wanted: str, kind: EnvironmentKind) -> str:
    try:
        address = str(IPv4Address(wanted))
    except AddressValueError:
        raise InvalidSetting(
            f"LMS_HOST must be an IPv4 address of this machine, or 0.0.0.0 for all, not {wanted!r}"
        ) from None
    if kind == "docker" and not _is_loopback(address):
        raise InvalidSetting("LMS_HOST is for the stack without Docker")
    return address


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.")


def _seen_as(host: str) -> str:
    """The address by which others in the network know this machine, where the gateway listens at all of them."""
    if host != "0.0.0.0":
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: it only makes the system choose the address that it would send from.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def _public_url(wanted: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", wanted):
        raise InvalidSetting(f"LMS_PUBLIC_URL must be like https://lms.example.org, without a path, not {wanted!r}")
    return wanted


def _mail_server(environ: Mapping[str, str], kind: EnvironmentKind) -> MailServer | None:
    url = environ.get("LMS_SMTP_URL", "")
    if not url:
        return None
    if kind == "docker":
        raise InvalidSetting("LMS_SMTP_URL is for the stack without Docker")
    try:
        return MailServer.from_url(url, environ.get("LMS_MAIL_FROM", ""))
    except InvalidMailServer as error:
        raise InvalidSetting(str(error)) from error


def _demo_data(wanted: str, mail_server: MailServer | None) -> DemoData:
    if mail_server and wanted != "none":
        raise InvalidSetting("Demo people have no mailbox: with LMS_SMTP_URL, LMS_DEMO must be none")
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
