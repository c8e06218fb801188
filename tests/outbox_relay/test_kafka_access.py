import json

import pytest
from kafka import KafkaProducer
from kafka.net.sasl import get_sasl_mechanism

from lms.settings import SettingsError
from outbox_relay.kafka_access import kafka_access
from tests.conftest import aws_client


def test_one_machine_is_reached_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092,127.0.0.1:9093")

    assert kafka_access() == {"bootstrap_servers": ["127.0.0.1:9092", "127.0.0.1:9093"]}


def test_msk_is_reached_over_tls_with_the_role_of_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SECURITY", "msk-iam")

    access = kafka_access()

    assert access["security_protocol"] == "SASL_SSL"
    mechanism = get_sasl_mechanism(access["sasl_mechanism"])(host="broker", **access)
    assert b"kafka-cluster:Connect" in mechanism.auth_bytes()


def test_another_kafka_is_reached_over_tls_with_the_password_of_its_secret(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = json.dumps({"username": "lms", "password": "correct horse"})
    arn = aws_client("secretsmanager").create_secret(Name="lms/kafka", SecretString=secret)["ARN"]
    monkeypatch.setenv("KAFKA_SECURITY", "sasl")
    monkeypatch.setenv("KAFKA_SECRET_ARN", arn)

    access = kafka_access()

    assert access["security_protocol"] == "SASL_SSL"
    assert access["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (access["sasl_plain_username"], access["sasl_plain_password"]) == ("lms", "correct horse")
    assert set(access) <= set(KafkaProducer.DEFAULT_CONFIG)


def test_an_unknown_way_to_kafka_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SECURITY", "none")

    with pytest.raises(SettingsError, match="KAFKA_SECURITY"):
        kafka_access()
