"""People and courses to try the system with, made through the public API as any client would; once per set of data."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from botocore.exceptions import ClientError

from localstack import emulator
from localstack.demo.api import Api, DemoFailed
from localstack.demo.people import make_people, with_known_password
from localstack.demo.school import make_school
from localstack.deployed import Deployed
from localstack.settings import DEMO_DATA, DemoData, Settings

# Kept with the tables, and so lost with them after a crash: then everything is made again.
MARKER = "lms/demo-data"


class KnownPasswords(RuntimeError):
    """The stack would be opened to a network with passwords that everybody can read."""


def refuse_known_passwords(settings: Settings, deployed: Deployed) -> None:
    """Raises KnownPasswords."""
    if made(settings) != "none" and (known := with_known_password(settings, deployed)):
        raise KnownPasswords(
            f"{', '.join(known)}: these demo people have the password that everybody knows, so the gateway stays on"
            " 127.0.0.1. Make the stack anew with another one (make reset), or choose another LMS_STACK_DIR."
        )


def made(settings: Settings) -> DemoData:
    """How much of the demo data is there."""
    secrets = emulator.session().client("secretsmanager", endpoint_url=settings.emulator_url)
    try:
        marker = secrets.get_secret_value(SecretId=MARKER)["SecretString"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        marker = "none"
    return next(amount for amount in DEMO_DATA if amount == marker)


def make(settings: Settings, deployed: Deployed, report: Callable[[str], None]) -> None:
    """Make what the settings ask for and is not there; a failure is reported and leaves the stack running."""
    missing = DEMO_DATA[DEMO_DATA.index(made(settings)) + 1 : DEMO_DATA.index(settings.demo) + 1]
    steps = {"people": make_people, "full": make_school}
    try:
        with httpx.Client(base_url=settings.gateway_url, timeout=60, trust_env=False) as client:
            for amount in missing:
                steps[amount](Api(settings, client), deployed, report)
                _mark(settings, amount)
    except (DemoFailed, httpx.HTTPError, ClientError) as failure:
        report(f"not all of the demo data could be made: {failure}")


def _mark(settings: Settings, amount: DemoData) -> None:
    secrets = emulator.session().client("secretsmanager", endpoint_url=settings.emulator_url)
    if made(settings) == "none":
        secrets.create_secret(Name=MARKER, SecretString=amount)
    else:
        secrets.put_secret_value(SecretId=MARKER, SecretString=amount)
