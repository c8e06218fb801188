"""What the log says, and what it keeps to itself."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from lms.log import logger, request_id

Logged = Callable[[], list[dict[str, Any]]]
SECRET = "s3cret"


class Card(BaseModel):
    number: int
    owner: str


def _read(card: object) -> None:
    Card.model_validate(card)


def test_a_line_is_json_with_level_time_service_and_place(logged: Logged) -> None:
    logger.info("done", extra={"rows": 3})
    (line,) = logged()
    assert line["message"] == "done"
    assert line["rows"] == 3
    assert line["level"] == "INFO"
    assert line["service"] == "tests"
    assert {"timestamp", "location"} <= set(line)


def test_lines_carry_the_request_id_while_there_is_one(logged: Logged) -> None:
    token = request_id.set("abc")
    logger.info("within")
    request_id.reset(token)
    logger.info("after", extra={"request_id": "named"})
    logger.info("none")
    assert [line.get("request_id") for line in logged()] == ["abc", "named", None]


def test_a_trace_names_faulty_fields_without_their_values(logged: Logged) -> None:
    try:
        _read({"number": SECRET, "owner": [SECRET]})
    except ValidationError:
        logger.exception("broken")
    (line,) = logged()
    assert "_read" in line["exception"]
    assert "(('number',), 'int_parsing'), (('owner',), 'string_type')" in line["exception"]
    assert SECRET not in str(line)


def test_what_a_fault_was_caused_by_keeps_its_values_to_itself_too(logged: Logged) -> None:
    try:
        try:
            _read({"number": SECRET, "owner": "x"})
        except ValidationError as error:
            raise RuntimeError("not a card") from error
    except RuntimeError:
        logger.exception("broken")
    (line,) = logged()
    assert line["exception_name"] == "RuntimeError"
    assert "not a card" in line["exception"]
    assert SECRET not in str(line)
