"""`republish` of every owner: where to go on is what its own answer said, or is refused."""

from importlib import import_module

import pytest

from tests.conftest import Outbox
from tests.recorded import event
from tests.republishing import Context

ID = "018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"


every_owner = pytest.mark.parametrize(
    "owner", ["auth", "content", "exam", "instructor", "payment", "program", "progress"]
)


@every_owner
def test_a_place_that_is_none_is_refused(outbox: Outbox, owner: str) -> None:
    handler = import_module(f"{owner}.operations").handler
    for after in ("", "nonsense", "student#active nonsense", f"listed {ID}#", f"{ID} progress", f"{ID}\n"):
        assert handler({"action": "republish", "after": after}, Context(1)) == {
            "error": "after: this is not the `next` of an answer to the same command."
        }


@every_owner
def test_the_recorded_command_is_carried_out(outbox: Outbox, owner: str) -> None:
    handler = import_module(f"{owner}.operations").handler
    assert handler(event("republish"), Context(1)) == {"told": 0, "next": None}
