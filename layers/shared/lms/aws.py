"""The clients of AWS that a worker needs beside DynamoDB's: each is made once, when it is first used."""

from functools import lru_cache
from typing import Any

import botocore.session
from botocore.config import Config

from lms.settings import setting

OPTIONS = Config(user_agent="education-lms")
"""What every client has. Without a name of ours, botocore describes itself, its options and the machine anew for each
request: a quarter of what a call costs in processor time."""


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    session = botocore.session.get_session()
    session.set_default_client_config(OPTIONS)
    return session


@lru_cache
def client(service: str, config: Config | None = None) -> Any:
    """The worker's client of a service."""
    return _session().create_client(service, region_name=setting("AWS_REGION"), config=config)
