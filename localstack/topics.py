"""Create the event catalogue's topics. A broker asked for an unknown topic would make it up, with its own partitions.

PYTHONPATH=functions:layers/shared python -m localstack.topics
"""

from __future__ import annotations

import os

from localstack.settings import Settings
from outbox_relay.topics import ensure_topics

# As long as the Outbox keeps what was published.
RETENTION_DAYS = 7


def create(settings: Settings) -> list[str]:
    """Create the topics that are missing, and name them."""
    os.environ.update({"KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers, "KAFKA_SECURITY": "plaintext"})
    return ensure_topics(RETENTION_DAYS)


if __name__ == "__main__":
    print("topics made:", ", ".join(create(Settings.from_environment(os.environ))) or "none missing")
