"""`ETag` and `If-Match`."""

import pytest
from fastapi import Response

from lms.dependencies import IfMatch, set_etag
from lms.errors import PreconditionFailed
from lms.etags import precondition, require_match
from lms.http import LambdaHandler, create_app
from lms.security import Public
from tests.clients import Client

VERSION = 3


@pytest.fixture
def call() -> Client:
    app = create_app("tests")

    @app.get("/thing", dependencies=[Public])
    def read(response: Response) -> str:
        set_etag(response, VERSION)
        return "thing"

    @app.put("/thing", dependencies=[Public])
    def write(if_match: IfMatch) -> str:
        require_match(VERSION, if_match)
        return "written"

    return Client(LambdaHandler(app))


def test_what_a_get_gives_makes_an_update_conditional(call: Client) -> None:
    etag = call.get("/thing").headers["etag"]
    assert etag.startswith('"3-')
    assert call.put("/thing", headers={"if-match": etag}).status == 200
    assert call.put("/thing", headers={"if-match": '"2"'}).status == 412


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"if-match": "*"},
        {"if-match": ' "3" '},
        {"if-match": '"2", "3"'},
        {"if-match": '"3-0b1ba612453100fd-gzip"'},
        {"if-match": 'W/"3","x", "3"'},
        {"if-none-match": '"2", W/"4"'},
        {"if-none-match": '"x"'},
    ],
)
def test_an_update_whose_conditions_hold_is_made(call: Client, headers: dict[str, str]) -> None:
    assert call.put("/thing", headers=headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"if-match": '"x"'},
        {"if-match": 'W/"3"'},  # by RFC 9110, 13.1.1, a weak ETag never matches here
        {"if-match": '"2", "4"'},
        {"if-match": '"-3"'},
        {"if-match": '"2-3"'},
        {"if-match": '"٣"'},
        {"if-match": '"1234567890123"'},
        {"if-none-match": "*"},
        {"if-none-match": '"3"'},
        {"if-none-match": '"2", W/"3"'},
        {"if-match": '"3"', "if-none-match": "*"},
    ],
)
def test_an_update_whose_conditions_do_not_hold_is_412(call: Client, headers: dict[str, str]) -> None:
    answer = call.put("/thing", headers=headers)
    assert answer.status == 412, answer


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("given", ["", "3", '"3"x', '"3', 'w/"3"', '"3" "4"', '"3", 4', '"3", *', '"a"b"', ","])
def test_what_is_no_etag_is_422(call: Client, name: str, given: str) -> None:
    answer = call.put("/thing", headers={name.lower(): given})
    assert answer.status == 422, answer
    assert answer.json["errors"][0]["loc"] == ["header", name]


def test_a_version_that_is_past_or_still_to_come_does_not_match() -> None:
    require_match(3, precondition('"3"', None))
    require_match(3, precondition(None, None))
    for other in (2, 4):
        with pytest.raises(PreconditionFailed):
            require_match(3, precondition(f'"{other}"', None))


def test_what_is_not_there_yet_may_be_made_but_what_is_there_may_not_be_made_again() -> None:
    require_match(0, precondition(None, "*"))
    with pytest.raises(PreconditionFailed):
        require_match(1, precondition(None, "*"))
