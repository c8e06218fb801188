"""What `sam local invoke` is given, read by SAM's own code."""

import json
from pathlib import Path

import pytest
from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

from localstack.build import Artifact
from localstack.sam_local import ENDPOINT, local_template
from tests.architecture.deployed import FUNCTIONS, environment
from tests.template import TEMPLATE

# SAM's of the libraries that it uses.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:samcli", "ignore::DeprecationWarning:samtranslator")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> SamFunctionProvider:
    folder = tmp_path_factory.mktemp("sam")
    built = [Artifact(name, folder / f"{name}.zip", name) for name in FUNCTIONS]
    file = folder / "template.json"
    file.write_text(json.dumps(local_template(TEMPLATE, built, folder)))
    stacks, _ = SamLocalStackProvider.get_stacks(str(file))
    return SamFunctionProvider(stacks)


def test_sam_hands_a_function_every_variable_of_the_template_and_where_aws_is(provider: SamFunctionProvider) -> None:
    wanted = {
        name: {variable: f"of {name}: {variable}" for variable in (*environment(name), ENDPOINT)} for name in FUNCTIONS
    }
    runner = LocalLambdaRunner(None, provider, "", None, None, env_vars_values=wanted)
    runner.get_aws_creds = dict
    for name, given in wanted.items():
        assert runner._make_env_vars(provider.get(name)).resolve().items() >= given.items()


def test_a_function_runs_from_the_zip_that_was_built(provider: SamFunctionProvider) -> None:
    assert Path(provider.get("AuthFunction").codeuri).name == "AuthFunction.zip"
