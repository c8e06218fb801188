"""The tests see one environment, whoever runs them."""

import json
import subprocess
import sys

from operations.source import ROOT

DEVELOPERS = {
    "LMS_DEMO_PASSWORD": "a-password-of-mine",
    "LMS_ENVIRONMENT": "docker",
    "LMS_PORT_OFFSET": "7",
    "AWS_PROFILE": "an-institute",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_CONFIG_FILE": "a-file",
    "LOCALSTACK_AUTH_TOKEN": "a-token",
    "COMPOSE_PROJECT_NAME": "another",
    "KONG_ADMIN_KEY": "a-key",
}


def test_no_variable_of_the_developers_reaches_a_test() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import json, os, tests.conftest; print(json.dumps(dict(os.environ)))"],
        cwd=ROOT,
        env={"PYTHONPATH": ".:functions:layers/shared", **DEVELOPERS},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    assert {name for name, value in DEVELOPERS.items() if seen.get(name) == value} == set()
    assert {name for name in seen if name.startswith("LMS_")} == set()
