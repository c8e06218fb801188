"""What docs/openapi.json accepts is accepted, what it refuses is refused, and answers are what it says.

Schemathesis makes the requests, of every operation; they go through the functions' own doors. The same ones each time.
"""

from unittest import SkipTest

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode

from tests.clients import Answer
from tests.contract.calls import DOCUMENT, OPERATIONS, Caller
from tests.contract.world import World

few = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Which zones there are is tzdata's to say, and which letters make a scale the rules'.
_BEYOND_THE_DOCUMENT = (["body", "time_zone"], ["body", "timeZone"], ["body", "gradeScale"])


def _is_of_a_schema(answer: Answer) -> bool:
    """Whether a refusal is for a field, not for what a use case made of all of them."""
    if answer.status != 422 or answer.json["detail"] != "The request has fields that cannot be accepted.":
        return False
    return any(fault["loc"] not in _BEYOND_THE_DOCUMENT for fault in answer.json["errors"])


def _fits(caller: Caller, answer: Answer) -> None:
    described = caller.operation["responses"].get(str(answer.status), caller.operation["responses"]["default"])
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    if answer.status == 204:
        assert answer.text == ""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    schema = described["content"][kind]["schema"]
    if not kind.startswith("text/"):
        Draft202012Validator({"components": DOCUMENT["components"], **schema}).validate(answer.json)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_the_document_accepts_is_accepted_and_what_it_refuses_is_refused(world: World, name: str) -> None:
    caller = Caller(world, name)

    @few
    @given(case=caller.cases(GenerationMode.POSITIVE))
    def check_accepted(case: Case) -> None:
        answer = caller.send(case)
        assert answer.status < 500, answer
        assert not _is_of_a_schema(answer), (case.body, case.query, case.headers, answer)
        _fits(caller, answer)

    @few
    @given(case=caller.cases(GenerationMode.NEGATIVE))
    def check_refused(case: Case) -> None:
        assume(caller.is_wrong(case))
        answer = caller.send(case)
        assert 400 <= answer.status < 500, (case.body, case.query, case.headers, answer)
        _fits(caller, answer)

    check_accepted()
    world.reset()
    try:
        check_refused()
    except (SkipTest, Unsatisfiable):
        # Nothing that it takes can be wrong.
        assert "requestBody" not in caller.operation
