"""The secrets that everything hangs on."""

import base64
import json

import boto3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from moto import mock_aws

from operations.bootstrap import CONFIG_FIELDS, config, ensure_secrets, signing_keys, thumbprint


@mock_aws
def test_missing_secrets_are_made_and_existing_ones_are_never_touched() -> None:
    client = boto3.client("secretsmanager", region_name="eu-central-1")
    assert ensure_secrets(client) == ["lms/config", "lms/signing-keys"]
    before = client.get_secret_value(SecretId="lms/signing-keys")["SecretString"]
    client.delete_secret(SecretId="lms/config", ForceDeleteWithoutRecovery=True)
    assert ensure_secrets(client) == ["lms/config"]
    assert client.get_secret_value(SecretId="lms/signing-keys")["SecretString"] == before


@mock_aws
def test_a_config_of_an_earlier_version_gets_the_keys_that_it_lacks_and_keeps_its_own() -> None:
    client = boto3.client("secretsmanager", region_name="eu-central-1")
    ensure_secrets(client)
    before = json.loads(client.get_secret_value(SecretId="lms/config")["SecretString"])
    earlier = {field: value for field, value in before.items() if field != "unsubscribe"} | {"gateway": "NEW OLD"}
    client.put_secret_value(SecretId="lms/config", SecretString=json.dumps(earlier))
    assert ensure_secrets(client) == ["lms/config (unsubscribe)"]
    after = json.loads(client.get_secret_value(SecretId="lms/config")["SecretString"])
    assert after == {**earlier, "unsubscribe": after["unsubscribe"]}
    assert len(after["unsubscribe"]) >= 32
    assert ensure_secrets(client) == []


def test_every_field_of_the_config_is_32_bytes_of_its_own() -> None:
    made = config()
    assert tuple(made) == CONFIG_FIELDS
    assert {len(base64.urlsafe_b64decode(value + "=")) for value in made.values()} == {32}
    assert len({*made.values(), *config().values()}) == 2 * len(CONFIG_FIELDS)


def test_the_current_signing_key_is_a_p256_key_under_its_own_thumbprint() -> None:
    made = json.loads(json.dumps(signing_keys()))
    key = load_pem_private_key(made["keys"][made["current"]].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert (key.curve.name, thumbprint(key.public_key())) == ("secp256r1", made["current"])


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    # The P-256 key of RFC 7517, appendix A.1; its thumbprint computed apart from this code.
    x, y = (
        int.from_bytes(base64.urlsafe_b64decode(part + "="), "big")
        for part in ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")
    )
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    assert thumbprint(key) == "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"
