"""The clients of AWS that a worker needs beside DynamoDB's: each is made once, when it is first used."""

from functools import lru_cache
from typing import Any

import botocore.session
from botocore.config import Config

from lms.settings import setting


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@lru_cache
def client(service: str, config: Config | None = None) -> Any:
    """The worker's client of a service."""
    return _session().create_client(service, region_name=setting("AWS_REGION"), config=config)
