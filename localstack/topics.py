"""Create the event catalogue's topics. A broker asked for an unknown topic would make it up, with its own partitions.

python -m localstack.topics
"""

from __future__ import annotations

import os

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from lms.events import TOPICS
from localstack.settings import Settings

PARTITIONS = 4


def create(settings: Settings) -> list[str]:
    """Create the topics that are missing, and name them."""
    admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    try:
        missing = sorted(set(TOPICS) - set(admin.list_topics()))
        if missing:
            admin.create_topics([NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in missing])
        return missing
    finally:
        admin.close()


if __name__ == "__main__":
    print("topics made:", ", ".join(create(Settings.from_environment(os.environ))) or "none missing")
