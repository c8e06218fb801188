"""The relay from the Outbox to Kafka, which every event takes."""

import lms as lms  # Before Kafka's client, so that its import, too, is not held up by collecting.
