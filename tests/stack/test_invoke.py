"""One function by itself: what `sam local invoke` gets to know of the running stack."""

import pytest

from localstack.compose import Compose
from localstack.deployed import Deployed
from localstack.emulator import session
from localstack.sam_local import ENDPOINT, environments
from tests.architecture.deployed import FUNCTIONS, environment
from tests.stack.conftest import StackUnderTest
from tests.template import TEMPLATE

pytestmark = pytest.mark.stack


def test_the_environment_file_holds_what_every_function_is_deployed_with(stack: StackUnderTest) -> None:
    found = environments(stack.settings, Compose(stack.settings, print))
    # The others make Kafka's topics, which this stack does itself.
    deployed = [name for name in FUNCTIONS if "Condition" not in TEMPLATE["Resources"][name]]
    assert {name: set(values) for name, values in found.items()} == {
        name: {*environment(name), ENDPOINT} for name in deployed
    }
    # By the name that the emulator has for another container.
    assert {values[ENDPOINT] for values in found.values()} == {f"http://ministack:{stack.settings.emulator}"}
    assert found["AuthFunction"]["USERS_TABLE"] == Deployed(stack.settings).physical("UsersTable")
    secret = session().client("secretsmanager", endpoint_url=stack.settings.emulator_url)
    assert found["AuthFunction"]["GATEWAY_SECRET"] in secret.get_secret_value(SecretId="lms/config")["SecretString"]
