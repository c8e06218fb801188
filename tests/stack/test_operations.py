"""What an operator does to the running stack: changes the signing key, has dead letters processed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jose import jwt

from lms.events.users import UserPasswordChanged
from localstack import emulator
from localstack.deployed import Deployed
from operations.source import ROOT
from tests.clients import kafka_event
from tests.stack.clients import Person
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack


def test_the_signing_key_is_changed_while_people_are_signed_in(stack: StackUnderTest, tmp_path: Path) -> None:
    def operate(**command: object) -> Any:
        (tmp_path / "command.json").write_text(json.dumps(command))
        done = stack.command("invoke", "AuthOperationsFunction", str(tmp_path / "command.json"))
        assert done.returncode == 0
        return json.loads(done.stdout)

    dara = Person(stack, "dara").joined()
    before = dara.token
    new = operate(action="add_signing_key")["kid"]
    assert operate(action="renew_credentials")["renewed"] >= 4
    assert dara.call("GET", "/auth/profile").status_code == 200
    dara.token = dara.http.post("/auth/refresh", json={"refresh_token": dara.refresh_token}).json()["access_token"]
    assert jwt.get_unverified_header(dara.token)["kid"] == new
    assert dara.call("GET", "/auth/profile").status_code == 200
    assert operate(action="retire_credentials", at_once=True)["waiting"] == 0
    assert "Some workers may not have the new key yet" in operate(action="drop_signing_keys")["error"]
    assert dara.call("GET", "/auth/profile").status_code == 200
    dara.token = before
    assert dara.call("GET", "/auth/profile").status_code == 401


def test_a_dead_letter_is_processed_by_the_consumer_that_gave_it_up(stack: StackUnderTest) -> None:
    eren = Person(stack, "eren").joined()
    user_id = eren.call("GET", "/auth/profile").json()["id"]
    # Later than anything that is known of them.
    ((record,),) = kafka_event(UserPasswordChanged(version=1000, user_id=user_id))["records"].values()
    letter = {
        "service": "notification",
        "reason": "LookupError: tried out",
        **{name: record[name] for name in ("topic", "partition", "offset", "key", "headers", "value")},
    }
    sqs = emulator.session().client("sqs", endpoint_url=stack.settings.emulator_url)
    queue = Deployed(stack.settings).physical("DeadLetterQueue")
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(letter))
    done = subprocess.run(
        [sys.executable, "-m", "operations.dead_letters", "--endpoint-url", stack.settings.emulator_url, "redrive"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1", "processed"], done.stdout + done.stderr
    assert eren.mail("password")
