"""The whole system on one machine: AWS emulator, Kafka broker, gateway and mail catcher under one supervisor."""
