"""The only way events take to Kafka."""
