"""Where the stack's processes run, on this machine or in containers, and all in which the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from localstack import emulator
from localstack.build import Artifact, Target
from localstack.settings import Settings
from operations import bootstrap

# Any ARN does: with one, functions get the event that they get from MSK on AWS.
CLUSTER_ARN = f"arn:aws:kafka:{emulator.REGION}:{emulator.ACCOUNT}:cluster/local/00000000-0000-4000-8000-000000000000-1"


@dataclass(frozen=True)
class Neighbours:
    """The other processes as functions reach them, which may not be where this process does."""

    emulator_url: str
    kong_admin_url: str
    bootstrap_servers: str
    smtp_host: str
    smtp_port: int
    twilio_url: str
    architecture: str


class Environment(Protocol):
    """What runs beside the functions; each `start_` returns when its process serves, or raises ProcessFailed."""

    @property
    def target(self) -> Target:
        """What functions are built for."""

    @property
    def neighbours(self) -> Neighbours:
        """Environment variables of functions."""

    def layer(self, layer: Artifact) -> Artifact:
        """What is deployed for the layer."""

    def prepare(self) -> None:
        """Whatever must be there before the first process is started."""

    def recover(self) -> bool:
        """Lay ready what the emulator starts from; False when it is older than what was there.

        The emulator, the broker and the gateway must not be running.
        """

    def deployed(self) -> None:
        """The template stands: whatever ends the run, a start finds at least this."""

    def stopped(self) -> bool:
        """After a stop that let the emulator finish: whether the next start goes on from there."""

    def start_emulator(self) -> None:
        """The AWS emulator, with what it kept."""

    def start_broker(self) -> None:
        """Kafka, without any topic made."""

    def start_catcher(self) -> None:
        """What takes mails and SMS."""

    def start_gateway(self, api_id: str, secret: str) -> None:
        """Kong or its stand-in, in front of the deployed API."""

    def look(self) -> None:
        """Start again what died and is not the supervisor's own. Raises FoundationLost when that is the emulator."""

    def running(self) -> list[str]:
        """What there is to stop."""

    def stop(self) -> bool:
        """Stop whatever runs, the emulator last; True when that ended by itself."""


def parameters(settings: Settings, neighbours: Neighbours) -> dict[str, str]:
    """The template's parameters."""
    return {
        "ConfigSecretName": bootstrap.CONFIG_SECRET,
        "SigningKeySecretName": bootstrap.SIGNING_KEYS_SECRET,
        "PublicUrl": settings.public_url,
        "KongAdminUrl": neighbours.kong_admin_url,
        "KafkaBootstrapServers": neighbours.bootstrap_servers,
        "KafkaClusterArn": CLUSTER_ARN,
        "KafkaSecurity": "plaintext",
        **_mail(settings, neighbours),
        "TwilioUrl": neighbours.twilio_url,
        "TwilioAccountSid": "AClocal",
        "TwilioAuthToken": "local",
        "TwilioFrom": "+15005550006",
        # Pages show both, and neither is for strangers.
        "DemoPassword": "" if settings.demo == "none" or settings.is_open else settings.demo_password,
        "MailPageUrl": "" if settings.mail_server or settings.is_open else settings.mail_url,
        "DeletionProtection": "false",
        "FunctionArchitecture": neighbours.architecture,
    }


def _mail(settings: Settings, neighbours: Neighbours) -> dict[str, str]:
    server = settings.mail_server
    if server is None:
        return {"SmtpHost": neighbours.smtp_host, "SmtpPort": str(neighbours.smtp_port), "SmtpSecurity": "none"}
    return {
        "SmtpHost": server.host,
        "SmtpPort": str(server.port),
        "SmtpUsername": server.username,
        "SmtpPassword": server.password,
        "SmtpSecurity": server.security,
        "MailFrom": server.sender,
    }
