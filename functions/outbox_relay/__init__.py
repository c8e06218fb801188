"""The relay from the Outbox to Kafka, which every event takes."""
